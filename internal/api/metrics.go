package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are a registry of the server's own, so that nothing else in the
// process shows in it.
type metrics struct {
	requests *prometheus.HistogramVec
	refused  *prometheus.CounterVec
	sent     *prometheus.CounterVec
	cut      prometheus.Counter
	handler  http.Handler
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "agent_telemetry_http_request_duration_seconds", Help: "How long answers took; streams and exports are not among them.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"endpoint", "method", "code"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "agent_telemetry_http_refused_total", Help: "Streams and exports refused because there were too many.",
		}, []string{"endpoint"}),
		sent: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "agent_telemetry_http_records_sent_total", Help: "Records sent by streams and exports.",
		}, []string{"endpoint"}),
		cut: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "agent_telemetry_http_slow_readers_total", Help: "Streams and exports cut off because the client did not read.",
		}),
	}
	r := prometheus.NewRegistry()
	r.MustRegister(m.requests, m.refused, m.sent, m.cut, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), &healthMetrics{s})
	m.handler = promhttp.HandlerFor(r, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: s.cfg.Limits.Request})
	return m
}

func (m *metrics) serve(w http.ResponseWriter, r *http.Request) { m.handler.ServeHTTP(w, r) }

// measured times every answer by the pattern that it matched: what clients write
// does not become a label.
func (s *Server) measured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if endless(r) {
			next.ServeHTTP(w, r)
			return
		}
		begin, seen := time.Now(), &recorder{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			_, pattern := s.mux.Handler(r)
			s.metrics.requests.WithLabelValues(endpoint(pattern), method(r.Method), strconv.Itoa(seen.status)).Observe(time.Since(begin).Seconds())
		}()
		next.ServeHTTP(seen, r)
	})
}

// recorder remembers an answer's status.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// endpoint is a pattern without its method.
func endpoint(pattern string) string {
	for i := range len(pattern) {
		if pattern[i] == '/' {
			return pattern[i:]
		}
	}
	return "other"
}

func method(name string) string {
	switch name {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodDelete:
		return name
	}
	return "other"
}

// healthMetrics tells what Health does, as it is when asked.
type healthMetrics struct{ s *Server }

// Describe tells of nothing: which sinks there are shows when they are asked.
func (*healthMetrics) Describe(chan<- *prometheus.Desc) {}

// Collect reads the health once for all.
func (c *healthMetrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(c.s.closing, c.s.cfg.Limits.Request)
	defer cancel()
	h := c.s.health(ctx)
	tell := func(kind prometheus.ValueType, name, help string, v float64, labels ...string) {
		var keys, values []string
		for i := 0; i+1 < len(labels); i += 2 {
			keys, values = append(keys, labels[i]), append(values, labels[i+1])
		}
		desc := prometheus.NewDesc("agent_telemetry_"+name, help, keys, nil)
		m, err := prometheus.NewConstMetric(desc, kind, v, values...)
		if err != nil {
			m = prometheus.NewInvalidMetric(desc, err)
		}
		to <- m
	}
	gauge, counter := prometheus.GaugeValue, prometheus.CounterValue
	tell(gauge, "build_info", "1, with the version as label.", 1, "version", h.Version)
	tell(gauge, "ready", "1 once the index has caught up with the journal.", bit(h.Ready))
	tell(gauge, "problems", "What is wrong at the moment.", float64(len(h.Problems)))
	tell(gauge, "open_streams", "Live streams being read.", float64(h.Streams))
	tell(gauge, "journal_seq", "Number of the journal's last record.", float64(h.Journal.Seq))
	tell(gauge, "journal_bytes", "Size of the journal on disk.", float64(h.Journal.Bytes))
	tell(gauge, "journal_segments", "Files of the journal.", float64(h.Journal.Segments))
	tell(counter, "chain_breaks_total", "Places where the journal's chain does not hold.", float64(h.Chain.Breaks))
	tell(gauge, "index_records", "Records in the index.", float64(h.Index.Records))
	tell(gauge, "index_bytes", "Size of the index on disk.", float64(h.Index.Bytes))
	tell(gauge, "index_seq", "Number of the last record that answers know.", float64(h.Index.Seq))
	tell(gauge, "disk_free_bytes", "Room left where the data lies.", float64(h.Disk.Free))
	tell(counter, "hook_errors_total", "Errors that hooks noted.", float64(h.Hook.Errors))
	for i := range h.Sinks {
		k := &h.Sinks[i]
		tell(gauge, "sink_seq", "Number of the last record a sink has.", float64(k.Seq), "sink", k.Name)
		tell(gauge, "sink_lag_records", "Records a sink has not got yet.", float64(k.Lag), "sink", k.Name)
		tell(gauge, "sink_lag_seconds", "Age of the oldest record a sink has not got yet.", k.LagSeconds, "sink", k.Name)
		tell(counter, "sink_delivered_total", "Records a sink took since the collector started.", float64(k.Delivered), "sink", k.Name)
		tell(counter, "sink_retries_total", "Attempts that failed since the collector started.", float64(k.Retries), "sink", k.Name)
		tell(counter, "sink_dead_letters_total", "Records a sink refused for good.", float64(k.DeadLetters), "sink", k.Name)
	}
}

func bit(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
