package index

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"agent-telemetry/internal/query"
)

// matcher is a filter as it is applied to blocks.
type matcher struct {
	filter query.Filter
	unit   query.Unit
	dims   []dimTerm
	texts  []query.Term // conditions on paths and free text
	match  string       // what the full-text index is asked; "" for nothing
}

// dimTerm is a condition on a dimension's values.
type dimTerm struct {
	dim dimension
	ok  func(id uint32) bool
	or  *dimTerm // or this one
}

// compile readies a filter. The filter is sound.
func (v *view) compile(f query.Filter, unit query.Unit) (*matcher, error) {
	m := &matcher{filter: f, unit: unit}
	var literals []string
	for _, t := range f.Terms {
		switch t.Field {
		case query.Text, query.Path:
			m.texts = append(m.texts, t)
			if !t.Not && len(t.Values) == 1 {
				literals = append(literals, literalsOf(t.Field, t.Values[0])...)
			}
		case query.Session:
			ok, err := v.prefixed(dimSession, t.Values)
			if err != nil {
				return nil, err
			}
			m.dims = append(m.dims, dimTerm{dim: dimSession, ok: is(ok, t.Not)})
		case query.Agent:
			terms, err := v.agent(t)
			if err != nil {
				return nil, err
			}
			m.dims = append(m.dims, terms...)
		default:
			d, _ := dimOf(t.Field)
			m.dims = append(m.dims, dimTerm{dim: d, ok: is(v.narrow(d, t.Values), t.Not)})
		}
	}
	m.match = trigrams(literals)
	return m, nil
}

// is negates a condition, or does not.
func is(ok func(uint32) bool, not bool) func(uint32) bool {
	return func(id uint32) bool { return ok(id) != not }
}

// narrow decides a condition for the values of a dictionary that is in memory.
func (v *view) narrow(d dimension, values []string) func(uint32) bool {
	all := v.x.values[d].all()
	wanted := make([]bool, len(all))
	for id, text := range all {
		wanted[id] = slices.ContainsFunc(values, func(want string) bool { return d.matches(want, text) })
	}
	return func(id uint32) bool { return int(id) < len(wanted) && wanted[id] }
}

// prefixed decides whether a value begins with any of the given strings.
func (v *view) prefixed(d dimension, prefixes []string) (func(uint32) bool, error) {
	ids := map[uint32]bool{}
	for _, prefix := range prefixes {
		if err := v.x.values[d].prefixed(v.ctx, v.x.db, prefix, ids); err != nil {
			return nil, fmt.Errorf("look up values: %w", err)
		}
	}
	return func(id uint32) bool { return ids[id] }, nil
}

// agent is the condition that a subagent's id begins so or its type is that; or,
// negated, neither.
func (v *view) agent(t query.Term) ([]dimTerm, error) {
	ids := slices.DeleteFunc(slices.Clone(t.Values), func(s string) bool { return s == query.MainAgent })
	begins, err := v.prefixed(dimAgent, ids)
	if err != nil {
		return nil, err
	}
	empty, known := v.x.values[dimAgent].lookup(v.ctx, v.x.db, "")
	if !known {
		empty = noValue
	}
	main := len(ids) < len(t.Values)
	byID := dimTerm{dim: dimAgent, ok: is(func(id uint32) bool {
		if id == empty {
			return main
		}
		return begins(id)
	}, t.Not)}
	byType := dimTerm{dim: dimAgentName, ok: is(v.narrow(dimAgentName, ids), t.Not)}
	if t.Not {
		return []dimTerm{byID, byType}, nil
	}
	byID.or = &byType
	return []dimTerm{byID}, nil
}

// literalsOf are strings that whatever a condition selects has in it.
func literalsOf(f query.Field, value string) []string {
	if f == query.Path {
		return strings.FieldsFunc(value, func(r rune) bool { return r == '*' || r == '?' })
	}
	return []string{value}
}

// maxTrigrams bounds what the full-text index is asked: more select hardly better.
const maxTrigrams = 24

// trigrams writes a full-text query: granules that have every trigram of every
// literal. Which of their rows really match, reading them tells.
func trigrams(literals []string) string {
	var parts []string
	for _, s := range literals {
		if !utf8.ValidString(s) {
			continue // bytes of a character, which no trigram is
		}
		runes := []rune(searchable(s))
		for i := 0; i+3 <= len(runes); i++ {
			part := `"` + strings.ReplaceAll(string(runes[i:i+3]), `"`, `""`) + `"`
			if !slices.Contains(parts, part) {
				parts = append(parts, part)
			}
		}
	}
	if n := len(parts); n > maxTrigrams {
		for i := range maxTrigrams {
			parts[i] = parts[i*n/maxTrigrams]
		}
		parts = parts[:maxTrigrams]
	}
	return strings.Join(parts, " AND ")
}

// selection is which rows of a block are selected: whole, or those of a list, or
// none.
type selection struct {
	whole bool
	rows  []byte // 1 for a row that is selected, else 0: bytes are combined without a branch
}

// has reports whether a row is selected, of a selection that is not none.
func (s *selection) has(i int) bool { return s.whole || s.rows[i] != 0 }

// keep leaves a row only if ok.
func (s *selection) keep(i int, ok bool) {
	if !ok {
		s.rows[i] = 0
	}
}

func (s *selection) none() bool { return !s.whole && s.rows == nil }

// selects applies what can be decided by columns of codes and numbers: everything
// but the unit and the conditions on strings.
func (m *matcher) selects(v *view, b *block) (selection, error) {
	s := selection{whole: m.overlaps(b)}
	if s.none() {
		return s, nil
	}
	for _, t := range m.inOrder(b) {
		if err := v.narrowBy(b, t, &s); err != nil {
			return s, err
		}
	}
	if s.none() {
		return s, nil
	}
	if err := m.times(v, b, &s); err != nil {
		return s, err
	}
	return s, v.aboveFloor(b, &s)
}

// ofUnit leaves the rows that are of the unit asked for.
func (m *matcher) ofUnit(v *view, b *block, s *selection) error {
	if s.none() {
		return nil
	}
	of := isRecord
	if m.unit == query.Actions {
		of = isAction
	}
	return v.narrowBy(b, dimTerm{dim: dimKind, ok: of}, s)
}

// counts are how often a block's values occur in rows of the unit.
func (m *matcher) counts(s *summary) []uint32 {
	if m.unit == query.Actions {
		return s.actions
	}
	return s.records
}

func (m *matcher) overlaps(b *block) bool {
	return (m.filter.Since.IsZero() || !b.last.Time.Before(m.filter.Since)) && (m.filter.Until.IsZero() || b.first.Time.Before(m.filter.Until))
}

// narrowBy applies one condition.
func (v *view) narrowBy(b *block, t dimTerm, s *selection) error {
	if s.none() {
		return nil
	}
	sum, err := v.sum(b, t.dim)
	if err != nil {
		return err
	}
	ok, n := t.decide(&sum)
	switch {
	case n == len(sum.values):
		return nil
	case t.or != nil && n == 0:
		return v.narrowBy(b, *t.or, s)
	case t.or != nil:
		return v.narrowByEither(b, t.dim, ok, *t.or, s)
	case n == 0:
		*s = selection{}
		return nil
	}
	c, err := v.dim(b, t.dim)
	if err != nil {
		return err
	}
	s.expand(b, v.spare)
	if c.narrow != nil {
		var yes [256]byte // no bounds to check
		for i := range ok {
			if ok[i] {
				yes[i] = 1
			}
		}
		rows := s.rows
		for i, code := range c.narrow[:len(rows)] {
			rows[i] &= yes[code]
		}
	} else {
		for i := range s.rows {
			s.keep(i, ok[c.at(i)])
		}
	}
	s.settle()
	return nil
}

// narrowByEither leaves rows with a value that is ok, or to which t applies.
func (v *view) narrowByEither(b *block, d dimension, ok []bool, t dimTerm, s *selection) error {
	other := selection{whole: true}
	if err := v.narrowBy(b, t, &other); err != nil || other.whole {
		return err
	}
	c, err := v.dim(b, d)
	if err != nil {
		return err
	}
	s.expand(b, v.spare)
	for i := range s.rows {
		s.keep(i, ok[c.at(i)] || other.rows != nil && other.rows[i] != 0)
	}
	s.settle()
	return nil
}

// settle makes a list of no rows none.
func (s *selection) settle() {
	if bytes.IndexByte(s.rows, 1) < 0 {
		*s = selection{}
	}
}

// decide tells which of a block's values satisfy the condition, and how many do.
func (t *dimTerm) decide(sum *summary) (ok []bool, n int) {
	ok = make([]bool, len(sum.values))
	for i, id := range sum.values {
		if ok[i] = t.ok(id); ok[i] {
			n++
		}
	}
	return ok, n
}

// inOrder puts the conditions that fewest rows of a block satisfy first, so that
// most blocks are done with after the first.
func (m *matcher) inOrder(b *block) []dimTerm {
	if len(m.dims) < 2 {
		return m.dims
	}
	rows := map[dimension]int{}
	for _, t := range m.dims {
		n := 0
		for i, id := range b.sums[t.dim].values {
			if t.ok(id) || t.or != nil {
				n += int(b.sums[t.dim].records[i])
			}
		}
		rows[t.dim] = n
	}
	list := slices.Clone(m.dims)
	slices.SortStableFunc(list, func(a, b dimTerm) int { return rows[a.dim] - rows[b.dim] })
	return list
}

// list lists the selected rows; nil if that is the whole block.
func (s *selection) list(spare *spare) []uint16 {
	list := spare.numbers(len(s.rows))
	n := 0
	for i, one := range s.rows {
		list[n] = uint16(i)
		n += int(one) // the next overwrites a row that is not selected
	}
	return list[:n]
}

// expand makes the list of rows.
func (s *selection) expand(b *block, spare *spare) {
	if s.rows == nil {
		s.rows = slices.Grow(spare.take()[:0], b.rows)[:b.rows]
		for i := range s.rows {
			s.rows[i] = 1
		}
		s.whole = false
	}
}

func (m *matcher) times(v *view, b *block, s *selection) error {
	if m.filter.Within(b.first.Time) && m.filter.Within(b.last.Time) {
		return nil
	}
	at, err := v.times(b)
	if err != nil {
		return err
	}
	s.expand(b, v.spare)
	for i := range s.rows {
		s.keep(i, s.rows[i] != 0 && m.filter.Within(at(i)))
	}
	return nil
}

// times returns a row's time.
func (v *view) times(b *block) (func(int) time.Time, error) {
	ms, err := v.int(b, intTime)
	if err != nil {
		return nil, err
	}
	ns, err := v.int(b, intNanos)
	if err != nil {
		return nil, err
	}
	return func(i int) time.Time { return time.UnixMilli(ms[i]).Add(time.Duration(ns[i])).UTC() }, nil
}

// aboveFloor leaves out what retention removed from the journal.
func (v *view) aboveFloor(b *block, s *selection) error {
	if v.floor.Journal == "" || b.journal != v.floorN || b.firstSeq > v.floor.Seq {
		return nil
	}
	seqs, err := v.int(b, intSeq)
	if err != nil {
		return err
	}
	s.expand(b, v.spare)
	for i := range s.rows {
		s.keep(i, uint64(seqs[i]) > v.floor.Seq)
	}
	return nil
}
