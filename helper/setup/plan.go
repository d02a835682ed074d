package setup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/lock"
)

// Plan is what a set-up or an undo would change. Nothing is done before Apply.
type Plan struct {
	Tool     string
	Edits    []Edit
	Links    []Link
	Warnings []string // what stays a problem, with the command that mends it
	Idle     string   // why there is nothing to change, unless the tool uses keyglot already
}

// Edit changes one file of another tool.
type Edit struct {
	File    string
	Added   []Entry
	Removed []Entry
	wanted  func(Entry) bool // which entries an undo is for
	undo    bool
	whole   bool // the file is set-up's own
	locked  bool // the tool itself makes FILE.lock while it writes: git
	steps   []step
}

// Entry is one setting that set-up wrote.
type Entry struct {
	Scope string  `json:"scope,omitempty"` // the host it is for; "" for all
	Key   string  `json:"key"`
	Value string  `json:"value"`
	Old   *string `json:"old,omitempty"`   // what it took the place of
	Reset bool    `json:"reset,omitempty"` // git: a line without value stands before it
}

// step makes one entry: the new content of the file from the old one.
type step struct {
	entry Entry
	gone  bool // the entry is one of set-up's own that is taken away
	sure  bool // the tool has said that it changes something
	edit  func(old []byte) ([]byte, error)
}

// Empty reports whether there is nothing to do.
func (p Plan) Empty() bool { return len(p.Edits) == 0 && len(p.Links) == 0 }

// add appends an edit of file with those steps that change something.
func (p *Plan) add(file string, locked bool, steps ...step) error {
	content, err := readFile(file)
	if err != nil {
		return err
	}
	e := Edit{File: file, locked: locked}
	for _, s := range steps {
		if !s.sure {
			next, err := s.edit(content)
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			if bytes.Equal(next, content) {
				continue
			}
			content = next
		}
		e.steps = append(e.steps, s)
		if s.gone {
			e.Removed = append(e.Removed, s.entry)
		} else {
			e.Added = append(e.Added, s.entry)
		}
	}
	if len(e.steps) > 0 {
		p.Edits = append(p.Edits, e)
	}
	return nil
}

// readFile reads a tool's file under the rules by which it will be edited. A
// file that is not there is nil.
func readFile(file string) ([]byte, error) {
	content, err := atomicfile.Read(file, atomicfile.Foreign, atomicfile.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return content, err
}

// Apply makes the changes of p and remembers them. One set-up runs at a time.
func (e *Env) Apply(ctx context.Context, p *Plan) error {
	if e.State == "" {
		return helper.Advise(errors.New("there is no folder to remember changes in (HOME is not set)"), "set HOME")
	}
	if err := atomicfile.MkdirAll(e.State); err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	held, err := lock.Acquire(bounded, filepath.Join(e.State, recordName+".lock"), lock.Exclusive)
	if err != nil {
		return err
	}
	defer held.Release()
	for _, l := range p.Links {
		if err := e.applyLink(l); err != nil {
			return err
		}
	}
	for _, edit := range p.Edits {
		links, err := e.apply(p.Tool, edit)
		if err != nil {
			return err
		}
		if links > 1 {
			p.Warnings = append(p.Warnings, fmt.Sprintf("%s had %d hard links; the others keep the old text", edit.File, links))
		}
	}
	return nil
}

func (e *Env) apply(tool string, edit Edit) (links int, err error) {
	made := missing(edit.File)
	links, err = e.change(tool, edit, made)
	if edit.undo && err == nil {
		return links, e.tidy(edit.File)
	}
	sweep(made) // those of an edit that did not come about
	return links, err
}

// change makes an edit under the tool's own lock. made are the folders that are
// not there yet.
func (e *Env) change(tool string, edit Edit, made []string) (links int, err error) {
	release, err := edit.hold()
	if err != nil {
		return 0, err
	}
	defer release()
	if edit.undo {
		return e.takeBack(tool, edit)
	}
	if err := mkdir(filepath.Dir(edit.File)); err != nil {
		return 0, err
	}
	r, err := e.record()
	if err != nil {
		return 0, err
	}
	noted := false
	edited, err := atomicfile.Edit(edit.File, atomicfile.Foreign, func(old []byte) ([]byte, error) {
		done := applied{Tool: tool, File: edit.File, Created: old == nil}
		content := old
		for _, s := range edit.steps {
			next, err := s.edit(content)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", edit.File, err)
			}
			if !s.gone {
				done.Entries = append(done.Entries, s.entry)
			}
			done.Splices = append(done.Splices, difference(content, next))
			content = next
		}
		if bytes.Equal(content, old) {
			return content, nil
		}
		done.After = sum(content)
		noted = true
		return content, e.write(r.with(done, made)) // before the file: an undo must know of what was cut off behind it
	})
	switch {
	case err == nil && edited.Changed:
		return edited.Links, nil
	case noted:
		err = errors.Join(err, e.write(r))
	}
	return 0, err
}

// mkdir makes a tool's own folder, for the user alone. One that is there is
// not judged: its modes are the tool's business.
func mkdir(dir string) error {
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return nil
	}
	return atomicfile.MkdirAll(dir)
}

// hold takes the lock by which git's own writers exclude each other: a file
// that must not be there yet, beside the real one.
func (edit Edit) hold() (release func(), err error) {
	if !edit.locked {
		return func() {}, nil
	}
	if !edit.undo {
		if err := mkdir(filepath.Dir(edit.File)); err != nil {
			return nil, err
		}
	}
	real := edit.File
	if path, err := filepath.EvalSymlinks(real); err == nil {
		real = path
	}
	path := real + ".lock"
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, helper.Advise(fmt.Errorf("%s is there: another program is changing %s", path, edit.File), "try again; if no git runs, remove it")
	}
	if errors.Is(err, fs.ErrNotExist) { // an undo, and not even the folder is there
		return func() {}, nil
	}
	if err != nil {
		return nil, err
	}
	return func() { _ = file.Close(); _ = os.Remove(path) }, nil
}
