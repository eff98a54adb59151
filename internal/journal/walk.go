package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"agent-telemetry/internal/event"
)

// record is what verification keeps of one line.
type record struct {
	seq        uint64
	prev, hash Hash
	at         place
}

type place struct {
	file   string
	line   int
	offset int64 // in the file
	size   int64
	pos    int64 // over all segments, to compare by
}

// fragment is a run of records each of which names the one before it.
type fragment struct {
	first, last record
	before      record // the one before last
	journal     string
	alien       []badLine   // lines before it that are no records
	torn        *event.Torn // what its first record says of them
}

// badLine is a line that is no record.
type badLine struct {
	at   place
	hash Hash
	size int64
	torn bool // looks like the beginning of the record that was due there
}

// maxFragments bounds what verification keeps of a journal that is all faults.
const maxFragments = 100_000

var errTooBroken = errors.New("too many faults to name them all")

// walker goes over all lines once and leaves fragments and what it met.
type walker struct {
	ctx       context.Context
	opts      VerifyOptions
	report    *Report
	fragments []fragment
	bad       []badLine
	badCount  int
	noted     map[uint64][]bool // for each noted head whether its record was met with its hash
	retained  []event.Point
	lost      []lostRecord
	copies    map[Hash]int // see twins
	done      int64        // bytes walked over, and of them told
	told      int64
	total     int64
}

type lostRecord struct {
	record
	event.Lost
}

func (w *walker) fault(kind Kind, at place, seq, last uint64, format string, args ...any) {
	w.report.Faults = append(w.report.Faults, Fault{Kind: kind, File: at.file, Line: at.line, Seq: seq, Last: last, Detail: fmt.Sprintf(format, args...), Offset: at.offset, pos: at.pos})
}

// walk reads the segments in order. The active one is opened before the others
// are listed, so that a rotation meanwhile hides nothing.
func (w *walker) walk(data string) error {
	active, err := os.Open(ActivePath(data))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("open the active segment: %w", err)
	}
	if active != nil {
		defer func() { _ = active.Close() }()
	}
	segments, err := Segments(data)
	if err != nil {
		return err
	}
	for _, s := range segments {
		size, err := w.opts.Open.size(s)
		if err != nil {
			size = s.Bytes // named when it is walked over
		}
		w.total += size
	}
	for _, s := range segments {
		if s.Active {
			continue
		}
		if err := w.path(s, active); err != nil {
			return err
		}
	}
	if active != nil {
		if err := w.file(active, Segment{Path: ActivePath(data), Active: true}); err != nil {
			return err
		}
	}
	w.dropIncomplete()
	return nil
}

// path walks an older segment, unless it is the active one under its new name.
func (w *walker) path(s Segment, active *os.File) error {
	f, err := w.opts.Open.open(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // removed since: a retention record says so, or the gap is named
	}
	if err != nil {
		w.fault(Unreadable, place{file: s.Path}, 0, 0, "%v", err)
		return nil
	}
	defer func() { _ = f.Close() }()
	if plain, ok := f.(*os.File); ok && active != nil {
		a, errA := active.Stat()
		b, errB := plain.Stat()
		if errA == nil && errB == nil && os.SameFile(a, b) {
			return nil
		}
	}
	return w.file(f, s)
}

func (w *walker) file(f File, s Segment) error {
	w.report.Segments++
	lines := newLineReader(f)
	crlf, named := 0, s.Active
	start := w.done
	for {
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			w.fault(Unreadable, place{file: s.Path}, 0, 0, "%v", err)
			break
		}
		if n := len(line.Bytes) - 1; n >= 0 && line.Bytes[n] == '\r' && line.long == nil {
			line.Bytes = line.Bytes[:n]
			crlf++
		}
		at := place{s.Path, line.Number, line.Offset, line.Size, start + line.Offset}
		h, ok := w.line(line, at)
		if ok && !named {
			named = true
			if h.seq != s.First {
				w.fault(Reordered, at, h.seq, 0, "the segment's name says that it begins with record %d", s.First)
			}
		}
		if err := w.progress(start + line.Offset + line.Size + 1); err != nil {
			return err
		}
	}
	w.done = start + lines.offset
	w.report.Bytes += lines.offset
	if crlf > 0 {
		w.fault(Edited, place{file: s.Path}, 0, 0, "%d lines end with CR LF; ours end with LF", crlf)
	}
	return nil
}

// progressEvery is after how many bytes progress is told and the context asked.
const progressEvery = 4 << 20

func (w *walker) progress(done int64) error {
	if done < w.told+progressEvery {
		return nil
	}
	w.told = done
	if w.opts.Progress != nil {
		w.opts.Progress(done, max(done, w.total))
	}
	return w.ctx.Err()
}

// line takes one line; ok tells that it is a record.
func (w *walker) line(l *Line, at place) (h header, ok bool) {
	h, ok = parseHeader(l.Bytes)
	if !ok || l.long != nil || !l.Terminated && !complete(l.Bytes) {
		w.badLine(l, at)
		return h, false
	}
	r := record{seq: h.seq, prev: h.prev, hash: l.Hash(), at: at}
	w.report.Records++
	w.check(&r)
	var chain event.Chain
	if !h.plain {
		if _, v, ok := parseRecord(l.Bytes); ok {
			chain = chainOf(v)
		}
	}
	if chain.Retention != nil {
		w.retained = append(w.retained, *chain.Retention)
	}
	if chain.Lost != nil {
		w.lost = append(w.lost, lostRecord{r, *chain.Lost})
	}
	if !w.continues(&r, chain.Torn) {
		if !complete(l.Bytes) {
			w.report.Records--
			w.badLine(l, at)
			return h, false
		}
		if !w.dropIncomplete() || !w.continues(&r, chain.Torn) {
			w.fragments = append(w.fragments, fragment{first: r, last: r, journal: journalOf(l.Bytes), alien: w.bad, torn: chain.Torn})
		}
	}
	w.bad = nil
	return h, true
}

// dropIncomplete looks at the last record again: a torn line may by chance end
// like a whole one, which only reading it to its last bracket tells. If it was
// torn, it joins the bad lines.
func (w *walker) dropIncomplete() bool {
	cur := w.current()
	if cur == nil {
		return false
	}
	at := cur.last.at
	f, err := w.opts.Open.open(at.file)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	line := make([]byte, at.size)
	if _, err := f.ReadAt(line, at.offset); err != nil || complete(bytes.TrimSuffix(line, []byte{'\r'})) {
		return false
	}
	w.report.Records--
	torn := badLine{at: at, hash: cur.last.hash, size: at.size, torn: true}
	w.bad = append([]badLine{torn}, w.bad...)
	if cur.first.at == at {
		w.bad = append(cur.alien, w.bad...)
		w.fragments = w.fragments[:len(w.fragments)-1]
	} else {
		cur.last = cur.before
	}
	return true
}

// complete reports whether a line is a whole record, down to its last bracket.
func complete(line []byte) bool {
	_, _, ok := parseRecord(line)
	return ok
}

func (w *walker) badLine(l *Line, at place) {
	b := badLine{at: at, hash: l.Hash(), size: l.Size}
	seq, prev := uint64(1), Hash{}
	if cur := w.current(); cur != nil {
		seq, prev = cur.last.seq+1, cur.last.hash
	}
	b.torn = l.long == nil && looksTorn(l.Bytes, seq, prev)
	if n := len(w.bad); n > 0 && !b.torn && l.long == nil {
		b.torn = looksTorn(l.Bytes, seq, w.bad[n-1].hash)
	}
	if w.badCount++; w.badCount <= maxFragments {
		w.bad = append(w.bad, b)
	}
}

func (w *walker) current() *fragment {
	if len(w.fragments) == 0 {
		return nil
	}
	return &w.fragments[len(w.fragments)-1]
}

// continues extends the current fragment by r where r names its last record.
func (w *walker) continues(r *record, torn *event.Torn) bool {
	cur := w.current()
	if cur == nil || r.seq != cur.last.seq+1 {
		return false
	}
	switch {
	case named(w.bad, torn, cur.last.hash, r):
		w.namedLines(w.bad, r.seq)
	case r.prev == cur.last.hash:
		w.insertedLines(w.bad)
	default:
		return false
	}
	cur.before, cur.last = cur.last, *r
	return true
}

// named reports whether torn, of record r, names the bad lines between r and the
// record before it, whose hash is after.
func named(bad []badLine, torn *event.Torn, after Hash, r *record) bool {
	if torn == nil || len(torn.Lines) != len(bad) || len(bad) == 0 || torn.After != after.String() {
		return false
	}
	for i, b := range bad {
		if torn.Lines[i].Hash != b.hash.String() {
			return false
		}
	}
	return r.prev == bad[len(bad)-1].hash
}

// namedLines tells of lines that record seq names as what it found.
func (w *walker) namedLines(bad []badLine, seq uint64) {
	for _, b := range bad {
		if b.torn {
			w.fault(Torn, b.at, 0, 0, "an interrupted append; record %d names it", seq)
		} else {
			w.fault(Inserted, b.at, 0, 0, "%d bytes that no append of ours leaves behind; they stood there when record %d was appended", b.size, seq)
		}
	}
}

func (w *walker) insertedLines(bad []badLine) {
	for _, b := range bad {
		w.fault(Inserted, b.at, 0, 0, "%d bytes that are no record", b.size)
	}
}

// check holds r against the heads noted for its number.
func (w *walker) check(r *record) {
	met, ok := w.noted[r.seq]
	if !ok {
		return
	}
	for i, n := range w.notedAt(r.seq) {
		met[i] = met[i] || n.Hash == r.hash
	}
}

func (w *walker) notedAt(seq uint64) (list []Noted) {
	for _, n := range w.opts.Noted {
		if n.Seq == seq {
			list = append(list, n)
		}
	}
	return list
}

// looksTorn reports whether line may be the beginning of the record that was
// due, with what a crash of the system can leave behind it: NULs.
func looksTorn(line []byte, seq uint64, prev Hash) bool {
	line = bytes.TrimRight(line, "\x00")
	due := appendDue(nil, seq, prev)
	if len(line) < len(due) {
		return bytes.HasPrefix(due, line)
	}
	return bytes.HasPrefix(line, due)
}

func appendDue(dst []byte, seq uint64, prev Hash) []byte {
	return fmt.Appendf(dst, `{"seq":%d,"prev":"%s","timestamp":"`, seq, prev)
}

// journalOf finds the journal's id in a line.
func journalOf(line []byte) string {
	_, rest, ok := bytes.Cut(line, []byte(`,"metadata":{"journal":"`))
	if !ok {
		return ""
	}
	id, _, _ := bytes.Cut(rest, []byte{'"'})
	return string(id)
}
