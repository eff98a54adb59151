/*
 * runner ROUNDS PARALLEL PLAN
 *
 * Starts every program of PLAN in turn, ROUNDS times over, so that drift of the
 * machine hits all of them alike. Each turn starts PARALLEL processes of one
 * program at once, one thread to a process, and the next turn begins only when
 * those and whatever they left in the background are gone.
 *
 * A line of PLAN is tab-separated: NAME EVERY STDIN ARGV0 ARGV1 ... A program
 * takes part in each EVERY-th round, so that slow ones need not run as often.
 *
 * For each process it prints, tab-separated: NAME, nanoseconds from spawn to
 * exit, peak resident memory as getrusage gives it, minor page faults, and
 * microseconds of processor time. It is C because a large runner would hide
 * the difference between small programs: vfork's cost grows with the caller.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { MAX_PROGRAMS = 64, MAX_ARGS = 32, MAX_PARALLEL = 256, STACK_BYTES = 128 * 1024 };

extern char **environ;

struct program {
	const char *name;
	long every;
	const char *stdin_path;
	char *argv[MAX_ARGS + 1];
};

struct sample {
	const struct program *program;
	long long wall_ns, cpu_us;
	long max_rss, minor_faults;
	int status, error;
};

/* Held while a turn's threads are created, so that they start together. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

/* Set by an interrupt: the turn under way is finished, so that nothing outlives us. */
static volatile sig_atomic_t interrupted;

static void interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static void fail(const char *what, int error)
{
	fprintf(stderr, "runner: %s: %s\n", what, strerror(error));
	exit(1);
}

static long long now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000000LL + t.tv_nsec;
}

static long long micros(struct timeval t)
{
	return (long long)t.tv_sec * 1000000LL + t.tv_usec;
}

static void *run_one(void *argument)
{
	struct sample *s = argument;
	struct rusage usage;
	posix_spawn_file_actions_t files;
	pid_t pid;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, s->program->stdin_path, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&files, 1, 2);

	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);

	long long start = now_ns();
	s->error = posix_spawn(&pid, s->program->argv[0], &files, NULL,
			       s->program->argv, environ);
	if (s->error == 0) {
		while (wait4(pid, &s->status, 0, &usage) < 0 && errno == EINTR)
			;
		s->wall_ns = now_ns() - start;
		s->max_rss = usage.ru_maxrss;
		s->minor_faults = usage.ru_minflt;
		s->cpu_us = micros(usage.ru_utime) + micros(usage.ru_stime);
	}
	posix_spawn_file_actions_destroy(&files);
	return NULL;
}

static void run_turn(const struct program *program, int parallel)
{
	static struct sample samples[MAX_PARALLEL];
	static pthread_t threads[MAX_PARALLEL];
	pthread_attr_t attributes;
	int error;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	memset(samples, 0, sizeof samples);
	pthread_mutex_lock(&gate);
	for (int i = 0; i < parallel; i++) {
		samples[i].program = program;
		error = pthread_create(&threads[i], &attributes, run_one, &samples[i]);
		if (error != 0)
			fail("create thread", error);
	}
	pthread_mutex_unlock(&gate);
	for (int i = 0; i < parallel; i++)
		pthread_join(threads[i], NULL);
	pthread_attr_destroy(&attributes);

	/* What the programs left in the background would slow down the next turn. */
	while (wait(NULL) > 0 || errno == EINTR)
		;
	for (int i = 0; i < parallel; i++) {
		struct sample *s = &samples[i];
		if (s->error != 0)
			fail(program->argv[0], s->error);
		if (s->status != 0) {
			fprintf(stderr, "runner: %s ended with status %#x\n", program->name, s->status);
			exit(1);
		}
		printf("%s\t%lld\t%ld\t%ld\t%lld\n", program->name, s->wall_ns,
		       s->max_rss, s->minor_faults, s->cpu_us);
	}
}

/* Cuts line in place; the program's strings point into it. */
static void parse_program(char *line, struct program *p)
{
	int arguments = 0;

	line[strcspn(line, "\n")] = '\0';
	p->name = strtok(line, "\t");
	char *every = strtok(NULL, "\t");
	p->stdin_path = strtok(NULL, "\t");
	for (char *word; arguments < MAX_ARGS && (word = strtok(NULL, "\t")) != NULL;)
		p->argv[arguments++] = word;
	if (arguments == 0 || (p->every = atol(every)) < 1)
		fail("plan needs NAME EVERY STDIN ARGV0 on each line", EINVAL);
}

static int read_plan(const char *path, struct program *programs)
{
	FILE *plan = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	int count = 0;

	if (plan == NULL)
		fail(path, errno);
	while (count < MAX_PROGRAMS && getline(&line, &size, plan) > 0) {
		parse_program(line, &programs[count++]);
		line = NULL;
		size = 0;
	}
	fclose(plan);
	return count;
}

int main(int argc, char **argv)
{
	static struct program programs[MAX_PROGRAMS];

	if (argc != 4) {
		fprintf(stderr, "usage: runner ROUNDS PARALLEL PLAN\n");
		return 2;
	}
	long rounds = atol(argv[1]);
	int parallel = atoi(argv[2]);
	if (rounds < 1 || parallel < 1 || parallel > MAX_PARALLEL)
		fail("ROUNDS or PARALLEL", ERANGE);
	int count = read_plan(argv[3], programs);

#ifdef __linux__
	/* Orphans come to this process, so that a turn can wait for them. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
	signal(SIGINT, interrupt);
	for (long round = 0; round < rounds && !interrupted; round++)
		for (int i = 0; i < count && !interrupted; i++)
			if (round % programs[i].every == 0)
				run_turn(&programs[i], parallel);
	return interrupted ? 1 : 0;
}
