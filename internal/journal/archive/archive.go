// Package archive keeps older segments of a journal compressed, and reads them at
// any offset: journal.Opener and Lines for readers, Compress for whoever tends the
// journal. It stands apart from package journal for what zstd costs the hook.
//
// # Format
//
// A compressed segment is named as it was before, with ".zst" behind. It follows the
// zstd seekable format, version 0.1.0 (contrib/seekable_format in zstd's repository,
// zstd_seekable_compression_format.md), so that `zstd -d` gives the segment back:
//
//	frames     each an independent zstd frame (RFC 8878) with its content checksum
//	table      a skippable frame, all numbers little-endian:
//	  4 bytes  magic 0x184D2A5E
//	  4 bytes  size of what follows
//	  n times  compressed size, decompressed size, checksum: 4 bytes each
//	  4 bytes  n, the number of frames
//	  1 byte   0x80: there are checksums
//	  4 bytes  magic 0x8F92EAB1
//
// A checksum is the lower half of the XXH64 of what the frame holds. A frame holds
// about 256 KiB and ends where a line ends, so that most lines are had by decoding
// one frame; lines too long for that go over several. Readers take frames of up to
// 1 MiB, whose sizes have to add up to the file's.
package archive

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"agent-telemetry/internal/journal"
)

// Suffix ends the names of compressed segments.
const Suffix = ".zst"

// ErrDamaged is what reading says of a compressed segment whose bytes are not
// those that were written, as a *DamageError.
var ErrDamaged = errors.New("the compressed segment is damaged")

// DamageError names the segment that is damaged.
type DamageError struct {
	Path string
	Err  error
}

func (e *DamageError) Error() string { return "read segment " + e.Path + ": " + e.Err.Error() }
func (e *DamageError) Unwrap() error { return e.Err }

// damaged makes a *DamageError of an error that is one of damage.
func damaged(path string, err error) error {
	if errors.Is(err, ErrDamaged) {
		return &DamageError{path, err}
	}
	return fmt.Errorf("read segment %s: %w", path, err)
}

// Open opens a segment, compressed or not. It is a journal.Opener.
func Open(path string) (journal.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(path, Suffix) {
		return f, nil
	}
	r, err := newFile(f)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return r, nil
}
