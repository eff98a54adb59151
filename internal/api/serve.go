package api

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
)

// Listen opens the address, which has to be loopback's unless cert is given.
func Listen(ctx context.Context, addr string, cert *tls.Config) (net.Listener, error) {
	return nil, errors.ErrUnsupported
}

// Serve answers until ctx ends; then it ends streams, lets other answers finish
// and closes the listener.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error { return errors.ErrUnsupported }
