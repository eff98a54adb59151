package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// An endpoint stands where Loki would: it takes each push at once, so that the
// specification's hook is not charged for a slow server.
type endpoint struct {
	server *http.Server
	url    string
	pushes atomic.Int64
}

func newEndpoint() (*endpoint, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listen for pushes: %w", err)
	}
	e := &endpoint{url: "http://" + listener.Addr().String() + "/loki/api/v1/push"}
	e.server = &http.Server{Handler: e, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = e.server.Serve(listener) }() // it ends, with an error, when close is called
	return e, nil
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, err := io.Copy(io.Discard, r.Body); err == nil && r.Method == http.MethodPost {
		e.pushes.Add(1)
	}
	w.WriteHeader(http.StatusNoContent)
}

func (e *endpoint) close() { _ = e.server.Close() }
