// Package client asks a collector's API. A Client is a query.Engine like any
// other: who asks need not know that the answer comes over HTTP.
package client

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"agent-telemetry/internal/api"
	"agent-telemetry/internal/query"
)

// Bounds of what a server can make a client hold or wait for. A context ends a
// request sooner.
const (
	maxAnswer  = 512 << 20 // a page of the longest lines there are
	maxProblem = 64 << 10
	dialWait   = 5 * time.Second
	answerWait = 60 * time.Second
)

// Client is safe for concurrent use. Close it when done.
type Client struct {
	base, token string
	http        *http.Client
}

// New makes a client of the API at base: http://127.0.0.1:7070. It connects to
// nothing yet, never goes through a proxy and follows no redirect: the token goes
// to base alone.
func New(base, token string) *Client {
	dialer := &net.Dialer{Timeout: dialWait}
	return &Client{
		base: strings.TrimRight(base, "/"), token: token,
		http: &http.Client{
			Transport: &http.Transport{
				DialContext: dialer.DialContext, ResponseHeaderTimeout: answerWait, TLSHandshakeTimeout: dialWait,
				MaxIdleConns: 8, MaxIdleConnsPerHost: 8, IdleConnTimeout: 30 * time.Second,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// do sends a request; an answer that is not 200 is its error.
func (c *Client) do(ctx context.Context, method, path string, values url.Values, header http.Header) (*http.Response, error) {
	if len(values) > 0 {
		path += "?" + values.Encode()
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, nil)
	if err != nil {
		return nil, fmt.Errorf("ask the collector: %w", err)
	}
	for name, v := range header {
		r.Header[name] = v
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	answer, err := c.http.Do(r)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("ask the collector: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		defer answer.Body.Close()
		return nil, problemOf(answer)
	}
	return answer, nil
}

func ask[A any](ctx context.Context, c *Client, method, path string, values url.Values) (*A, error) {
	answer, err := c.do(ctx, method, path, values, nil)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	a := new(A)
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(a); err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("read the collector's answer: %w", err)
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxProblem)) // so that the connection serves again
	return a, nil
}

// question is what every question of package query can do.
type question interface {
	Check() error
}

// put asks a question. What makes no sense is found here: a parameter that cannot
// be written would go unnoticed there.
func put[A any](ctx context.Context, c *Client, path string, q question, values url.Values) (*A, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := q.Check(); err != nil {
		return nil, err
	}
	return ask[A](ctx, c, http.MethodGet, "/api/v1/"+path, values)
}

// Events is query.Engine's.
func (c *Client) Events(ctx context.Context, q query.EventsQuery) (*query.EventsPage, error) {
	return put[query.EventsPage](ctx, c, "events", &q, filter(&q.Filter).page(&q.Page).unit(q.Unit).flag("raw", q.Raw).values)
}

// Event is one record with its line.
func (c *Client) Event(ctx context.Context, k query.Key) (*query.Entry, error) {
	return ask[query.Entry](ctx, c, http.MethodGet, "/api/v1/events/"+url.PathEscape(k.String()), nil)
}

// Actions is query.Engine's.
func (c *Client) Actions(ctx context.Context, q query.ActionsQuery) (*query.ActionsPage, error) {
	return put[query.ActionsPage](ctx, c, "actions", &q, filter(&q.Filter).page(&q.Page).flag("pending", q.Pending).values)
}

// Sessions is query.Engine's.
func (c *Client) Sessions(ctx context.Context, q query.SessionsQuery) (*query.SessionsPage, error) {
	return put[query.SessionsPage](ctx, c, "sessions", &q, filter(&q.Filter).page(&q.Page).values)
}

// Session is query.Engine's.
func (c *Client) Session(ctx context.Context, q query.SessionQuery) (*query.Timeline, error) {
	id := q.ID
	if id == "" {
		id = api.Latest
	}
	return put[query.Timeline](ctx, c, "sessions/"+segment(id), &q, filter(&query.Filter{}).page(&q.Page).values)
}

// Count is query.Engine's.
func (c *Client) Count(ctx context.Context, q query.CountQuery) (*query.Counts, error) {
	p := filter(&q.Filter).unit(q.Unit).text("by", string(q.By)).text("distinct", string(q.Distinct)).number("series", q.Series).zone(q.Zone)
	if q.Bucket != 0 {
		p.text("bucket", q.Bucket.String())
	}
	return put[query.Counts](ctx, c, "stats", &q, p.values)
}

// Top is query.Engine's.
func (c *Client) Top(ctx context.Context, q query.TopQuery) (*query.TopList, error) {
	return put[query.TopList](ctx, c, "top", &q, filter(&q.Filter).unit(q.Unit).text("by", string(q.By)).number("limit", q.Limit).values)
}

// Facets is query.Engine's.
func (c *Client) Facets(ctx context.Context, q query.FacetsQuery) (*query.FacetList, error) {
	p := filter(&q.Filter).unit(q.Unit).number("limit", q.Limit)
	for _, f := range q.Fields {
		p.values.Add("fields", string(f))
	}
	return put[query.FacetList](ctx, c, "facets", &q, p.values)
}

// Health asks how the collector is.
func (c *Client) Health(ctx context.Context) (*api.Health, error) {
	return ask[api.Health](ctx, c, http.MethodGet, "/api/v1/health", nil)
}

// Code makes a single-use code, for a page to exchange.
func (c *Client) Code(ctx context.Context) (*api.Code, error) {
	return ask[api.Code](ctx, c, http.MethodPost, "/api/v1/codes", nil)
}
