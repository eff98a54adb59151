// Package journal is the append-only, hash-chained file that everything else is
// derived from: append, read, rotate, retain, verify. It knows nothing of agents.
//
// # Files
//
// All lie under one data folder, mode 0600 in folders of mode 0700:
//
//	logs/claude-telemetry.jsonl                 the active segment
//	logs/claude-telemetry-<first seq>.jsonl     older segments; 12 digits
//	logs/claude-telemetry-<first seq>.jsonl.zst those compressed since; see package archive
//	logs/journal.lock                           the lock; empty
//	logs/journal.head                           where the active segment ends
//	spool/<unix ns>-<pid>-<random>.json         records that could not get the lock
//
// # Lines
//
// A line is one JSON object in UTF-8, ended by a newline, at most MaxLine bytes
// without it. A record's line begins, byte for byte,
//
//	{"seq":N,"prev":"H","timestamp":"T",
//
// then come the members of event.Chain that apply, then "metadata":{"journal":"J",
// and whatever the record holds. N is dense from 1 over all segments. H is the
// SHA-256, in lower-case hex, of the previous line's bytes without its newline,
// 64 zeros for the first. Nothing is canonicalised: sha256sum of the line's bytes
// is the hash. T is RFC 3339 with nine digits and a zone; it is at least the
// predecessor's plus 1 ns, unless the clock stepped back by more than a second,
// which clock_step_ms then says. J is the random id that the first record, of
// event type journal_start, gave the journal: (J, N) is a record's key.
//
// # Appending
//
//  1. Lock journal.lock exclusively (flock; LockFileEx), waiting at most
//     Options.LockWait. If it is not had, write the record as in "Spool".
//  2. Open the active segment, and journal.head. The head holds, in one line of
//     JSON, the journal id, the segment's first seq, its size, and the last
//     record's seq, hash and timestamp, and a checksum. If its checksum is right
//     and its size is the file's, it is the state to append to.
//  3. Otherwise read the state from the tail. The last line that is a whole
//     record counts. An unterminated tail that is the whole next record gets its
//     newline. Any other tail is torn: it gets a newline, keeps its place as a
//     line without a seq, and is hashed as a line, so that the next record's prev
//     covers it; that record names it in "torn", with the hash of the last whole
//     record. If a head with a right checksum knows of a later record than the
//     file has, the next record says so in "lost".
//  4. Rotate if the segment is full or of another day.
//  5. Write all that is to be written, the spool's records first, by one write;
//     what a short or failed write left is truncated. Then write the head.
//  6. Unlock, and with durability "fsync" wait for the data (fdatasync) outside
//     the lock, so that parallel writers share the disk's work.
//
// When Append returns, the record is in the file as every other process sees it,
// and with "fsync" it survives the loss of power.
//
// # Rotation
//
// Under the lock: sync the segment, empty journal.head, rename the segment to its
// first seq, create the new one, sync the folder, write the first line. The chain
// runs on through the rename.
//
// # Spool
//
// A spooled record is a file that appears by rename:
// {"captured_at":"T","metadata":{…},…}, a line without what only the lock can
// give. The next appender drains the spool: each record is numbered then, keeps
// T as captured_at and names its file in "spool". A file is removed once its
// record is on the disk; one whose name already stands near the journal's end is
// removed without being appended again.
//
// # Compression
//
// Older segments but the newest may be replaced by a compressed form, whose name has
// ".zst" behind. Where both are there, the compressed one does not count: it may be
// half of one. Offsets, in cursors and elsewhere, are those before compression.
//
// # Retention
//
// Only a prefix of whole segments is ever removed. Before that a record with
// "retention":{"through_seq":N,"hash":H} is appended and synced; H is the hash of
// record N. A journal that begins at seq N+1 is whole if a record in it says so.
package journal
