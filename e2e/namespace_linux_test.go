//go:build e2e && linux

package e2e

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// isolate runs this test binary again in a network namespace of its own and
// returns its exit code. It returns ok false where the system allows no such
// namespace, and inside the one it made, where the tests are to run.
func isolate() (code int, ok bool) {
	if os.Getenv(insideNamespace) != "" {
		return 0, false
	}
	// The namespace's run dies with the thread that started it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	root := os.Geteuid() == 0
	attempts := []*syscall.SysProcAttr{}
	if root {
		attempts = append(attempts, &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET})
	}
	attempts = append(attempts, &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWNET | unix.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	})
	var refusals []error
	for _, attributes := range attempts {
		attributes.Pdeathsig = syscall.SIGKILL
		again := exec.Command("/proc/self/exe", os.Args[1:]...)
		again.SysProcAttr = attributes
		again.Env = append(os.Environ(), insideNamespace+"=1")
		again.Stdout, again.Stderr = os.Stdout, os.Stderr
		if err := again.Start(); err != nil {
			refusals = append(refusals, err)
			continue
		}
		err := again.Wait()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			fmt.Fprintf(os.Stderr, "e2e: wait for the run inside the namespace: %v\n", err)
			return 1, true
		}
		return again.ProcessState.ExitCode(), true
	}
	fmt.Fprintf(os.Stderr, "\ne2e: WARNING: NO NETWORK NAMESPACE (%v).\n"+
		"e2e: WARNING: Claude Code runs with the whole network in reach.\n\n", errors.Join(refusals...))
	return 0, false
}

// closeNetwork brings loopback up and makes sure that nothing else is.
func closeNetwork() error {
	if os.Getenv(insideNamespace) == "" {
		return nil
	}
	if err := raiseLoopback(); err != nil {
		return err
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		return fmt.Errorf("list the namespace's interfaces: %w", err)
	}
	for _, i := range interfaces {
		if i.Flags&net.FlagUp != 0 && i.Flags&net.FlagLoopback == 0 {
			return fmt.Errorf("interface %s is up in a namespace that should have loopback only", i.Name)
		}
	}
	fmt.Fprintln(os.Stderr, "e2e: in a network namespace with only loopback up")
	return nil
}

func raiseLoopback() error {
	socket, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("open a socket to raise loopback: %w", err)
	}
	defer unix.Close(socket)
	request, err := unix.NewIfreq("lo")
	if err != nil {
		return fmt.Errorf("name loopback: %w", err)
	}
	request.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(socket, unix.SIOCSIFFLAGS, request); err != nil {
		return fmt.Errorf("raise loopback: %w", err)
	}
	return nil
}
