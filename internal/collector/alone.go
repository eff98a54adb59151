package collector

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/index"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
)

// Alone is the index of a data folder, open in this process, where no collector
// runs. It knows what was in the journal when it was opened.
type Alone struct {
	*index.Index
	lines *archive.Lines
}

// Progress is told now and then how many records of how many have been read.
type Progress func(done, total int64)

// OpenAlone opens the index in a data folder and reads in what the journal has
// more.
func OpenAlone(ctx context.Context, data string, progress Progress) (*Alone, error) {
	return openAlone(ctx, data, IndexPath(data), false, progress)
}

// OpenBeside is OpenAlone with an index in a folder of its own.
func OpenBeside(ctx context.Context, data, folder string, progress Progress) (*Alone, error) {
	return openAlone(ctx, data, filepath.Join(folder, "index.db"), false, progress)
}

// Rebuild makes the index anew from the journal.
func Rebuild(ctx context.Context, data string, progress Progress) (*Alone, error) {
	return openAlone(ctx, data, IndexPath(data), true, progress)
}

func openAlone(ctx context.Context, data, path string, anew bool, progress Progress) (*Alone, error) {
	lines := archive.NewLines(data)
	x, err := index.Open(ctx, path, index.Options{Lines: lines})
	if err != nil {
		lines.Close()
		return nil, err
	}
	a := &Alone{Index: x, lines: lines}
	if anew {
		err = x.Reset(ctx)
	}
	if err == nil {
		err = a.readIn(ctx, data, progress)
	}
	if errors.Is(err, index.ErrRewound) { // it was found to be damaged on the way
		err = a.readIn(ctx, data, progress)
	}
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Close closes the index.
func (a *Alone) Close() error {
	err := a.Index.Close()
	a.lines.Close()
	return err
}

// batchRecords is how many records the index is given at a time.
const batchRecords = 1024

// readIn puts into the index what the journal has more.
func (a *Alone) readIn(ctx context.Context, data string, progress Progress) error {
	head, err := journal.ReadEnd(data)
	if err != nil {
		return fmt.Errorf("read the head of the journal in %s: %w", data, err)
	}
	reader, err := a.reader(ctx, data)
	if err != nil {
		return err
	}
	defer reader.Close()
	ctx, cancel := context.WithCancel(ctx)
	batches, failed := make(chan []journal.Stored), make(chan error, 1)
	go func() { // one batch is parsed while another is indexed
		defer close(batches)
		failed <- readAll(ctx, reader, batches)
	}()
	var refused error
	for batch := range batches {
		if refused != nil {
			continue
		}
		if refused = a.Put(ctx, batch); refused != nil {
			cancel()
		} else if progress != nil {
			progress(int64(batch[len(batch)-1].Record.Seq), int64(head.Seq))
		}
	}
	cancel()
	err = <-failed
	if refused != nil {
		return fmt.Errorf("index the journal in %s: %w", data, refused)
	}
	if err != nil {
		return fmt.Errorf("read the journal in %s: %w", data, err)
	}
	return nil
}

// readAll reads all records there are.
func readAll(ctx context.Context, reader *journal.Reader, to chan<- []journal.Stored) error {
	for {
		batch, ended, err := fill(ctx, reader, make([]journal.Stored, 0, batchRecords))
		if err != nil {
			return err
		}
		if len(batch) > 0 {
			select {
			case to <- batch:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if ended {
			return nil
		}
	}
}

// reader reads on from where the index is, or from the beginning where the
// journal is another than the one it was made of.
func (a *Alone) reader(ctx context.Context, data string) (*journal.Reader, error) {
	cursor, err := a.Cursor(ctx)
	if err != nil {
		return nil, err
	}
	reader, err := journal.NewReaderAt(data, cursor, archive.Open)
	var wrong *journal.CursorError
	if !errors.As(err, &wrong) {
		return reader, err
	}
	if err := a.Reset(ctx); err != nil {
		return nil, err
	}
	return journal.NewReader(data, archive.Open), nil
}

// fill reads a batch of records; ended says that there are no more.
func fill(ctx context.Context, reader *journal.Reader, batch []journal.Stored) (_ []journal.Stored, ended bool, err error) {
	for len(batch) < cap(batch) {
		if err := ctx.Err(); err != nil {
			return batch, true, err
		}
		line, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return batch, true, nil
		}
		if err != nil {
			return batch, true, err
		}
		r := new(event.Record)
		if json.Unmarshal(line.Bytes, r) != nil || r.Seq == 0 {
			continue // torn; verify names it
		}
		batch = append(batch, journal.Stored{
			Segment: line.Segment, Offset: line.Offset, Line: append([]byte(nil), line.Bytes...), Hash: line.Hash(), Record: r,
		})
	}
	return batch, false, nil
}
