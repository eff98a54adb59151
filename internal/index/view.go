package index

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"
	"sort"

	"agent-telemetry/internal/query"
)

// view is the index as one question sees it: the rows that there were when it
// was asked.
type view struct {
	reader
	x      *Index
	groups [][]*block
	starts []int64
	floor  floor
	floorN uint32 // number of the floor's journal

	ints  map[intKey][]int64 // the latest columns read
	spare *spare             // where columns are unpacked, if they are done with soon
}

// spare are buffers that a worker uses again and again. A nil one has none.
type spare struct {
	bufs [][]byte
	used int
	list []uint16
	dims map[dimKey]dim // the columns that were read
}

type dimKey struct {
	block int64
	dim   dimension
}

// dim returns a column that was read since reset.
func (s *spare) dim(b *block, d dimension) (c dim, ok bool) {
	if s != nil {
		c, ok = s.dims[dimKey{b.id, d}]
	}
	return c, ok
}

func (s *spare) keep(b *block, d dimension, c dim) {
	if s != nil {
		s.dims[dimKey{b.id, d}] = c
	}
}

// take returns a buffer that is good until reset; nil if there are none.
func (s *spare) take() []byte {
	if s == nil {
		return nil
	}
	if s.used == len(s.bufs) {
		s.bufs = append(s.bufs, make([]byte, blockRows+8))
	}
	s.used++
	return s.bufs[s.used-1]
}

// numbers returns a list of n numbers, which is good until the next is asked for.
func (s *spare) numbers(n int) []uint16 {
	if s == nil || n > blockRows {
		return make([]uint16, n)
	}
	if s.list == nil {
		s.list = make([]uint16, blockRows)
	}
	return s.list[:n]
}

// reset says that all buffers are done with.
func (s *spare) reset() {
	if s != nil {
		s.used = 0
		clear(s.dims)
	}
}

type intKey struct {
	block  int64
	column integer
}

// maxInts bounds how many columns a view holds.
const maxInts = 64

// grouped puts blocks in order of time. Blocks of a group overlap in time, as
// after a clock went back; those of different groups do not.
func grouped(blocks []*block) (groups [][]*block) {
	sorted := slices.Clone(blocks)
	slices.SortFunc(sorted, func(a, b *block) int { return a.first.Compare(b.first) })
	var last query.Order
	for _, b := range sorted {
		if n := len(groups); n > 0 && b.first.Compare(last) <= 0 {
			groups[n-1] = append(groups[n-1], b)
			if b.last.Compare(last) > 0 {
				last = b.last
			}
			continue
		}
		groups = append(groups, []*block{b})
		last = b.last
	}
	return groups
}

// setBlocks replaces the sealed blocks. The lock is held.
func (x *Index) setBlocks(blocks []*block) {
	x.blocks, x.groups = blocks, grouped(blocks)
}

// ask begins a question that makes sense; end ends it, and notes if what failed was
// a damaged file.
func (x *Index) ask(ctx context.Context, q interface{ Check() error }, failed *error) (v *view, end func(), err error) {
	if err := q.Check(); err != nil {
		return nil, nil, err
	}
	v, release, err := x.view(ctx)
	if err != nil {
		return nil, nil, err
	}
	return v, func() {
		release()
		_ = x.note(*failed)
	}, nil
}

// view begins a look at the index; release ends it.
func (x *Index) view(ctx context.Context) (v *view, release func(), err error) {
	select {
	case x.asking <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	x.gate.RLock()
	if x.closed || x.db == nil {
		x.gate.RUnlock()
		<-x.asking
		return nil, nil, errClosed
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	v = &view{x: x, reader: reader{ctx: ctx, db: x.db}, groups: x.groups, starts: slices.Clip(x.starts), floor: x.floor}
	if x.floor.Journal != "" {
		v.floorN = uint32(slices.Index(x.values[dimJournal].all(), x.floor.Journal))
	}
	if x.builder.rows > 0 {
		head := x.builder.block(x.nextBlock)
		if n := len(x.blocks); n == 0 || head.first.Compare(lastOf(x.groups[len(x.groups)-1])) > 0 {
			v.groups = append(slices.Clip(x.groups), []*block{head})
		} else {
			v.groups = grouped(append(slices.Clip(x.blocks), head))
		}
	}
	return v, v.release, nil
}

func (v *view) release() {
	v.close()
	v.x.gate.RUnlock()
	<-v.x.asking
}

func lastOf(group []*block) query.Order {
	last := group[0].last
	for _, b := range group[1:] {
		if b.last.Compare(last) > 0 {
			last = b.last
		}
	}
	return last
}

// errGone says that a block was removed while a question was under way.
var errGone = errors.New("the block is gone")

// blob is valid until the next is read.
func (v *view) blob(b *block, column int) ([]byte, error) {
	id := colID(column, b.id)
	data, err := v.get(readColumn, id)
	if err != nil {
		return nil, err
	}
	return unseal("col", id, data)
}

// dim reads a dimension's column.
func (v *view) dim(b *block, d dimension) (c dim, err error) {
	if b.head != nil {
		c = b.head.dims[d]
		c.summary = b.sums[d]
		return c, nil
	}
	if c, ok := v.spare.dim(b, d); ok {
		return c, nil
	}
	if c.summary, err = v.sum(b, d); err != nil {
		return c, err
	}
	if len(c.values) == 1 {
		return c, nil
	}
	data, err := v.blob(b, dimColumn+int(d))
	if err != nil {
		return c, err
	}
	if err := c.decodeCodes(data, b.rows, v.spare.take()); err != nil {
		return c, err
	}
	v.spare.keep(b, d, c)
	return c, nil
}

func (v *view) sum(b *block, d dimension) (summary, error) {
	if s := b.sums[d]; s.values != nil {
		return s, nil
	}
	data, err := v.blob(b, sumColumn+int(d))
	if err != nil {
		return summary{}, err
	}
	return decodeSummary(data)
}

func (v *view) int(b *block, i integer) ([]int64, error) {
	if b.head != nil {
		return b.head.ints[i], nil
	}
	key := intKey{b.id, i}
	if list, ok := v.ints[key]; ok {
		return list, nil
	}
	data, err := v.blob(b, intColumn+int(i))
	if err != nil {
		return nil, err
	}
	list, err := decodeInts(data, b.rows)
	if len(v.ints) >= maxInts || v.ints == nil {
		v.ints = map[intKey][]int64{}
	}
	v.ints[key] = list
	return list, err
}

// granule reads the strings of 128 rows.
func (v *view) granule(b *block, g int) ([]texts, error) {
	if b.head != nil {
		return b.head.texts[g*granuleRows : min((g+1)*granuleRows, b.rows)], nil
	}
	id := granuleID(b.id, g)
	data, err := v.get(readGranule, id)
	if err != nil {
		return nil, err
	}
	if data, err = unseal("granule", id, data); err != nil {
		return nil, err
	}
	if data, err = v.x.decoder.DecodeAll(data, nil); err != nil {
		return nil, damaged("granule %d: %v", id, err)
	}
	return decodeTexts(string(data), min(granuleRows, b.rows-g*granuleRows))
}

func decodeTexts(data string, rows int) ([]texts, error) {
	list := make([]texts, rows)
	for i := range list {
		for j := range list[i] {
			n, w := uvarint(data)
			if w <= 0 || n > uint64(len(data)-w) {
				return nil, damaged("a granule that ends within a string")
			}
			list[i][j], data = data[w:w+int(n)], data[w+int(n):]
		}
	}
	return list, nil
}

func uvarint(s string) (uint64, int) {
	return binary.Uvarint([]byte(s[:min(len(s), binary.MaxVarintLen64)]))
}

// find returns where a record's row is.
func (v *view) find(key query.Key) (b *block, i int, err error) {
	names := v.x.values[dimJournal].all()
	for g := len(v.groups) - 1; g >= 0; g-- {
		for _, b := range v.groups[g] {
			if key.Seq < b.firstSeq || key.Seq > b.lastSeq || names[b.journal] != key.Journal {
				continue
			}
			seqs, err := v.int(b, intSeq)
			if err != nil {
				return nil, 0, err
			}
			if i := sort.Search(len(seqs), func(i int) bool { return uint64(seqs[i]) >= key.Seq }); uint64(seqs[i]) == key.Seq {
				return b, i, nil
			}
		}
	}
	return nil, 0, fmt.Errorf("record %s: %w", key, os.ErrNotExist)
}

// lineAt reads a row's line from the journal.
func (v *view) lineAt(b *block, i int) ([]byte, error) {
	var at [3]int64
	for k, c := range [...]integer{intSegment, intOffset, intSize} {
		list, err := v.int(b, c)
		if err != nil {
			return nil, err
		}
		at[k] = list[i]
	}
	return v.x.opts.Lines.Line(uint64(at[0]), at[1], int(at[2]))
}

// text is a value of a dimension.
func (v *view) text(d dimension, id uint32) (string, error) {
	dict := v.x.values[d]
	if s, ok := dict.held(id); ok {
		return s, nil
	}
	data, err := v.get(readValue, int64(d), int64(id))
	if errors.Is(err, errGone) { // written after the question was asked
		return dict.written(v.ctx, v.db, id)
	}
	return string(data), err
}
