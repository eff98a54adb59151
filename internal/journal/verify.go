package journal

import (
	"context"
	"sort"
)

// VerifyOptions say what to verify against.
type VerifyOptions struct {
	Noted    []Noted                 // heads noted earlier
	Progress func(done, total int64) // called now and then, with bytes
	Open     Opener
}

// Verify reads every segment of the journal in the data folder and names every
// fault of its chain. It takes no lock; records appended meanwhile may or may not
// be part of the report. The error says that reading had to stop, not that the
// journal is broken: that is in the report.
func Verify(ctx context.Context, data string, opts VerifyOptions) (*Report, error) {
	head, headKnown := readHead(LogsDir(data))
	w := &walker{ctx: ctx, opts: opts, report: &Report{Faults: []Fault{}}, noted: map[uint64][]bool{}}
	if headKnown && head.Seq > 0 {
		w.opts.Noted = append(w.opts.Noted[:len(opts.Noted):len(opts.Noted)], Noted{head.Seq, head.Hash})
	}
	for _, n := range w.opts.Noted {
		w.noted[n.Seq] = append(w.noted[n.Seq], false)
	}
	if err := w.walk(data); err != nil {
		return w.report, err
	}
	if len(w.fragments) > maxFragments {
		return w.report, errTooBroken
	}
	chain, err := w.judge(data)
	if err != nil {
		return w.report, err
	}
	w.tail()
	w.judgeLost()
	w.judgeNoted(chain, len(opts.Noted))
	sort.SliceStable(w.report.Faults, func(i, j int) bool {
		return w.report.Faults[i].pos < w.report.Faults[j].pos
	})
	return w.report, nil
}

// judge names what is wrong between the fragments and returns those of the last
// chain, in the chain's order.
func (w *walker) judge(data string) (last []fragment, err error) {
	for _, fragments := range w.splitRestarts() {
		chain, extra := mainChain(fragments)
		if w.copies, err = w.twins(data, doubtful(chain, extra)); err != nil {
			return nil, err
		}
		w.judgeExtra(extra)
		w.judgeStart(&chain[0])
		for i := 1; i < len(chain); i++ {
			w.judgeLink(chain, i)
		}
		last = chain
	}
	if len(last) > 0 {
		end := last[len(last)-1].last
		w.report.Journal, w.report.First, w.report.Last = last[0].journal, last[0].first.seq, end.seq
		w.report.Head = Noted{end.seq, end.hash}.String()
	}
	return last, nil
}

// doubtful lists the records whose numbers stand in the journal twice.
func doubtful(chain, extra []fragment) (list []record) {
	for i := range extra {
		list = append(list, extra[i].first)
	}
	for i := 1; i < len(chain); i++ {
		if chain[i].first.seq <= chain[i-1].last.seq {
			list = append(list, chain[i].first)
		}
	}
	return list
}

// splitRestarts separates chains that begin anew under another journal id.
func (w *walker) splitRestarts() (chains [][]fragment) {
	begin := 0
	for i, f := range w.fragments {
		if i > begin && f.first.seq == 1 && f.first.prev.IsZero() && f.journal != w.fragments[begin].journal {
			before := w.fragments[i-1].last
			w.fault(Restarted, f.first.at, 1, 0, "a new chain (journal %s) begins behind record %d of journal %s", f.journal, before.seq, w.fragments[begin].journal)
			w.insertedLines(f.alien)
			w.fragments[i].alien = nil
			chains = append(chains, w.fragments[begin:i])
			begin = i
		}
	}
	if len(w.fragments) > 0 {
		chains = append(chains, w.fragments[begin:])
	}
	return chains
}

// mainChain puts fragments into the order of their numbers and sets those aside
// whose numbers others already have.
func mainChain(fragments []fragment) (chain, extra []fragment) {
	sorted := append([]fragment(nil), fragments...)
	sort.SliceStable(sorted, func(i, j int) bool {
		a, b := &sorted[i], &sorted[j]
		if a.first.seq != b.first.seq {
			return a.first.seq < b.first.seq
		}
		return a.last.seq > b.last.seq // the longer of two is the chain
	})
	for _, f := range sorted {
		if len(chain) > 0 && f.last.seq <= chain[len(chain)-1].last.seq {
			extra = append(extra, f)
			continue
		}
		chain = append(chain, f)
	}
	return chain, extra
}

// judgeExtra names records whose numbers the chain already has.
func (w *walker) judgeExtra(extra []fragment) {
	for _, f := range extra {
		if w.copies[f.first.hash] > 1 {
			w.fault(Duplicated, f.first.at, f.first.seq, f.last.seq, "stands in the journal a second time")
		} else {
			w.fault(Inserted, f.first.at, f.first.seq, f.last.seq, "the chain has another record of that number")
		}
		w.insertedLines(f.alien)
	}
}

func (w *walker) judgeStart(f *fragment) {
	if f.first.seq == 1 && named(f.alien, f.torn, Hash{}, &f.first) {
		w.namedLines(f.alien, 1)
		return
	}
	w.insertedLines(tampered(f.alien))
	w.tornLines(f.alien)
	if f.first.seq <= 1 {
		if !f.first.prev.IsZero() {
			w.fault(Edited, f.first.at, f.first.seq, 0, "the first record names a predecessor")
		}
		return
	}
	for _, p := range w.retained {
		if p.Seq == f.first.seq-1 && p.Hash == f.first.prev.String() {
			return
		}
	}
	w.fault(Missing, f.first.at, 1, f.first.seq-1, "gone from the journal's beginning, and no retention record says so")
}

// judgeLink names what is wrong between chain[i-1] and chain[i].
func (w *walker) judgeLink(chain []fragment, i int) {
	a, b := &chain[i-1], &chain[i]
	if b.first.at.pos < a.first.at.pos {
		w.fault(Reordered, b.first.at, b.first.seq, b.last.seq, "stands before record %d", a.first.seq)
	}
	overlap := b.first.seq <= a.last.seq
	gap := b.first.seq - a.last.seq - 1
	switch {
	case overlap && w.copies[b.first.hash] > 1:
		w.fault(Duplicated, b.first.at, b.first.seq, a.last.seq, "stands in the journal a second time")
	case overlap:
		w.fault(Inserted, a.last.at, b.first.seq, a.last.seq, "not part of the chain, which goes on with another record %d", b.first.seq)
	case gap > 0 && len(b.alien) > 0:
		n := min(gap, uint64(len(b.alien)))
		w.fault(Edited, b.alien[0].at, a.last.seq+1, a.last.seq+n, "what stands in its place is no record")
		if gap > n {
			w.fault(Missing, b.first.at, a.last.seq+n+1, b.first.seq-1, "gone")
		}
		return
	case gap > 0:
		w.fault(Missing, b.first.at, a.last.seq+1, b.first.seq-1, "gone from between %d and %d", a.last.seq, b.first.seq)
	case b.first.prev != a.last.hash:
		w.judgeMismatch(chain, i)
	}
	w.insertedLines(b.alien)
}

// judgeMismatch says which of two neighbours was edited. A record that fits
// neither its predecessor nor its successor is the one; else it is the
// predecessor, whose bytes are not those that its successor names.
func (w *walker) judgeMismatch(chain []fragment, i int) {
	a, b := &chain[i-1], &chain[i]
	single := b.first.at == b.last.at
	if single && i+1 < len(chain) && chain[i+1].first.seq == b.last.seq+1 && chain[i+1].first.prev != b.last.hash {
		w.fault(Edited, b.first.at, b.first.seq, 0, "fits neither its predecessor nor its successor, so that nothing vouches for record %d either", a.last.seq)
		return
	}
	if i > 1 && a.first.at == a.last.at && chain[i-2].last.seq+1 == a.first.seq && chain[i-2].last.hash != a.first.prev {
		return // named as the record between two broken links
	}
	w.fault(Edited, a.last.at, a.last.seq, 0, "its bytes are not those that record %d vouches for", b.first.seq)
}

func tampered(bad []badLine) (list []badLine) {
	for _, b := range bad {
		if !b.torn {
			list = append(list, b)
		}
	}
	return list
}

func (w *walker) tornLines(bad []badLine) {
	for _, b := range bad {
		if b.torn {
			w.fault(Torn, b.at, 0, 0, "an interrupted append")
		}
	}
}

// tail names the lines behind the last record.
func (w *walker) tail() {
	w.insertedLines(tampered(w.bad))
	w.tornLines(w.bad)
}

// judgeLost names what an appender found gone.
func (w *walker) judgeLost() {
	for _, l := range w.lost {
		switch {
		case l.Journal != w.report.Journal:
			w.fault(Cut, l.at, 0, 0, "journal %s with %d records was gone when record %d was appended", l.Journal, l.Lost.Seq, l.seq)
		case l.Lost.Seq >= l.seq:
			w.fault(Cut, l.at, l.seq, l.Lost.Seq, "records of these numbers had been written before and were gone when this record %d was appended", l.seq)
		default:
			w.fault(Edited, l.at, l.Lost.Seq, 0, "was another one before record %d was appended", l.seq)
		}
	}
}

// judgeNoted holds the chain against the heads; those behind the first given
// ones come from journal.head.
func (w *walker) judgeNoted(chain []fragment, given int) {
	var end record
	var first uint64
	if len(chain) > 0 {
		end, first = chain[len(chain)-1].last, chain[0].first.seq
	}
	for i, n := range w.opts.Noted {
		source := "the head given"
		if i >= given {
			source = "journal.head"
		}
		switch {
		case n.Seq > end.seq:
			w.fault(Cut, end.at, end.seq+1, n.Seq, "gone from the journal's end: %s is of record %d", source, n.Seq)
		case n.Seq < first:
			w.fault(Missing, place{}, n.Seq, 0, "no longer in the journal, so that %s cannot be checked", source)
		case w.met(i):
		case n.Seq == end.seq && i >= given:
			w.fault(Edited, end.at, n.Seq, 0, "its bytes are not those that %s vouches for", source)
		default:
			w.fault(Rewritten, place{}, n.Seq, 0, "the record of that number is not the one that %s names", source)
		}
	}
}

func (w *walker) met(i int) bool {
	nth := 0
	for _, n := range w.opts.Noted[:i] {
		if n.Seq == w.opts.Noted[i].Seq {
			nth++
		}
	}
	return w.noted[w.opts.Noted[i].Seq][nth]
}
