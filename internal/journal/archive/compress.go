package archive

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/zstd"
)

const (
	frameBytes = 256 << 10 // after which a frame ends with the line
	tempSuffix = ".tmp"
)

// Compress replaces an older segment by its compressed form. Readers that have it
// open go on unharmed. It may be killed at any moment: until the original is
// removed, which is last, it is what counts. Neither the active segment nor the
// newest older one may be compressed: an append may have to read their tails.
// Nobody else may compress the same segment meanwhile.
func Compress(ctx context.Context, path string) error {
	if err := compress(ctx, path); err != nil {
		return fmt.Errorf("compress segment %s: %w", path, err)
	}
	return nil
}

func compress(ctx context.Context, path string) error {
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	temp := path + Suffix + tempSuffix
	if err := writeTemp(ctx, from, temp); err != nil {
		_ = os.Remove(temp)
		return err
	}
	if err := os.Rename(temp, path+Suffix); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return err
	}
	return os.Remove(path)
}

// writeTemp writes a compressed copy that is durable and proved equal.
func writeTemp(ctx context.Context, from *os.File, temp string) error {
	to, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = to.Close() }()
	if err := writeFrames(ctx, from, to); err != nil {
		return err
	}
	if err := to.Sync(); err != nil {
		return err
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := prove(ctx, from, to); err != nil {
		return err
	}
	return to.Close()
}

func writeFrames(ctx context.Context, from io.Reader, to io.Writer) error {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true),
		zstd.WithWindowSize(maxFrame), zstd.WithEncoderCRC(true))
	if err != nil {
		return err
	}
	defer func() { _ = enc.Close() }()
	var t table
	var packed []byte
	in := bufio.NewReaderSize(from, 64<<10)
	for text := make([]byte, 0, maxFrame); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		text, err = nextFrame(in, text[:0])
		if err != nil {
			return err
		}
		if len(text) == 0 {
			break
		}
		packed = enc.EncodeAll(text, packed[:0])
		if _, err := to.Write(packed); err != nil {
			return err
		}
		t = t.append(int64(len(packed)), int64(len(text)), uint32(xxhash.Sum64(text)))
	}
	_, err = to.Write(t.encode())
	return err
}

// nextFrame reads lines until there is enough for a frame, or a frame can hold no
// more. At the end it returns what is left, and then nothing.
func nextFrame(in *bufio.Reader, text []byte) ([]byte, error) {
	for len(text) < maxFrame {
		if _, err := in.Peek(1); errors.Is(err, io.EOF) {
			return text, nil
		} else if err != nil {
			return nil, err
		}
		next, _ := in.Peek(min(in.Buffered(), maxFrame-len(text)))
		line := bytes.IndexByte(next, '\n') + 1
		if line == 0 {
			line = len(next)
		}
		text = append(text, next[:line]...)
		_, _ = in.Discard(line)
		if len(text) >= frameBytes && text[len(text)-1] == '\n' {
			break
		}
	}
	return text, nil
}

// prove reads the compressed file back, as readers will, and holds it against the
// original byte for byte.
func prove(ctx context.Context, from io.Reader, to *os.File) error {
	f, err := newFile(to)
	if err != nil {
		return err
	}
	defer f.dec.Close()
	want, got := make([]byte, frameBytes), make([]byte, frameBytes)
	for {
		n, err := io.ReadFull(from, want)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		m, back := io.ReadFull(f, got)
		if back != nil && !errors.Is(back, io.EOF) && !errors.Is(back, io.ErrUnexpectedEOF) {
			return back
		}
		if !bytes.Equal(want[:n], got[:m]) {
			return errors.New("the compressed copy came out different; the original stays")
		}
		if err != nil {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// Clean removes what killed compressions left in a folder of segments.
func Clean(logs string) error {
	entries, err := os.ReadDir(logs)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for unfinished compressions: %w", err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), Suffix+tempSuffix) {
			err = errors.Join(err, os.Remove(filepath.Join(logs, e.Name())))
		}
	}
	return err
}
