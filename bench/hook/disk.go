package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"agent-telemetry/bench/report"
)

// The load that busyDisk puts on the disk: a file of at most busyBytes is
// written over and over, and pushed out to the disk each syncEvery bytes, since
// a kernel with memory to spare would otherwise never write it.
const (
	busyBytes = 512 << 20
	syncEvery = 64 << 20
	busyBlock = 1 << 20
)

// busyDisk measures the hook while a large file is being written beside it.
func (m *measurements) busyDisk(ctx context.Context, r *report.Report) error {
	progress("while a large file is written")
	stdin, err := m.lab.writePayloadFile("small", smallPayload(m.lab.project))
	if err != nil {
		return err
	}
	writing, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- keepWriting(writing, filepath.Join(m.lab.dir, "large-file")) }()
	select {
	case err = <-done: // it never got going
		stop()
		return err
	case <-time.After(500 * time.Millisecond):
	}
	programs := m.lab.hooks(stdin)
	samples, err := m.lab.measure(ctx, max(m.samples/3, 3), 1, programs)
	stop()
	if err = errors.Join(err, <-done); err != nil {
		return err
	}
	r.Heading("While another process writes a large file")
	r.Paragraph(fmt.Sprintf("The other process writes %d MiB over and over and syncs each %d MiB.", busyBytes>>20, syncEvery>>20))
	r.Table(costTable(programs, summarizeAll(samples)))
	return nil
}

// keepWriting writes until ctx ends and then removes the file.
func keepWriting(ctx context.Context, path string) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("create a large file: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(path)) }()
	block := make([]byte, busyBlock)
	for offset := int64(0); ctx.Err() == nil; offset += busyBlock {
		if _, err := file.WriteAt(block, offset%busyBytes); err != nil {
			return fmt.Errorf("write a large file: %w", err)
		}
		if (offset+busyBlock)%syncEvery == 0 {
			if err := file.Sync(); err != nil {
				return fmt.Errorf("sync a large file: %w", err)
			}
		}
	}
	return nil
}
