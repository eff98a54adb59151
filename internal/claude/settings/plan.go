package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
)

// Action is what a Plan does to its file.
type Action string

// The actions of a Plan.
const (
	Create Action = "create"
	Edit   Action = "edit"
	Keep   Action = "keep"
	Delete Action = "delete"
)

// BackupSuffix ends the name of the copy of a file as it was before us.
const BackupSuffix = ".before-agent-telemetry"

// Plan is an edit that is worked out but not made: print it, then Apply it or
// let it be.
type Plan struct {
	File    File     `json:"file"`
	Action  Action   `json:"action"`
	Changes []Change `json:"changes"`
	// Backup is the copy of the file as it was before us. Install writes it if
	// SaveBackup says so, which it does where the file has no entry of ours;
	// uninstall takes it away if DropBackup says so, since the file is the same.
	Backup     string `json:"backup"`
	SaveBackup bool   `json:"save_backup"`
	DropBackup bool   `json:"drop_backup"`

	existed       bool
	before, after []byte
}

// Unchanged reports whether the file already says what is wanted.
func (p Plan) Unchanged() bool { return p.Action == Keep }

// Count is how many events undergo a kind of change.
func (p Plan) Count(kind Kind) int {
	n := 0
	for _, change := range p.Changes {
		if change.Kind == kind {
			n++
		}
	}
	return n
}

// Result is the content of the file once the plan is applied.
func (p Plan) Result() []byte { return bytes.Clone(p.after) }

// PlanInstall works out how to put the hook into a settings file.
func PlanInstall(file File, hook Hook) (Plan, error) {
	if err := hook.validate(); err != nil {
		return Plan{}, err
	}
	plan, err := open(file)
	if err != nil {
		return Plan{}, err
	}
	doc, err := parse(file.Path, plan.before)
	if err != nil {
		return Plan{}, err
	}
	if plan.Changes, err = doc.install(hook); err != nil {
		return Plan{}, err
	}
	plan.after = doc.bytes()
	switch {
	case !plan.existed:
		plan.Action = Create
	case plan.Count(Unchanged) < len(plan.Changes):
		plan.Action = Edit
		plan.SaveBackup = plan.Count(Added) == len(plan.Changes)
	default:
		plan.after = plan.before
	}
	return plan, nil
}

// PlanUninstall works out how to take out of a settings file what install put
// in. Where nothing else was changed since, the bytes of the backup come back.
func PlanUninstall(file File) (Plan, error) {
	plan, err := open(file)
	if err != nil || !plan.existed {
		return plan, err
	}
	doc, err := parse(file.Path, plan.before)
	if err != nil {
		return Plan{}, err
	}
	if plan.Changes, err = doc.uninstall(); err != nil || len(plan.Changes) == 0 {
		return plan, err
	}
	plan.Action, plan.after = Edit, doc.bytes()
	backup, err := os.ReadFile(plan.Backup)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if len(doc.root.Members) == 0 {
			plan.Action, plan.after = Delete, nil
		}
	case err != nil:
		return Plan{}, fmt.Errorf("read the copy of the settings before installation: %w", err)
	case restores(file.Path, backup, plan.after):
		plan.after, plan.DropBackup = backup, true
	}
	return plan, nil
}

// restores reports whether backup is what a stripped file was before the hook
// was installed: installing into it and taking out again gives the same.
func restores(file string, backup, stripped []byte) bool {
	doc, err := parse(file, backup)
	if err != nil {
		return false
	}
	changes, err := doc.install(Hook{Command: "/" + Name, Timeout: DefaultTimeout})
	if err != nil || slices.ContainsFunc(changes, func(c Change) bool { return c.Kind != Added }) {
		return false
	}
	doc, err = parse(file, doc.bytes())
	if err != nil {
		return false
	}
	_, err = doc.uninstall()
	return err == nil && bytes.Equal(doc.bytes(), stripped)
}

// open reads the file of a plan, which keeps it as it is.
func open(file File) (Plan, error) {
	plan := Plan{File: file, Action: Keep, Backup: file.Path + BackupSuffix}
	content, err := os.ReadFile(file.Path)
	switch {
	case err == nil:
		plan.existed = true
	case !errors.Is(err, fs.ErrNotExist):
		return Plan{}, fmt.Errorf("read settings file %s: %w", file.Path, err)
	default:
		if target, err := os.Readlink(file.Path); err == nil {
			return Plan{}, fmt.Errorf("settings file %s is a link to %s, which does not exist: create that file or remove the link, then run this again", file.Path, target)
		}
	}
	plan.before, plan.after = content, content
	return plan, nil
}

// Apply makes the edit. The file is replaced as a whole, so that a reader sees
// it before or after, and is durable when Apply returns. A file that changed
// since the plan was made is left alone.
func (p Plan) Apply() error {
	if p.Unchanged() {
		return nil
	}
	content, err := os.ReadFile(p.File.Path)
	if (err == nil) != p.existed || !bytes.Equal(content, p.before) {
		return fmt.Errorf("settings file %s changed while it was being edited: run this again", p.File.Path)
	}
	if p.SaveBackup {
		if err := replace(p.Backup, p.before, 0o600, true); err != nil {
			return fmt.Errorf("keep a copy of %s: %w", p.File.Path, err)
		}
	}
	if p.Action == Delete {
		err = remove(p.File.Path)
	} else {
		err = replace(p.File.Path, p.after, 0o644, p.File.Level == Managed)
	}
	if err != nil {
		return fmt.Errorf("write settings file %s: %w", p.File.Path, err)
	}
	if p.DropBackup {
		if err := os.Remove(p.Backup); err != nil {
			return fmt.Errorf("remove the copy %s, which is no longer needed: %w", p.Backup, err)
		}
	}
	return nil
}

// Install puts the hook into a settings file and tells what that changed.
func Install(file File, hook Hook) (Plan, error) {
	plan, err := PlanInstall(file, hook)
	if err != nil {
		return Plan{}, err
	}
	return plan, plan.Apply()
}

// Uninstall takes out of a settings file what Install put in.
func Uninstall(file File) (Plan, error) {
	plan, err := PlanUninstall(file)
	if err != nil {
		return Plan{}, err
	}
	return plan, plan.Apply()
}
