package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"agent-telemetry/internal/collector"
	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/query/enginetest"
)

// segmentBytes is how large the journal lets a segment become.
const segmentBytes = 64 << 20

// made is what is known of a journal that was made up. It is written last, so that
// one that was broken off is not taken for whole.
type made struct {
	Records  int           `json:"records"`
	Bytes    int64         `json:"bytes"`
	Segments int           `json:"segments"`
	Took     time.Duration `json:"took_ns"`
	From     time.Time     `json:"from"`
	To       time.Time     `json:"to"`
}

func (b *bench) madePath() string { return filepath.Join(b.kept, "made.json") }

// makeJournal makes up the journal, or finds the one of an earlier run, and gives
// the collector a copy of it.
func (b *bench) makeJournal(ctx context.Context) error {
	b.journal = b.found()
	if b.journal == nil {
		if err := b.room(); err != nil {
			return err
		}
		if err := b.generate(ctx); err != nil {
			return err
		}
	}
	verified, err := b.verify(ctx)
	if err != nil {
		return err
	}
	j := b.journal
	b.report.Heading("The journal")
	b.report.Paragraph(fmt.Sprintf("%s records that the repository's generator makes up (seed %d), from %s to %s: several projects, sessions of 50 to 500 records side by side in working hours, one of a tenth of all, at most 50,000. "+
		"%.0f bytes a record; %d segments; made at %s records/s. %s",
		thousands(j.Records), b.seed, j.From.Format(time.DateOnly), j.To.Format(time.DateOnly),
		float64(j.Bytes)/float64(j.Records), j.Segments, thousands(int(float64(j.Records)/j.Took.Seconds())), verified))
	return b.link()
}

// room says before it begins that the disk is too small.
func (b *bench) room() error {
	const journalAndCompressed, index = 1700, 400 // bytes a record, at most
	need := uint64(b.n) * (journalAndCompressed + index)
	disk := collector.Look(b.dir).Disk
	progress("%d records take up to %.1f GB on the way, %.1f GB are free", b.n, float64(need)/1e9, float64(disk.Free)/1e9)
	if disk.Free > 0 && disk.Free < need+1<<30 {
		return fmt.Errorf("the disk of %s has %.1f GB free, and %d records take %.1f GB: name a folder on a larger one with -keep, or fewer records with -n",
			b.dir, float64(disk.Free)/1e9, b.n, float64(need)/1e9)
	}
	return nil
}

// found is the journal of an earlier run, if the generator still makes the same.
func (b *bench) found() *made {
	text, err := os.ReadFile(b.madePath())
	m := new(made)
	if err != nil || json.Unmarshal(text, m) != nil {
		return nil
	}
	segments, err := journal.Segments(b.kept)
	if err != nil || len(segments) != m.Segments {
		return nil
	}
	f, err := os.Open(segments[0].Path)
	if err != nil {
		return nil
	}
	defer f.Close()
	lines, n := bufio.NewReaderSize(f, 1<<20), 0
	for r := range enginetest.Generate(b.seed, b.n, enginetest.Options{Numbered: true}) {
		line, err := lines.ReadSlice('\n')
		if n++; err != nil || n > 1000 {
			break // the end of the first segment, or enough
		}
		if !bytes.Equal(line[:len(line)-1], enginetest.Line(&r)) {
			progress("the journal in %s is not what the generator makes: making another", b.kept)
			return nil
		}
	}
	progress("using the journal in %s", b.kept)
	return m
}

// generate writes the journal, and then what is known of it.
func (b *bench) generate(ctx context.Context) error {
	logs := journal.LogsDir(b.kept)
	if err := errors.Join(os.RemoveAll(b.kept), os.MkdirAll(logs, 0o700)); err != nil {
		return fmt.Errorf("make the journal's folder: %w", err)
	}
	start := time.Now()
	w := &writer{data: b.kept}
	err := b.write(ctx, w)
	if err = errors.Join(err, w.close()); err != nil {
		return err
	}
	w.Took = time.Since(start)
	b.journal = &w.made
	text, err := json.Marshal(b.journal)
	if err != nil {
		return fmt.Errorf("encode what is known of the journal: %w", err)
	}
	return os.WriteFile(b.madePath(), text, 0o600)
}

// write generates on one core and writes on another.
func (b *bench) write(ctx context.Context, w *writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	batches := make(chan []event.Record, 4)
	go func() {
		defer close(batches)
		batch := make([]event.Record, 0, 512)
		for r := range enginetest.Generate(b.seed, b.n, enginetest.Options{Numbered: true}) {
			if batch = append(batch, r); len(batch) < cap(batch) {
				continue
			}
			select {
			case batches <- batch:
			case <-ctx.Done():
				return
			}
			batch = make([]event.Record, 0, 512)
		}
		batches <- batch
	}()
	var err error
	for batch := range batches {
		for i := range batch {
			if err == nil {
				err = w.add(&batch[i])
			}
		}
		if err != nil {
			cancel()
		}
		if w.Records/1_000_000 != (w.Records-len(batch))/1_000_000 {
			progress("%d records made", w.Records)
		}
	}
	return errors.Join(err, ctx.Err())
}

// writer writes lines into segments, as appending would.
type writer struct {
	made
	data string

	file  *os.File
	out   *bufio.Writer
	size  int64
	first uint64 // seq of the segment's first record
}

func (w *writer) add(r *event.Record) error {
	if w.file == nil || w.size >= segmentBytes || !sameDay(w.To, r.Timestamp) {
		if err := w.rotate(r.Seq); err != nil {
			return err
		}
	}
	line := append(enginetest.Line(r), '\n')
	if w.Records == 0 {
		w.From = r.Timestamp
	}
	w.Records++
	w.To = r.Timestamp
	w.size += int64(len(line))
	w.Bytes += int64(len(line))
	_, err := w.out.Write(line)
	return err
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

// rotate makes the active segment an older one and begins another.
func (w *writer) rotate(seq uint64) error {
	if err := w.close(); err != nil {
		return err
	}
	active := journal.ActivePath(w.data)
	if w.Segments > 0 {
		if err := os.Rename(active, journal.SegmentPath(w.data, w.first)); err != nil {
			return fmt.Errorf("rename a segment: %w", err)
		}
	}
	f, err := os.OpenFile(active, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create a segment: %w", err)
	}
	w.file, w.out, w.size, w.first = f, bufio.NewWriterSize(f, 1<<20), 0, seq
	w.Segments++
	return nil
}

func (w *writer) close() error {
	if w.file == nil {
		return nil
	}
	err := errors.Join(w.out.Flush(), w.file.Close())
	w.file = nil
	return err
}

// verifyAll is up to how many records the whole chain is verified.
const verifyAll = 1_000_000

// verify checks the chain of a journal of moderate size. The collector checks every
// one as it reads, and says so in its health.
func (b *bench) verify(ctx context.Context) (string, error) {
	if b.n > verifyAll {
		return "", nil
	}
	found, err := journal.Verify(ctx, b.kept, journal.VerifyOptions{})
	if err != nil {
		return "", fmt.Errorf("verify the journal: %w", err)
	}
	if len(found.Faults) > 0 || found.Records != int64(b.n) {
		return "", fmt.Errorf("the journal has %d records and faults %v: nothing to measure", found.Records, found.Faults)
	}
	return "Its chain is verified.", nil
}

// link gives the run a journal of its own: the older segments are linked, since
// nobody changes them, the active one is copied.
func (b *bench) link() error {
	if err := os.MkdirAll(journal.LogsDir(b.data), 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	segments, err := journal.Segments(b.kept)
	if err != nil {
		return err
	}
	for _, s := range segments {
		to := filepath.Join(journal.LogsDir(b.data), filepath.Base(s.Path))
		if !s.Active {
			err = os.Link(s.Path, to)
		} else if content, readErr := os.ReadFile(s.Path); readErr != nil {
			err = readErr
		} else {
			err = os.WriteFile(to, content, 0o600)
		}
		if err != nil {
			return fmt.Errorf("give the collector the journal: %w", err)
		}
	}
	return nil
}

// thousands writes a number with commas.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
