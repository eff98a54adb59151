package index

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"agent-telemetry/internal/event"
	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/query"
)

// Name is the sink's name.
func (x *Index) Name() string { return "index" }

// Cursor is how far the sealed blocks reach. What Put was given since is in memory
// only and must be given again after a restart.
func (x *Index) Cursor(context.Context) (journal.Cursor, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.sealed, nil
}

// Put takes records in the journal's order. When it returns they can be asked for;
// they are durable once Cursor is behind them. Records that it has are ignored.
func (x *Index) Put(ctx context.Context, batch []journal.Stored) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if err := x.heal(ctx); err != nil {
		return err
	}
	for i := range batch {
		s := &batch[i]
		if s.Record == nil || s.Segment < x.seen.Segment || s.Segment == x.seen.Segment && s.Offset < x.seen.Offset {
			continue
		}
		if err := x.put(ctx, s); err != nil {
			return x.note(err)
		}
	}
	x.announce()
	return nil
}

// put takes one record. It fails, if it does, before it has changed anything, or
// leaves the index marked as torn.
func (x *Index) put(ctx context.Context, s *journal.Stored) error {
	r := s.Record
	main, err := x.rowOf(ctx, r, s, kindRecord)
	if err != nil {
		return err
	}
	if !x.builder.takes(&main) {
		if err := x.seal(ctx); err != nil {
			return err
		}
	}
	var state *session
	if r.SessionID != "" {
		if state, err = x.session(ctx, main.dims[dimSession], r.SessionID); err != nil {
			return err
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if state != nil {
		state.take(r)
		x.start(main.dims[dimSession], state)
	}
	if err := x.join(ctx, s, &main, state); err != nil {
		return err
	}
	x.seen, x.seenTime = s.Cursor(), r.Timestamp
	if r.EventType == event.Retention && r.Retention != nil {
		x.floor = floor{r.Metadata.Journal, r.Retention.Seq}
	}
	return nil
}

// join adds a record's rows: its own, and those of calls that a batch tells of.
func (x *Index) join(ctx context.Context, s *journal.Stored, main *row, state *session) error {
	r := s.Record
	x.joiners.in(r.Metadata.Journal)
	j := x.joiners.of(r)
	known := len(j.Actions())
	j.Add(r)
	begun := j.Actions()[known:]
	concluded := j.Concluded(r)
	for _, c := range concluded {
		if state != nil {
			state.conclude(&c)
		}
		if c.Sub == 0 {
			main.dims[dimKind] = kindConclusion
		}
	}
	main.texts[textMade] = x.made(r, callsOf(j, r)...)
	x.builder.add(main)
	for _, c := range concluded {
		if c.Sub == 0 {
			continue
		}
		if err := x.told(ctx, s, c.Record, j.Action(c.Action.ToolUseID), kindRefused, c.Sub); err != nil {
			return err
		}
	}
	if r.HookEvent == "PostToolBatch" {
		for i, a := range begun {
			b := *r
			b.ToolUseID, b.ToolName, b.EventType, b.Outcome, b.Action = a.ToolUseID, a.ToolName, a.EventType, a.Outcome, a.Details
			if err := x.told(ctx, s, &b, a, kindBegun, i+1); err != nil {
				return err
			}
		}
	}
	x.joiners.trim(r)
	return nil
}

// callsOf are the calls that a record is of.
func callsOf(j *query.Joiner, r *event.Record) (list []*query.Action) {
	switch r.HookEvent {
	case "PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionDenied":
		if a := j.Action(r.ToolUseID); a != nil && r.EventType != event.TelemetryDisabled {
			list = append(list, a)
		}
	case "PostToolBatch":
	default:
		return nil
	}
	for i := range r.Action.Calls {
		if a := j.Action(r.Action.Calls[i].ToolUseID); a != nil {
			list = append(list, a)
		}
	}
	return list
}

// told adds a row for a call that a batch's record tells of. Failing, it leaves a
// batch that was taken by half.
func (x *Index) told(ctx context.Context, s *journal.Stored, r *event.Record, a *query.Action, k kind, sub int) error {
	told, err := x.rowOf(ctx, r, s, k)
	if err != nil {
		return damaged("a batch was taken by half: %v", err)
	}
	told.ints[intSub], told.order.Sub = int64(sub), sub
	told.texts[textMade] = x.made(s.Record, a)
	x.builder.add(&told)
	return nil
}

// start notes when a session began. The lock is held.
func (x *Index) start(id uint32, s *session) {
	for len(x.starts) <= int(id) {
		x.starts = append(x.starts, noStart)
	}
	x.starts[id] = s.Info.Start.UnixNano()
}

// made writes the records that calls are made of so far, but for record r itself:
// each as how far before r it stands, or, from another journal, in full.
func (x *Index) made(r *event.Record, calls ...*query.Action) string {
	var keys []query.Key
	for _, a := range calls {
		keys = append(keys, x.joiners.keys(a, r.Metadata.Journal)...)
	}
	slices.SortFunc(keys, func(a, b query.Key) int {
		return cmp.Or(strings.Compare(a.Journal, b.Journal), cmp.Compare(a.Seq, b.Seq))
	})
	var b []byte
	for _, k := range slices.Compact(keys) {
		switch {
		case k.Journal != r.Metadata.Journal:
			id, _ := x.values[dimJournal].known(k.Journal)
			b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(id)<<1|1), k.Seq)
		case k.Seq < r.Seq:
			b = binary.AppendUvarint(b, (r.Seq-k.Seq)<<1)
		}
	}
	return string(b)
}

// rowOf makes a record's row.
func (x *Index) rowOf(ctx context.Context, r *event.Record, s *journal.Stored, k kind) (row, error) {
	row := row{texts: textsOf(r)}
	for d, text := range [numDims]string{
		dimJournal: r.Metadata.Journal, dimHost: r.Metadata.Host, dimSession: r.SessionID, dimProject: pair(r.ProjectPath, r.ProjectName),
		dimTool: r.ToolName, dimEvent: string(r.EventType), dimHook: r.HookEvent, dimOutcome: string(r.Outcome), dimLevel: string(r.Level),
		dimOutside: strconv.FormatBool(r.Action.OutsideProjectScope), dimAgent: r.AgentID, dimAgentName: agentName(r.AgentID, r.AgentType), dimPath: query.PathOf(&r.Action),
	} {
		if dimension(d) == dimKind {
			row.dims[d] = k
			continue
		}
		id, err := x.values[d].id(ctx, x.db, text)
		if err != nil {
			return row, err
		}
		row.dims[d] = id
	}
	ms := r.Timestamp.UnixMilli()
	row.ints = [numInts]int64{
		intTime: ms, intNanos: r.Timestamp.Sub(time.UnixMilli(ms)).Nanoseconds(), intSeq: int64(r.Seq),
		intSegment: int64(s.Segment), intOffset: s.Offset, intSize: int64(len(s.Line)),
	}
	if r.DurationMS != nil {
		row.ints[intDuration] = max(*r.DurationMS, 0) + 1
	}
	row.order = query.Order{Time: r.Timestamp, Host: r.Metadata.Host, Seq: r.Seq}
	return row, nil
}

var errClosed = errors.New("the index is closed")

// ErrRewound says that the index had to be begun anew, so that its Cursor is at
// the journal's beginning: what was put is not in it.
var ErrRewound = errors.New("the index was begun anew")

// note remembers damage, for the next Put to heal, and tells it.
func (x *Index) note(err error) error {
	if err != nil && isDamage(err) && x.failed.CompareAndSwap(nil, &err) && x.opts.Damaged != nil {
		x.opts.Damaged(err)
	}
	return err
}

// heal begins a damaged index anew. The writer's lock is held.
func (x *Index) heal(ctx context.Context) error {
	if x.failed.Load() == nil {
		return nil
	}
	if err := x.reset(ctx); err != nil {
		return err
	}
	return ErrRewound
}

// Heal begins the index anew if it was found to be damaged, and reports whether it
// was. Then its Cursor is at the journal's beginning.
func (x *Index) Heal(ctx context.Context) (bool, error) {
	x.writing.Lock()
	defer x.writing.Unlock()
	if err := x.heal(ctx); err != ErrRewound {
		return false, err
	}
	return true, nil
}
