package index

import (
	"context"
	"slices"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// ref is a row of a block, and its place in the order of answers.
type ref struct {
	b     *block
	i     int
	order query.Order
}

// list finds the rows of a page.
func (v *view) list(m *matcher, p query.Page) (refs []ref, done query.Scan, err error) {
	s := v.newScan(m)
	s.oldest = p.Oldest
	if p.Cursor != "" {
		after, err := p.Cursor.Order()
		if err != nil {
			return nil, done, err
		}
		s.after = &after
	}
	stopped, err := s.run(func(parts []part) (bool, error) {
		found, err := s.refs(parts, p.Limit-len(refs)+1)
		refs = append(refs, found...)
		return len(refs) <= p.Limit, err
	})
	done = scanned(stopped)
	if len(refs) > p.Limit {
		refs = refs[:p.Limit]
		done = query.Scan{Next: refs[len(refs)-1].order.Cursor()}
	}
	return refs, done, err
}

// refs lists the selected rows of a group in the order of the scan, up to n.
func (s *scan) refs(parts []part, n int) (list []ref, err error) {
	for _, p := range parts {
		if err := s.m.ofUnit(s.view, p.block, &p.selection); err != nil {
			return nil, err
		}
		if p.none() {
			continue
		}
		found, err := s.refsOf(p, n)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	s.sort(list, len(parts))
	return list[:min(n, len(list))], nil
}

// rows lists the selected rows of a group, of whatever kind, in the order of the scan.
func (s *scan) rows(parts []part) (list []ref, err error) {
	for _, p := range parts {
		found, err := s.refsOf(p, p.block.rows)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	s.sort(list, len(parts))
	return list, nil
}

// sort puts rows of several blocks in the order of the scan; those of one are.
func (s *scan) sort(list []ref, blocks int) {
	if blocks < 2 {
		return
	}
	slices.SortFunc(list, func(a, b ref) int {
		if s.oldest {
			return a.order.Compare(b.order)
		}
		return b.order.Compare(a.order)
	})
}

// refsOf lists up to n selected rows of one block.
func (s *scan) refsOf(p part, n int) (list []ref, err error) {
	at, err := s.orders(p.block)
	if err != nil {
		return nil, err
	}
	for k := range p.block.rows {
		i := k
		if !s.oldest {
			i = p.block.rows - 1 - k
		}
		if !p.has(i) {
			continue
		}
		o := at(i)
		if s.after != nil && (s.oldest && o.Compare(*s.after) <= 0 || !s.oldest && o.Compare(*s.after) >= 0) {
			continue
		}
		if list = append(list, ref{p.block, i, o}); len(list) == n {
			break
		}
	}
	return list, nil
}

// orders returns a row's place in the order of answers.
func (v *view) orders(b *block) (func(int) query.Order, error) {
	at, err := v.times(b)
	if err != nil {
		return nil, err
	}
	seqs, err := v.int(b, intSeq)
	if err != nil {
		return nil, err
	}
	subs, err := v.int(b, intSub)
	if err != nil {
		return nil, err
	}
	hosts, err := v.dim(b, dimHost)
	if err != nil {
		return nil, err
	}
	names := v.x.values[dimHost].all()
	return func(i int) query.Order {
		return query.Order{Time: at(i), Host: names[hosts.value(i)], Seq: uint64(seqs[i]), Sub: int(subs[i])}
	}, nil
}

// Events lists records.
func (x *Index) Events(ctx context.Context, q query.EventsQuery) (_ *query.EventsPage, failed error) {
	v, end, err := x.ask(ctx, &q, &failed)
	if err != nil {
		return nil, err
	}
	defer end()
	m, err := v.compile(q.Filter, q.Unit)
	if err != nil {
		return nil, err
	}
	refs, done, err := v.list(m, q.Page)
	if err != nil {
		return nil, err
	}
	entries, err := v.entries(refs, q.Raw)
	if err != nil {
		return nil, err
	}
	return &query.EventsPage{Entries: entries, Scan: done}, nil
}

// entries reads rows.
func (v *view) entries(refs []ref, raw bool) ([]query.Entry, error) {
	list := make([]query.Entry, len(refs))
	var rd *rowReader
	var err error
	for i, r := range refs {
		if rd, err = rd.of(v, r.b); err != nil {
			return nil, err
		}
		if list[i], err = rd.entry(r, raw); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// rowReader reads rows of one block.
type rowReader struct {
	*view
	b        *block
	dims     [numDims]dim
	ints     [numInts][]int64
	granules map[int][]texts
}

func (r *rowReader) load() (err error) {
	r.granules = map[int][]texts{}
	for d := range r.dims {
		if dimension(d) == dimPath {
			continue
		}
		if r.dims[d], err = r.dim(r.b, dimension(d)); err != nil {
			return err
		}
	}
	for i := range r.ints {
		if r.ints[i], err = r.int(r.b, integer(i)); err != nil {
			return err
		}
	}
	return nil
}

func (r *rowReader) texts(i int) (*texts, error) {
	g := i / granuleRows
	if r.granules[g] == nil {
		list, err := r.granule(r.b, g)
		if err != nil {
			return nil, err
		}
		r.granules[g] = list
	}
	return &r.granules[g][i%granuleRows], nil
}

func (r *rowReader) value(d dimension, i int) (string, error) {
	return r.text(d, r.dims[d].value(i))
}

func (r *rowReader) entry(at ref, raw bool) (e query.Entry, err error) {
	var names [numDims]string
	for d := range names {
		if d := dimension(d); d != dimKind && d != dimPath {
			if names[d], err = r.value(d, at.i); err != nil {
				return e, err
			}
		}
	}
	t, err := r.texts(at.i)
	if err != nil {
		return e, err
	}
	project, _ := unpair(names[dimProject])
	e = query.Entry{
		Journal: names[dimJournal], Seq: at.order.Seq, Sub: at.order.Sub, Timestamp: at.order.Time, Host: names[dimHost],
		Level: event.Level(names[dimLevel]), EventType: event.Type(names[dimEvent]), HookEvent: names[dimHook],
		SessionID: names[dimSession], Project: project, ToolName: names[dimTool], ToolUseID: t[textToolUse], PromptID: t[textPrompt],
		AgentID: names[dimAgent], AgentType: typeOf(names[dimAgentName]), Outcome: event.Outcome(names[dimOutcome]), Outside: names[dimOutside] == "true",
		Path: t.path(), Command: t[textCommand], Pattern: t[textPattern], URL: t[textURL], Query: t[textQuery],
	}
	if d := r.ints[intDuration][at.i]; d > 0 {
		d--
		e.Duration = &d
	}
	if raw {
		e.Record, err = r.raw(at.i)
	}
	return e, err
}

func (t *texts) path() string {
	if t[textFile] != "" {
		return t[textFile]
	}
	return t[textSearch]
}

// made lists the records that a row's call, or a batch's calls, are made of up to
// that row's own record.
func (r *rowReader) made(i int) ([]query.Key, error) {
	t, err := r.texts(i)
	if err != nil {
		return nil, err
	}
	name, err := r.value(dimJournal, i)
	if err != nil {
		return nil, err
	}
	seq := uint64(r.ints[intSeq][i])
	var list []query.Key
	for b := []byte(t[textMade]); len(b) > 0; {
		n := next(&b)
		if n&1 == 0 {
			list = append(list, query.Key{Journal: name, Seq: seq - n>>1})
			continue
		}
		other, err := r.text(dimJournal, uint32(n>>1))
		if err != nil {
			return nil, err
		}
		list = append(list, query.Key{Journal: other, Seq: next(&b)})
	}
	return append(list, query.Key{Journal: name, Seq: seq}), nil
}
