package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"agent-telemetry/internal/claude/settings"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"
)

// Codes of findings about the journal.
const (
	CodeJournalEmpty  = "journal-empty"
	CodeJournalWhole  = "journal-whole"
	CodeJournalBroken = "journal-broken"
	CodeJournalUnread = "journal-unreadable"
	CodeSpoolWaiting  = "spool-waiting"
	CodeSpoolDamaged  = "spool-damaged"
)

// A journal up to quickBytes is verified as a whole: that takes a fraction of a
// second. Of a longer one only the last tailBytes are.
const (
	quickBytes = 64 << 20
	tailBytes  = 1 << 20
)

func (x *examination) journal(ctx context.Context) {
	segments, err := journal.Segments(x.Data)
	if err != nil {
		x.unreadable(err)
		return
	}
	var bytes int64
	for _, s := range segments {
		bytes += s.Bytes
	}
	if bytes > quickBytes && !x.Full {
		x.journalTail()
		return
	}
	r, err := journal.Verify(ctx, x.Data, journal.VerifyOptions{Open: archive.Open})
	switch {
	case err != nil:
		x.unreadable(err)
	case !r.Intact():
		var first *journal.Fault
		for i := range r.Faults {
			if r.Faults[i].Tampering() {
				first = &r.Faults[i]
				break
			}
		}
		x.broken(first.String())
	case r.Records == 0:
		x.ok(CodeJournalEmpty, "The journal has no records yet", "")
	default:
		x.ok(CodeJournalWhole, fmt.Sprintf("The journal is whole, from record %d to %d", r.First, r.Last), "")
	}
}

func (x *examination) unreadable(err error) {
	x.add(settings.Finding{
		Level: settings.Fail, Code: CodeJournalUnread, Title: "The journal cannot be read", File: journal.LogsDir(x.Data),
		Detail: err.Error() + ".", Remedy: "chmod -R u+rwX " + Quote(x.Data),
	})
}

func (x *examination) broken(detail string) {
	x.add(settings.Finding{
		Level: settings.Fail, Code: CodeJournalBroken, Title: "The journal shows signs of tampering", File: journal.LogsDir(x.Data),
		Detail: detail + ".", Remedy: "agent-telemetry verify" + x.dataFlag(),
	})
}

// journalTail holds the last lines of a long journal against each other and
// against its head.
func (x *examination) journalTail() {
	head, err := noted(x.Data)
	if err != nil {
		x.unreadable(err)
		return
	}
	r, err := journal.NewTailReader(x.Data, tailBytes, archive.Open)
	if err != nil {
		x.unreadable(err)
		return
	}
	defer r.Close()
	var previous string
	var last journal.Noted
	for {
		line, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			x.unreadable(err)
			return
		}
		var link struct {
			Seq  uint64
			Prev string
		}
		if json.Unmarshal(line.Bytes, &link) == nil && link.Seq > 0 {
			if previous != "" && link.Prev != previous {
				x.broken(fmt.Sprintf("record %d does not name the hash of the line before it", link.Seq))
				return
			}
			last = journal.Noted{Seq: link.Seq, Hash: line.Hash()}
			if last.Seq == head.Seq && last.Hash != head.Hash {
				x.broken(fmt.Sprintf("record %d is not the one that journal.head knows", last.Seq))
				return
			}
		}
		previous = line.Hash().String()
	}
	if last.Seq < head.Seq {
		x.broken(fmt.Sprintf("the last record is %d, where journal.head knows of %d", last.Seq, head.Seq))
		return
	}
	x.ok(CodeJournalWhole, fmt.Sprintf("The journal's end is whole, up to record %d", last.Seq), "'doctor --full' and 'verify' read all of it.")
}

// noted is what journal.head says, whether or not the segment bears it out; zero
// where there is none, or not a whole one.
func noted(data string) (n journal.Noted, err error) {
	text, err := os.ReadFile(filepath.Join(journal.LogsDir(data), "journal.head"))
	if errors.Is(err, os.ErrNotExist) {
		return n, nil
	}
	var head struct {
		Seq  uint64
		Hash string
	}
	if err == nil && json.Unmarshal(bytes.TrimSpace(text), &head) == nil {
		if hash, ok := journal.ParseHash([]byte(head.Hash)); ok {
			n = journal.Noted{Seq: head.Seq, Hash: hash}
		}
	}
	return n, err
}

// settled is how long a record may wait in the spool before that is remarkable:
// the next action of any session drains it.
const settled = time.Minute

func (x *examination) spool() {
	entries, err := os.ReadDir(journal.SpoolDir(x.Data))
	if err != nil {
		return
	}
	waiting, damaged := 0, 0
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil:
		case strings.HasSuffix(e.Name(), ".bad"):
			damaged++
		case strings.HasSuffix(e.Name(), ".json") && x.Now().Sub(info.ModTime()) > settled:
			waiting++
		}
	}
	if waiting > 0 {
		x.add(settings.Finding{
			Level: settings.Warn, Code: CodeSpoolWaiting, Title: "Records wait in the spool: " + fmt.Sprint(waiting), File: journal.SpoolDir(x.Data),
			Detail: "They could not be appended in time. The next action of a session appends them.",
			Remedy: x.command("doctor " + Quote(x.Project) + "  # once more, after that action"),
		})
	}
	if damaged > 0 {
		x.add(settings.Finding{
			Level: settings.Warn, Code: CodeSpoolDamaged, Title: "The spool has files that are not whole records: " + fmt.Sprint(damaged), File: journal.SpoolDir(x.Data),
			Detail: "They are kept for you to look at.",
			Remedy: "rm " + Quote(journal.SpoolDir(x.Data)) + "/*.bad  # when you have seen them",
		})
	}
}
