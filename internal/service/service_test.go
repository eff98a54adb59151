//go:build unix

package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// TestMain is the collector, too, if it is started as one.
func TestMain(m *testing.M) {
	if how := os.Getenv("SERVICE_TEST"); how != "" {
		if err := pretend(how, os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// pretend runs a collector that does nothing.
func pretend(how, data string) error {
	if how == "dies" {
		return errors.New("port 7070 is taken")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	l, err := Hold(ctx, data)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c := Collector{Address: listener.Addr().String(), Version: "test", Started: time.Now()}
	if err := l.Announce(c); err != nil {
		return err
	}
	c.Ready = true
	if err := l.Announce(c); err != nil {
		return err
	}
	if how == "hangs" {
		signal.Ignore(syscall.SIGTERM)
		time.Sleep(time.Minute)
	}
	<-ctx.Done()
	return errors.Join(listener.Close(), l.Release())
}

func start(t *testing.T, data, how string) *Collector {
	t.Helper()
	t.Setenv("SERVICE_TEST", how)
	b, err := StartDetached(Start{Data: data, Program: os.Args[0], Args: []string{data}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = b.cmd.Process.Kill()
		<-b.ended
	})
	c, err := b.Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func none(t *testing.T, data string) {
	t.Helper()
	if c, err := Find(data); err != nil || c != nil {
		t.Errorf("found %+v, %v", c, err)
	}
}

func TestStartFindStop(t *testing.T) {
	data := filepath.Join(t.TempDir(), "new", "data")
	none(t, data)
	c := start(t, data, "runs")
	if found, err := Find(data); err != nil || found.PID != c.PID || !found.Ready || found.URL() != "http://"+c.Address {
		t.Errorf("found %+v, %v", found, err)
	}
	if info, err := os.Stat(StatePath(data)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if _, err := Hold(t.Context(), data); !errors.Is(err, ErrRunning) {
		t.Errorf("held twice: %v", err)
	}
	stopped, killed, err := Stop(t.Context(), data, Grace)
	if err != nil || killed || stopped.PID != c.PID {
		t.Errorf("%+v, %v, %v", stopped, killed, err)
	}
	none(t, data)
	if stopped, _, err := Stop(t.Context(), data, Grace); err != nil || stopped != nil {
		t.Errorf("stopped nothing: %+v, %v", stopped, err)
	}
	if left, _ := filepath.Glob(filepath.Join(data, "*.json")); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

func TestStopKillsWhatDoesNotEnd(t *testing.T) {
	data := t.TempDir()
	start(t, data, "hangs")
	if _, killed, err := Stop(t.Context(), data, 50*time.Millisecond); err != nil || !killed {
		t.Errorf("%v, %v", killed, err)
	}
	none(t, data)
	start(t, data, "runs") // what was left behind is in nobody's way
}

func TestDeathOnTheWayIsTold(t *testing.T) {
	data := t.TempDir()
	if err := os.WriteFile(LogPath(data), []byte("of another day\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SERVICE_TEST", "dies")
	b, err := StartDetached(Start{Data: data, Program: os.Args[0], Args: []string{data}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Wait(t.Context())
	var died *DiedError
	if !errors.As(err, &died) || err.Error() != "port 7070 is taken" {
		t.Errorf("%v", err)
	}
}

// A process that merely has the number which an old file names is left alone.
func TestStrangersAreLeftAlone(t *testing.T) {
	data := t.TempDir()
	stranger := exec.Command("sleep", "60")
	if err := stranger.Start(); err != nil {
		t.Skip(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- stranger.Wait() }()
	for _, c := range []Collector{{PID: stranger.Process.Pid}, {PID: stranger.Process.Pid, Began: began(stranger.Process.Pid)}} {
		if err := write(data, &c); err != nil {
			t.Fatal(err)
		}
		none(t, data)
		if c, _, err := Stop(t.Context(), data, Grace); err != nil || c != nil {
			t.Errorf("stopped %+v, %v", c, err)
		}
	}
	l, err := Hold(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := Find(data); err != nil || c.PID != 0 {
		t.Errorf("before it says who it is: %+v, %v", c, err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-ended:
		t.Errorf("the stranger ended: %v", err)
	default:
	}
	_ = stranger.Process.Kill()
	<-ended
}

func TestLogIsBounded(t *testing.T) {
	data := t.TempDir()
	f, err := os.OpenFile(LogPath(data), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := boundLog(data, f, 1000)
	for i := range 300 {
		if _, err := fmt.Fprintf(w, "line %d\n", i); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{LogPath(data), LogPath(data) + ".old"} {
		text, err := os.ReadFile(path)
		if err != nil || len(text) > 1000 || !strings.HasPrefix(string(text), "line ") {
			t.Errorf("%s: %d bytes, %v", path, len(text), err)
		}
	}
	if text, _ := tail(LogPath(data), 0); !strings.HasSuffix(text, "line 299") {
		t.Errorf("it ends in %q", text)
	}
	other, err := os.Create(filepath.Join(data, "other"))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if w := boundLog(data, other, 1000); w != other {
		t.Error("another file is not ours to cut")
	}
}
