package cli

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"agent-telemetry/internal/journal"
	"agent-telemetry/internal/query"

	"github.com/spf13/cobra"
)

// exportFlags are the flags of export.
type exportFlags struct {
	filterFlags
	format, to string
}

func (a *app) exportCommand() *cobra.Command {
	var flags exportFlags
	cmd := &cobra.Command{
		Use:   "export [TEXT]",
		Short: "Write records to a file, as JSON lines or CSV",
		Long: `Write every record that the filters select to a file, oldest first: as the journal's
own lines, or as CSV that no spreadsheet takes for formulas. A file appears whole or
not at all.`,
		Example: "  agent-telemetry export -o june.jsonl --since 2026-06-01 --until 2026-07-01\n  agent-telemetry export --format csv --outside -o outside.csv",
		Args:    atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := flags.filter(args, a.now())
			if err != nil {
				return err
			}
			if o := output(flags.format); o != asJSONL && o != asCSV {
				return usageError{fmt.Errorf("--format %s: write jsonl or csv", flags.format)}
			}
			return a.export(cmd.Context(), f, &flags)
		},
	}
	flags.add(cmd)
	cmd.Flags().StringVar(&flags.format, "format", string(asJSONL), "jsonl or csv")
	cmd.Flags().StringVarP(&flags.to, "out", "o", "", "write to this `file` (default: standard output)")
	return cmd
}

func (a *app) export(ctx context.Context, f query.Filter, flags *exportFlags) error {
	if flags.to == "" || flags.to == "-" {
		n, err := a.exportTo(ctx, f, flags, a.out)
		if err == nil && n == 0 {
			a.tellCount(0, 0)
		}
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(flags.to), ".export-*")
	if err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	n, err := a.exportTo(ctx, f, flags, file)
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), flags.to)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("write the export to %s: %w", flags.to, err)
	}
	fmt.Fprintf(a.err, "%s %s in %s.\n", thousands(n), plural(int(min(n, 2)), "record"), flags.to)
	return nil
}

func (a *app) exportTo(ctx context.Context, f query.Filter, flags *exportFlags, w io.Writer) (n int64, err error) {
	from, total, err := a.exported(ctx, f)
	if err != nil {
		return 0, usage(err)
	}
	defer from.close()
	buffered := bufio.NewWriterSize(w, 256<<10)
	var out sink = &jsonlSink{w: buffered}
	if output(flags.format) == asCSV {
		out = &csvSink{w: csv.NewWriter(buffered)}
	}
	progress := newProgress(a.err, a.now)
	progress.unit = " records"
	defer progress.clear()
	err = from.each(ctx, f, func(c chosen) error {
		n++
		progress.show(n, max(n, total))
		return out.put(c)
	})
	if err == nil {
		err = out.end()
	}
	if err == nil {
		err = buffered.Flush()
	}
	return n, usage(err)
}

// exported opens what is to be exported, and tells about how many records that
// will be. For all of a stretch of time the journal itself is the quickest.
func (a *app) exported(ctx context.Context, f query.Filter) (source, int64, error) {
	if len(f.Terms) == 0 && a.addrFlag == "" {
		head, err := journal.ReadEnd(a.journalFolder())
		return scanned{data: a.journalFolder()}, int64(head.Seq), err
	}
	from, err := a.source(ctx)
	if err != nil {
		return nil, 0, err
	}
	index, ok := from.(*asked)
	if !ok {
		return from, 0, nil
	}
	c, err := index.engine.Count(ctx, query.CountQuery{Filter: f, Unit: query.Records})
	if err != nil {
		return nil, 0, errors.Join(err, from.close())
	}
	return from, c.Total, nil
}
