package main

import (
	"iter"
	"math/rand/v2"
	"strings"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/query"
	"agent-telemetry/internal/query/enginetest"
)

// The sizes of package index.
const (
	blockRows   = 4096
	granuleRows = 128
	granules    = 64 // room for them in ids

	dimSession = 2
	dimPath    = 11
)

// columns are the sizes of a block's blobs, about as the index has them: of 13
// columns of few values the lists and the codes, and 8 columns of numbers.
var columns = []int{
	20, 20, 200, 60, 120, 160, 150, 60, 40, 30, 90, 6000, 30,
	4, 4, 4100, 4100, 4100, 4100, 4100, 4100, 4100, 4100, 4100, 8200, 4100,
	16_400, 12_300, 8200, 10, 10, 12_300, 8200, 12_300,
}

// granuleBytes is about what the strings of 128 rows take, compressed.
const granuleBytes = 3500

// value is one that a dictionary takes up.
type value struct {
	dim, id int
	text    string
}

// block is what one transaction writes.
type block struct {
	id        int64
	columns   [][]byte
	granules  [][]byte
	documents []string
	values    []value
	sessions  []string
	state     string
}

func colID(column int, block int64) int64 { return int64(column)<<40 | block }

func granuleID(block int64, i int) int64 { return block*granules + int64(i) }

// maker makes blocks of made-up records: strings and values as they are in them,
// for the blobs noise, since what is in those no statement asks.
type maker struct {
	*rand.Rand
	ids map[value]int
	n   map[int]int // values by dimension
}

// blocks hands on so many blocks.
func blocks(seed uint64, n int) iter.Seq[*block] {
	return func(yield func(*block) bool) {
		m := &maker{rand.New(rand.NewPCG(seed, 3)), map[value]int{}, map[int]int{}}
		b := &block{id: 1}
		list := make([]event.Record, 0, blockRows)
		for r := range enginetest.Generate(seed, n*blockRows, enginetest.Options{NoPayloads: true}) {
			if list = append(list, r); len(list) < blockRows {
				continue
			}
			m.fill(b, list)
			if !yield(b) {
				return
			}
			b, list = &block{id: b.id + 1}, list[:0]
		}
	}
}

func (m *maker) fill(b *block, list []event.Record) {
	for _, size := range columns {
		b.columns = append(b.columns, m.noise(size))
	}
	seen := map[string]bool{}
	for i := range list {
		m.value(b, dimSession, list[i].SessionID)
		m.value(b, dimPath, query.PathOf(&list[i].Action))
		if id := list[i].SessionID; id != "" && !seen[id] {
			seen[id] = true
			b.sessions = append(b.sessions, id)
		}
	}
	for i := 0; i < len(list); i += granuleRows {
		b.granules = append(b.granules, m.noise(granuleBytes))
		b.documents = append(b.documents, document(list[i:i+granuleRows]))
	}
	b.state = strings.Repeat("s", 4000)
}

// noise is what the index's blobs are like to SQLite.
func (m *maker) noise(size int) []byte {
	b := make([]byte, size)
	for i := range b {
		b[i] = byte(m.Uint32())
	}
	return b
}

func (m *maker) value(b *block, dim int, text string) {
	key := value{dim: dim, text: text}
	if _, ok := m.ids[key]; ok {
		return
	}
	m.ids[key] = m.n[dim]
	b.values = append(b.values, value{dim, m.n[dim], text})
	m.n[dim]++
}

// document is what the trigrams of a granule are taken of: each string once.
func document(list []event.Record) string {
	var doc strings.Builder
	seen := map[string]bool{}
	for i := range list {
		for _, s := range query.Texts(&list[i].Action) {
			if len(s) >= 3 && !seen[s] {
				seen[s] = true
				doc.WriteString(s)
				doc.WriteByte('\n')
			}
		}
	}
	return doc.String()
}
