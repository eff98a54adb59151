package index

import (
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/query"

	"github.com/klauspost/compress/zstd"
)

// header is what table block says of a block.
type header struct {
	Rows     int         `json:"rows"`
	First    query.Order `json:"first"`
	Last     query.Order `json:"last"`
	FirstSeq uint64      `json:"first_seq"`
	LastSeq  uint64      `json:"last_seq"`
	Journal  uint32      `json:"journal"`
}

// state is what stands in table meta beside the blocks.
type state struct {
	Cursor journal.Cursor `json:"cursor"`
	Open   []open         `json:"open"` // calls that later records may still change
	Floor  floor          `json:"floor"`
}

// floor is the last record that retention removed.
type floor struct {
	Journal string `json:"journal"`
	Seq     uint64 `json:"seq"`
}

// below counts the records of a block that retention removed.
func (f floor) below(b *block, journal string) int64 {
	if journal != f.Journal || f.Seq < b.firstSeq {
		return 0
	}
	return int64(min(f.Seq, b.lastSeq) - b.firstSeq + 1)
}

// open is a call that was under way.
type open struct {
	Session string        `json:"session"`
	Call    string        `json:"call"`
	Records []query.Key   `json:"records"`
	Outcome event.Outcome `json:"outcome"`
}

// seal writes the rows in memory as a block, with all that follows from them and
// the cursor, in one transaction. The writer's lock is held; what is asked
// meanwhile is answered from memory.
func (x *Index) seal(ctx context.Context) error {
	if x.builder.rows == 0 {
		return nil
	}
	b := x.builder.block(x.nextBlock)
	st := x.state()
	data, err := json.Marshal(st)
	if err != nil {
		return fmt.Errorf("encode the index's state: %w", err)
	}
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("seal a block: %w", x.fullDisk(err))
	}
	defer func() { _ = tx.Rollback() }()
	w := &sealer{ctx: ctx, tx: tx, b: b, enc: x.encoder}
	w.block()
	w.granules()
	for _, d := range x.values {
		if d != nil && w.err == nil {
			w.err = d.save(ctx, tx)
		}
	}
	if w.err == nil {
		w.err = x.saveSessions(ctx, tx)
	}
	w.exec(`INSERT INTO meta(name, data) VALUES('state', ?) ON CONFLICT(name) DO UPDATE SET data=excluded.data`, string(data))
	gone := x.belowFloor(st.Floor)
	w.drop(gone)
	if w.err == nil {
		w.err = tx.Commit()
	}
	if w.err != nil {
		return fmt.Errorf("seal a block: %w", x.fullDisk(w.err))
	}
	x.publish(b, gone, st.Cursor)
	return nil
}

func (x *Index) state() state {
	st := state{Cursor: x.seen, Floor: x.floor}
	for _, a := range x.joiners.all() {
		st.Open = append(st.Open, open{a.SessionID, a.ToolUseID, x.joiners.keys(a, x.seen.Journal), a.Outcome})
	}
	return st
}

// publish makes a sealed block the one that is asked.
func (x *Index) publish(b *block, gone []*block, cursor journal.Cursor) {
	b.head = nil
	b.sums[dimPath] = summary{}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, d := range x.values {
		if d != nil {
			d.published()
		}
	}
	x.sessionsSaved()
	x.sealed = cursor
	x.nextBlock++
	x.builder = newBuilder()
	blocks := append(slices.Clip(x.blocks), b)
	blocks = slices.DeleteFunc(blocks, func(b *block) bool { return slices.Contains(gone, b) })
	x.setBlocks(blocks)
}

// belowFloor lists the blocks that hold nothing but what retention removed.
func (x *Index) belowFloor(f floor) (gone []*block) {
	for _, b := range x.blocks {
		if x.journalName(b.journal) == f.Journal && b.lastSeq <= f.Seq {
			gone = append(gone, b)
		}
	}
	return gone
}

// sealer writes one block; the first error stops it.
type sealer struct {
	ctx context.Context
	tx  *sql.Tx
	b   *block
	enc *zstd.Encoder
	err error
}

func (w *sealer) exec(query string, args ...any) {
	if w.err == nil {
		_, w.err = w.tx.ExecContext(w.ctx, query, args...)
	}
}

func (w *sealer) column(column int, data []byte) {
	id := colID(column, w.b.id)
	w.exec(`INSERT INTO col(id, data) VALUES(?,?)`, id, seal(id, data))
}

func (w *sealer) block() {
	b := w.b
	head, err := json.Marshal(header{b.rows, b.first, b.last, b.firstSeq, b.lastSeq, b.journal})
	if err != nil {
		w.err = err
		return
	}
	w.exec(`INSERT INTO block(id, data) VALUES(?,?)`, b.id, seal(b.id, head))
	for d := range b.head.dims {
		w.column(sumColumn+d, b.sums[d].encode())
		w.column(dimColumn+d, encodeCodes(b.head.dims[d].codes, len(b.sums[d].values)))
	}
	for i := range b.head.ints {
		w.column(intColumn+i, encodeInts(b.head.ints[i]))
	}
}

// granules writes the strings, and their trigrams.
func (w *sealer) granules() {
	for i := 0; i*granuleRows < w.b.rows; i++ {
		rows := w.b.head.texts[i*granuleRows : min((i+1)*granuleRows, w.b.rows)]
		id := granuleID(w.b.id, i)
		w.exec(`INSERT INTO granule(id, data) VALUES(?,?)`, id, seal(id, w.enc.EncodeAll(encodeTexts(rows), nil)))
		w.exec(`INSERT INTO trigram(rowid, text) VALUES(?,?)`, id, document(rows))
	}
}

// drop deletes blocks.
func (w *sealer) drop(blocks []*block) {
	for _, b := range blocks {
		w.exec(`DELETE FROM block WHERE id=?`, b.id)
		for c := range intColumn + int(numInts) {
			w.exec(`DELETE FROM col WHERE id=?`, colID(c, b.id))
		}
		w.exec(`DELETE FROM granule WHERE id BETWEEN ? AND ?`, granuleID(b.id, 0), granuleID(b.id, maxGranules-1))
		for g := range (b.rows + granuleRows - 1) / granuleRows {
			w.exec(`DELETE FROM trigram WHERE rowid=?`, granuleID(b.id, g))
		}
	}
}

// maxGranules is more than a block has: its last record may add refused calls.
const maxGranules = 64

func granuleID(block int64, i int) int64 { return block*maxGranules + int64(i) }

func encodeTexts(rows []texts) []byte {
	var b []byte
	for i := range rows {
		for _, s := range rows[i] {
			b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
		}
	}
	return b
}

// document is what the trigrams of a granule are taken of: each string once.
func document(rows []texts) string {
	var doc strings.Builder
	seen := map[string]bool{}
	for i := range rows {
		for _, s := range rows[i].searched() {
			if len(s) >= 3 && !seen[s] {
				seen[s] = true
				doc.WriteString(searchable(s))
				doc.WriteByte('\n')
			}
		}
	}
	return doc.String()
}

// searchable is a string as the tokenizer can read it, which stops at NUL.
func searchable(s string) string { return strings.ReplaceAll(s, "\x00", "\x01") }
