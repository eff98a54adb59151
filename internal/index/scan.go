package index

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"agent-telemetry/internal/query"
)

// scan goes over the blocks in order of time and applies a matcher.
type scan struct {
	*view
	m      *matcher
	oldest bool         // oldest first
	after  *query.Order // only what comes behind this, in the order of the scan
	worker int          // which of the workers that share the groups it is
	shared int          // how many there are

	deadline   time.Time
	candidates map[int64]uint64 // sealed block to the granules that may match
	known      int              // how many groups that covers, in the order of the scan
	width      int              // how many groups it was asked about last
}

func (v *view) newScan(m *matcher) *scan {
	return &scan{view: v, m: m, deadline: time.Now().Add(v.x.opts.Budget), candidates: map[int64]uint64{}, width: 1, shared: 1}
}

// end is where a scan stopped before it was through; nil if it was.
type end = *query.Order

// part is a block with its selected rows.
type part struct {
	*block
	selection
}

// run calls visit with each group's parts until it returns false. A scan that
// takes too long stops behind a group; everything up to there was visited.
func (s *scan) run(visit func([]part) (bool, error)) (end, error) {
	n := len(s.groups)
	for i := range n {
		if i/stretchOf%s.shared != s.worker {
			continue
		}
		group := s.groups[i]
		if !s.oldest {
			group = s.groups[n-1-i]
		}
		if s.skips(group) {
			continue
		}
		if err := s.ctx.Err(); err != nil {
			return nil, err
		}
		s.spare.reset()
		parts, err := s.parts(group, i)
		if err != nil {
			return nil, err
		}
		if len(parts) > 0 {
			if more, err := visit(parts); err != nil || !more {
				return nil, err
			}
		}
		if i < n-1 && time.Now().After(s.deadline) {
			return s.edge(group), nil
		}
	}
	return nil, nil
}

// runAll calls visit with every group's parts, in no order, from several workers
// at once; each has a view of its own.
func (v *view) runAll(m *matcher, visit func(worker int, v *view, parts []part) (bool, error)) (end, error) {
	var wait sync.WaitGroup
	n := workers
	if m.match != "" {
		n = 1 // it is the search that takes the time
	}
	ends, errs := make([]end, n), make([]error, n)
	for w := range n {
		wait.Go(func() {
			mine := *v
			mine.reader, mine.ints, mine.spare = reader{ctx: v.ctx, db: v.db}, nil, &spare{dims: map[dimKey]dim{}}
			defer mine.close()
			s := mine.newScan(m)
			s.worker, s.shared = w, n
			ends[w], errs[w] = s.run(func(parts []part) (bool, error) { return visit(w, &mine, parts) })
		})
	}
	wait.Wait()
	var stopped end
	for _, e := range ends {
		if e != nil && (stopped == nil || e.Compare(*stopped) > 0) {
			stopped = e // newest first: what is after the latest was seen by all
		}
	}
	return stopped, errors.Join(errs...)
}

// workers is how many share one question, and stretchOf how many groups one takes
// in a row: columns of neighbouring blocks lie on the same pages.
const (
	workers   = 2
	stretchOf = 32
)

// skips reports whether a group has nothing behind s.after, or of the filter's time.
func (s *scan) skips(group []*block) bool {
	if s.after != nil {
		if s.oldest && lastOf(group).Compare(*s.after) <= 0 || !s.oldest && group[0].first.Compare(*s.after) >= 0 {
			return true
		}
	}
	return !slices.ContainsFunc(group, s.m.overlaps)
}

// edge is the place that everything of a group has been visited up to.
func (s *scan) edge(group []*block) end {
	o := group[0].first
	if s.oldest {
		o = lastOf(group)
	}
	return &o
}

func (s *scan) parts(group []*block, i int) (parts []part, err error) {
	for _, b := range group {
		sel, err := s.m.selects(s.view, b)
		if err == nil && len(s.m.texts) > 0 && !sel.none() {
			err = s.texts(b, &sel, i)
		}
		if errors.Is(err, errGone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !sel.none() {
			parts = append(parts, part{b, sel})
		}
	}
	return parts, nil
}

// texts applies the conditions on strings.
func (s *scan) texts(b *block, sel *selection, group int) error {
	if err := s.m.ofUnit(s.view, b, sel); err != nil || sel.none() {
		return err
	}
	may := ^uint64(0)
	if s.m.match != "" && b.head == nil {
		if err := s.ask(group); err != nil {
			return err
		}
		may = s.candidates[b.id]
	}
	sel.expand(b, s.spare)
	found := false
	for g := 0; g*granuleRows < b.rows; g++ {
		rows := sel.rows[g*granuleRows : min((g+1)*granuleRows, b.rows)]
		if may&(1<<g) == 0 {
			clear(rows)
			continue
		}
		if bytes.IndexByte(rows, 1) < 0 {
			continue
		}
		list, err := s.granule(b, g)
		if err != nil {
			return err
		}
		for i := range rows {
			if rows[i] != 0 && !s.m.matchTexts(&list[i]) {
				rows[i] = 0
			}
			found = found || rows[i] != 0
		}
	}
	if !found {
		*sel = selection{}
	}
	return nil
}

// matchTexts reports whether a row's strings satisfy all conditions on them.
func (m *matcher) matchTexts(t *texts) bool {
	for i := range m.texts {
		if term := &m.texts[i]; slices.ContainsFunc(term.Values, func(want string) bool { return t.has(term.Field, want) }) == term.Not {
			return false
		}
	}
	return true
}

func (t *texts) has(f query.Field, want string) bool {
	if f == query.Path {
		return query.Glob(want, t[textFile]) || query.Glob(want, t[textSearch])
	}
	return slices.ContainsFunc(t.searched(), func(s string) bool { return query.ContainsFold(s, want) })
}

// ask finds the granules that may match, in so many groups at a time that a
// common word costs little and a rare one is asked for few times.
func (s *scan) ask(group int) error {
	for group >= s.known {
		s.width *= 4
		from, to := s.known, min(s.known+s.width, len(s.groups))
		low, high := int64(-1), int64(0)
		for i := from; i < to; i++ {
			g := s.groups[i]
			if !s.oldest {
				g = s.groups[len(s.groups)-1-i]
			}
			for _, b := range g {
				if low < 0 || b.id < low {
					low = b.id
				}
				high = max(high, b.id)
			}
		}
		if err := s.askBetween(granuleID(low, 0), granuleID(high, maxGranules-1)); err != nil {
			return err
		}
		s.known = to
	}
	return nil
}

func (s *scan) askBetween(low, high int64) error {
	rows, err := s.x.db.QueryContext(s.ctx, `SELECT rowid FROM trigram WHERE trigram MATCH ? AND rowid BETWEEN ? AND ?`, s.m.match, low, high)
	if err != nil {
		return fmt.Errorf("search the text: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return fmt.Errorf("search the text: %w", err)
		}
		s.candidates[id/maxGranules] |= 1 << (id % maxGranules)
	}
	return rows.Err()
}

// scanned writes where a scan stopped into an answer.
func scanned(e end) (s query.Scan) {
	if e != nil {
		s.Partial, s.ScannedTo, s.Next = true, &e.Time, e.Cursor()
	}
	return s
}
