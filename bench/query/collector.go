package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"agent-telemetry/internal/api/client"
	"agent-telemetry/internal/collector"
	"agent-telemetry/internal/service"
)

// process is a running collector.
type process struct {
	cmd    *exec.Cmd
	log    string
	url    string
	ended  chan error
	client *client.Client
	memory *watcher
	took   time.Duration // from its start until it had caught up
}

// start starts the real program on the data folder and waits until it has caught up.
func (b *bench) start(ctx context.Context) (*process, error) {
	p := &process{log: filepath.Join(b.dir, "collector.out"), ended: make(chan error, 1)}
	out, err := os.Create(p.log)
	if err != nil {
		return nil, fmt.Errorf("create the collector's output: %w", err)
	}
	defer out.Close()
	p.cmd = exec.Command(b.program(collectorName), "up", "--data", b.data, "--addr", "127.0.0.1:0")
	p.cmd.Dir, p.cmd.Env = b.dir, []string{"HOME=" + b.dir, "PATH=" + os.Getenv("PATH"), "TZ=UTC"}
	p.cmd.Stdout, p.cmd.Stderr = out, out
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the collector: %w", err)
	}
	go func() { p.ended <- p.cmd.Wait() }()
	p.memory = watch(p.pid())
	if err := p.await(ctx, b.data); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	p.took = time.Since(began)
	token, err := os.ReadFile(collector.TokenPath(b.data))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the API's token: %w", err), p.stop())
	}
	p.client = client.New(p.url, strings.TrimSpace(string(token)))
	return p, nil
}

// await asks until the collector says that it is ready: often at first, then less,
// so that asking costs it nothing that counts.
func (p *process) await(ctx context.Context, data string) error {
	for wait := 10 * time.Millisecond; ; wait = min(wait*9/8, 100*time.Millisecond) {
		if err := pause(ctx, wait); err != nil {
			return err
		}
		select {
		case err := <-p.ended:
			said, _ := os.ReadFile(p.log)
			p.ended <- err
			return fmt.Errorf("the collector ended before it was ready: %w\n%s", err, said)
		default:
		}
		if p.url == "" {
			if c, err := service.Find(data); err == nil && c != nil && c.PID == p.cmd.Process.Pid && c.Address != "" {
				p.url = c.URL()
			}
			continue
		}
		if p.ready(ctx) {
			return nil
		}
	}
}

func (p *process) ready(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/readyz", nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// stop ends the collector as Ctrl-C does. What ends badly is an error.
func (p *process) stop() error {
	if p.client != nil {
		p.client.Close()
	}
	p.memory.stop()
	_ = p.cmd.Process.Signal(os.Interrupt) // it may have ended by itself
	select {
	case err := <-p.ended:
		if err != nil {
			said, _ := os.ReadFile(p.log)
			return fmt.Errorf("the collector ended badly: %w\n%s", err, said)
		}
		return nil
	case <-time.After(30 * time.Second):
		_ = p.cmd.Process.Kill()
		return fmt.Errorf("the collector did not end within 30 s and was killed: %w", <-p.ended)
	}
}

func (p *process) pid() int { return p.cmd.Process.Pid }

// rest is what a collector costs while nothing happens.
type rest struct {
	cpu    float64 // percent of a core
	memory int64   // of its own, at the end
}

// atRest lets a while pass and measures the same while again.
func (b *bench) atRest(ctx context.Context, p *process) (rest, error) {
	progress("%v of quiet, then %v measured", b.quiet/4, b.quiet)
	if err := pause(ctx, b.quiet/4); err != nil {
		return rest{}, err
	}
	cpu, began := cpuTime(p.pid()), time.Now()
	if err := pause(ctx, b.quiet); err != nil {
		return rest{}, err
	}
	used := cpuTime(p.pid()) - cpu
	return rest{100 * float64(used) / float64(time.Since(began)), service.RSS(p.pid())}, nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
