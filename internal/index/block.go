package index

import (
	"slices"
	"strings"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
)

// The size of blocks and of granules, in rows. A block is the unit of storage
// and of counting; a granule, of text and of the search in it.
const (
	blockRows   = 4096
	granuleRows = 128
)

// text is a column of strings, stored granule by granule.
type text int

const (
	textToolUse text = iota
	textPrompt
	textMade // numbers of earlier records of the call that this one is of; of a batch, of its calls; as distances
	textFile
	textCommand
	textPattern
	textSearch
	textURL
	textQuery
	numTexts

	firstSearched = textFile // this and those behind it are searched
)

// texts are a row's strings.
type texts [numTexts]string

// row is what the index keeps of one record, or of one refused call.
type row struct {
	dims  [numDims]uint32
	ints  [numInts]int64
	texts texts
	order query.Order
}

// columns are rows by column. They only ever grow, so that a copy of the struct
// is a view of the rows that there were.
type columns struct {
	dims  [numDims]dim
	ints  [numInts][]int64
	texts []texts
}

// block is a run of rows in the order of answers, sealed into the database or,
// as the last one, still in memory.
type block struct {
	id       int64
	rows     int
	first    query.Order // of its first row
	last     query.Order // of its last row
	firstSeq uint64
	lastSeq  uint64
	journal  uint32
	sums     [numDims]summary // none for paths, once sealed

	head *columns // in memory; nil once sealed
}

// builder makes a block.
type builder struct {
	columns
	codes [numDims]map[uint32]uint16
	rows  int
	first query.Order
	last  query.Order
}

func newBuilder() *builder {
	b := &builder{}
	for d := range b.codes {
		b.codes[d] = map[uint32]uint16{}
	}
	return b
}

// maxGap is the longest stretch of time between two rows of a block, so that a
// clock that was wrong for a while spoils few blocks.
const maxGap = 3_600_000_000_000 // nanoseconds

// takes reports whether r can follow the rows there are.
func (b *builder) takes(r *row) bool {
	if b.rows == 0 {
		return true
	}
	return b.rows < blockRows && r.order.Compare(b.last) > 0 && r.order.Seq >= b.last.Seq && r.order.Time.Sub(b.last.Time) < maxGap && r.dims[dimJournal] == b.dims[dimJournal].values[0]
}

func (b *builder) add(r *row) {
	if b.rows == 0 {
		b.first = r.order
	}
	b.last = r.order
	for d := range r.dims {
		c := &b.dims[d]
		code, ok := b.codes[d][r.dims[d]]
		if !ok {
			code = uint16(len(c.values))
			b.codes[d][r.dims[d]] = code
			c.values = append(c.values, r.dims[d])
			c.records = append(c.records, 0)
			c.actions = append(c.actions, 0)
		}
		c.codes = append(c.codes, code)
		if isRecord(r.dims[dimKind]) {
			c.records[code]++
		}
		if isAction(r.dims[dimKind]) {
			c.actions[code]++
		}
	}
	for i := range r.ints {
		b.ints[i] = append(b.ints[i], r.ints[i])
	}
	b.texts = append(b.texts, r.texts)
	b.rows++
}

// block is a view of the rows so far, as a block of the given id.
func (b *builder) block(id int64) *block {
	view := b.columns
	blk := &block{
		id: id, rows: b.rows, first: b.first, last: b.last, head: &view, journal: b.dims[dimJournal].values[0],
		firstSeq: uint64(b.ints[intSeq][0]), lastSeq: uint64(b.ints[intSeq][b.rows-1]),
	}
	for d := range blk.sums {
		s := &view.dims[d].summary // its counts go on changing
		s.records, s.actions = slices.Clone(s.records), slices.Clone(s.actions)
		blk.sums[d] = *s
	}
	return blk
}

// searched are the strings of a row that free text is searched in.
func (t *texts) searched() []string { return t[firstSearched:] }

func textsOf(r *event.Record) (t texts) {
	t[textToolUse], t[textPrompt] = r.ToolUseID, r.PromptID
	all := query.Texts(&r.Action)
	for i, s := range all {
		t[int(firstSearched)+i] = strings.Clone(s)
	}
	return t
}
