package index

import (
	"context"
	"database/sql"
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
	x      *Index
	ctx    context.Context
	groups [][]*block
	starts []int64
	floor  floor
	floorN uint32 // number of the floor's journal

	ints map[intKey][]int64 // the latest columns read
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

// view begins a question; release ends it.
func (x *Index) view(ctx context.Context) (v *view, release func(), err error) {
	x.gate.RLock()
	if x.closed || x.db == nil {
		x.gate.RUnlock()
		return nil, nil, errClosed
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	v = &view{x: x, ctx: ctx, groups: x.groups, starts: slices.Clip(x.starts), floor: x.floor}
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
	return v, x.gate.RUnlock, nil
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

func (v *view) blob(b *block, column int) ([]byte, error) {
	id := colID(column, b.id)
	var data []byte
	if err := v.scan(v.x.col.QueryRowContext(v.ctx, id), &data); err != nil {
		return nil, err
	}
	return unseal("col", id, data)
}

func (v *view) scan(row interface{ Scan(...any) error }, to ...any) error {
	err := row.Scan(to...)
	if errors.Is(err, sql.ErrNoRows) {
		return errGone
	}
	return err
}

// dim reads a dimension's column.
func (v *view) dim(b *block, d dimension) (c dim, err error) {
	if b.head != nil {
		c = b.head.dims[d]
		c.summary = b.sums[d]
		return c, nil
	}
	if c.summary, err = v.sum(b, d); err != nil {
		return c, err
	}
	if len(c.values) == 1 {
		c.codes = make([]uint16, b.rows)
		return c, nil
	}
	data, err := v.blob(b, dimColumn+int(d))
	if err != nil {
		return c, err
	}
	c.codes, err = decodeCodes(data, b.rows, len(c.values))
	return c, err
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
	var data []byte
	if err := v.scan(v.x.db.QueryRowContext(v.ctx, `SELECT data FROM granule WHERE id=?`, id), &data); err != nil {
		return nil, err
	}
	data, err := unseal("granule", id, data)
	if err != nil {
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

// line reads a record's line from the journal.
func (v *view) line(key query.Key) ([]byte, error) {
	b, i, err := v.find(key)
	if err != nil {
		return nil, err
	}
	return v.lineAt(b, i)
}

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
