package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Bounds of a connection.
const (
	maxHeader = 256 << 10
	readWait  = 10 * time.Second
	idleWait  = 2 * time.Minute
	stopWait  = 5 * time.Second
)

// Listen opens the address, which has to be loopback's unless cert is given: what
// leaves the machine is never readable, and a Server never is without a token.
func Listen(ctx context.Context, addr string, cert *tls.Config) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %q: %w", addr, err)
	}
	if cert == nil && !isLoopback(host) {
		return nil, fmt.Errorf("listen on %s: beyond 127.0.0.1, [::1] and localhost the API is only served with a TLS certificate", addr)
	}
	var config net.ListenConfig
	ln, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	if cert != nil {
		return tls.NewListener(ln, cert), nil
	}
	if at, ok := ln.Addr().(*net.TCPAddr); !ok || !at.IP.IsLoopback() {
		return nil, errors.Join(fmt.Errorf("listen on %s: this is %s, which is not loopback", addr, ln.Addr()), ln.Close())
	}
	return ln, nil
}

// Serve answers until ctx ends; then it ends streams and exports, lets other
// answers finish and closes the listener. It returns nil when it was ctx that
// ended it. A Server serves once.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	server := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: readWait, IdleTimeout: idleWait, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(ln) }()
	select {
	case err := <-failed:
		s.close()
		return fmt.Errorf("serve the API on %s: %w", ln.Addr(), errors.Join(err, server.Close()))
	case <-ctx.Done():
	}
	s.close()
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWait)
	defer cancel()
	if server.Shutdown(wait) != nil {
		_ = server.Close() // whoever has not finished by now is cut off
	}
	<-failed
	return nil
}
