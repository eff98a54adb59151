package journal

// twins counts how often each of a few records stands in the journal, by a
// second reading: keeping every hash of the first would cost 32 bytes a record.
func (w *walker) twins(data string, of []record) (map[Hash]int, error) {
	wanted := map[uint64]bool{}
	for _, r := range of {
		wanted[r.seq] = true
	}
	counts := map[Hash]int{}
	segments, err := Segments(data)
	if err != nil {
		return nil, err
	}
	for _, s := range segments {
		if err := w.countIn(s.Path, wanted, counts); err != nil {
			return nil, err
		}
	}
	return counts, nil
}

func (w *walker) countIn(path string, wanted map[uint64]bool, counts map[Hash]int) error {
	f, err := w.opts.Open.open(path)
	if err != nil {
		return nil // named by the first reading
	}
	defer func() { _ = f.Close() }()
	for lines := newLineReader(f); ; {
		line, err := lines.next()
		if err != nil {
			return nil
		}
		if h, ok := parseHeader(line.Bytes); ok && wanted[h.seq] {
			counts[line.Hash()]++
		}
		if line.Number&0xfff == 0 && w.ctx.Err() != nil {
			return w.ctx.Err()
		}
	}
}
