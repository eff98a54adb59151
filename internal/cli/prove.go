package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/journal/archive"

	"github.com/spf13/cobra"
)

func (a *app) proveCommands() []*cobra.Command {
	return []*cobra.Command{a.verifyCommand(), a.headCommand()}
}

func (a *app) verifyCommand() *cobra.Command {
	var heads []string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check that the journal is whole, and name every fault",
		Long: `Check that the journal is whole, and name every fault.

Every line's hash is held against the next line's, over all segments, and the end
against journal.head. A chain that somebody rewrote from end to end is whole in
itself: only a head noted elsewhere earlier gives it away, so print one now and
then with 'agent-telemetry head', keep it where the agent cannot reach it, and
pass it with --head.

Exit code 1 if there is any sign of tampering. Torn lines are what an interrupted
append leaves behind; they are shown, and are no such sign.`,
		Example: "  agent-telemetry verify\n  agent-telemetry verify --head 1042:5e1f… --json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			opts := journal.VerifyOptions{Open: archive.Open}
			for _, text := range heads {
				n, err := journal.ParseNoted(text)
				if err != nil {
					return usageError{err}
				}
				opts.Noted = append(opts.Noted, n)
			}
			return a.verify(cmd.Context(), opts, asJSON)
		},
	}
	cmd.Flags().StringArrayVar(&heads, "head", nil, "hold the journal against a head noted earlier, `SEQ:HASH`; may be repeated")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the report as JSON")
	return cmd
}

func (a *app) verify(ctx context.Context, opts journal.VerifyOptions, asJSON bool) error {
	start := a.now()
	progress := newProgress(a.err, a.now)
	opts.Progress = progress.show
	r, err := journal.Verify(ctx, a.journalFolder(), opts)
	progress.clear()
	if err != nil {
		return fmt.Errorf("verify the journal in %s: %w", a.journalFolder(), err)
	}
	if asJSON {
		e := json.NewEncoder(a.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(struct {
			Intact bool `json:"intact"`
			*journal.Report
		}{r.Intact(), r})
	} else {
		err = printReport(a.out, a.journalFolder(), r, a.now().Sub(start))
	}
	if err == nil && !r.Intact() {
		return errSaid
	}
	return err
}

func printReport(w io.Writer, data string, r *journal.Report, took time.Duration) error {
	faults := 0
	for i := range r.Faults {
		fmt.Fprintln(w, r.Faults[i].String())
		if r.Faults[i].Tampering() {
			faults++
		}
	}
	if len(r.Faults) > 0 {
		fmt.Fprintln(w)
	}
	if r.Records == 0 && faults == 0 {
		_, err := fmt.Fprintf(w, "No records yet in %s.\n", data)
		return err
	}
	fmt.Fprintf(w, "%s records, %d to %d, in %d %s, %s, read in %s\n", thousands(r.Records), r.First, r.Last,
		r.Segments, plural(r.Segments, "segment"), size(r.Bytes), took.Round(time.Millisecond))
	if r.Head != "" {
		fmt.Fprintf(w, "journal %s, head %s\n", r.Journal, r.Head)
	}
	if faults > 0 {
		_, err := fmt.Fprintf(w, "BROKEN: %d %s. Keep this folder as it is, and compare it with a copy or with Loki's.\n", faults, plural(faults, "sign")+" of tampering")
		return err
	}
	torn := ""
	if n := len(r.Faults); n > 0 {
		torn = fmt.Sprintf(" (%d torn %s from interrupted appends)", n, plural(n, "line"))
	}
	_, err := fmt.Fprintf(w, "WHOLE%s\n", torn)
	return err
}

func (a *app) headCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "head",
		Short: "Print the journal's head, SEQ:HASH, to note it elsewhere",
		Long: `Print the journal's head, SEQ:HASH: the number and the hash of its last record.

Whoever has it can later show, with 'agent-telemetry verify --head SEQ:HASH', that
the journal up to that record is the one it was.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			head, err := journal.ReadEnd(a.journalFolder())
			if err != nil {
				return fmt.Errorf("read the head of the journal in %s: %w", a.journalFolder(), err)
			}
			if head.Seq == 0 {
				return fmt.Errorf("no records yet in %s", a.journalFolder())
			}
			_, err = fmt.Fprintln(a.out, journal.Noted{Seq: head.Seq, Hash: head.Hash})
			return err
		},
	}
}
