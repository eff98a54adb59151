// Package client asks a collector's API. A Client is a query.Engine like any
// other: who asks need not know that the answer comes over HTTP.
package client

import (
	"context"
	"errors"
	"io"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/query"
)

// Client is safe for concurrent use. Close it when done.
type Client struct{ query.Engine }

// New makes a client of the API at base: http://127.0.0.1:7070. It connects to
// nothing yet.
func New(base, token string) *Client { return &Client{} }

// Close lets go of idle connections.
func (c *Client) Close() {}

// Health asks how the collector is.
func (c *Client) Health(ctx context.Context) (*api.Health, error) { return nil, errors.ErrUnsupported }

// Code makes a single-use code, for a page to exchange.
func (c *Client) Code(ctx context.Context) (*api.Code, error) { return nil, errors.ErrUnsupported }

// Format is what an export is written as.
type Format string

// The formats.
const (
	JSONL Format = "jsonl" // the journal's own lines
	CSV   Format = "csv"
)

// Export writes every record that q selects to w, oldest first unless q.Page
// says newest, and returns how many. Limit 0 is no limit.
func (c *Client) Export(ctx context.Context, q query.EventsQuery, f Format, w io.Writer) (int64, error) {
	return 0, errors.ErrUnsupported
}
