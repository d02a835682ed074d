package setup

import (
	"bytes"
	"fmt"
	"slices"

	"keyglot/helper/atomicfile"
)

// editor is how a tool's file is read and changed without the record.
type editor struct {
	// own returns the entries of keyglot's that are in the file, by their look:
	// for a file of which nothing is remembered.
	own func(text []byte) ([]Entry, error)
	// remove takes an entry away or puts back what it took the place of.
	remove func(text []byte, entry Entry) ([]byte, error)
	// bare reports whether there is nothing in a file but its form; nil: it has
	// none.
	bare func(text []byte) bool
}

// taking takes back everything that wanted accepts, newest first: exactly, as
// long as the file is as set-up left it; entry by entry otherwise.
type taking struct {
	tool, file string
	wanted     func(Entry) bool
	editor     editor
	whole      bool // the file is set-up's own: it goes when it is empty
}

// undo adds to p the edits that take back what set-up did for a tool: to the
// file that the tool reads, and to those that it read when set-up was run.
func (e *Env) undo(p *Plan, t taking, locked bool) error {
	r, err := e.record()
	if err != nil {
		return err
	}
	files := []string{t.file}
	for _, a := range r.Applied {
		if a.Tool == t.tool && !slices.Contains(files, a.File) {
			files = append(files, a.File)
		}
	}
	for _, t.file = range files {
		if err := t.undo(p, r, locked); err != nil {
			return err
		}
	}
	return nil
}

// undo adds to p the edit of one file.
func (t taking) undo(p *Plan, r record, locked bool) error {
	edit := Edit{File: t.file, wanted: t.wanted, whole: t.whole, undo: true, locked: locked}
	edit.steps = []step{{edit: func(old []byte) ([]byte, error) {
		text, removed, err := t.back(r, old)
		edit.Removed = removed
		return text, err
	}}}
	content, err := readFile(t.file)
	if err != nil {
		return err
	}
	if _, err = edit.steps[0].edit(content); err != nil {
		return err
	}
	if len(edit.Removed) > 0 || slices.ContainsFunc(r.Applied, func(a applied) bool {
		return a.Tool == t.tool && a.File == t.file && slices.ContainsFunc(a.Entries, t.wanted)
	}) {
		p.Edits = append(p.Edits, edit)
	}
	return nil
}

func (t taking) back(r record, text []byte) (left []byte, removed []Entry, err error) {
	known, created, stays := false, false, false
	for _, a := range slices.Backward(r.Applied) {
		if a.Tool != t.tool || a.File != t.file {
			continue
		}
		whole := !slices.ContainsFunc(a.Entries, func(entry Entry) bool { return !t.wanted(entry) })
		created, stays = created || a.Created, stays || !whole
		if !slices.ContainsFunc(a.Entries, t.wanted) {
			continue
		}
		known = true
		if before, ok := a.reverse(text); whole && ok {
			text = before
			removed = append(removed, a.Entries...)
			continue
		}
		for _, entry := range slices.Backward(a.Entries) {
			if t.wanted(entry) {
				if text, removed, err = t.take(text, entry, removed); err != nil {
					return nil, nil, err
				}
			}
		}
	}
	if known && created && !stays && t.editor.bare != nil && t.editor.bare(text) {
		return nil, removed, nil
	}
	if known {
		return text, removed, nil
	}
	own, err := t.editor.own(text)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", t.file, err)
	}
	for _, entry := range own {
		if t.wanted(entry) {
			if text, removed, err = t.take(text, entry, removed); err != nil {
				return nil, nil, err
			}
		}
	}
	return text, removed, nil
}

func (t taking) take(text []byte, entry Entry, removed []Entry) ([]byte, []Entry, error) {
	left, err := t.editor.remove(text, entry)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", t.file, err)
	}
	if !bytes.Equal(left, text) {
		removed = append(removed, entry)
	}
	return left, removed, nil
}

// takeBack applies an undo. A file that set-up made, and that has nothing else
// in it, goes.
func (e *Env) takeBack(tool string, edit Edit) (links int, err error) {
	r, err := e.record()
	if err != nil {
		return 0, err
	}
	empty := false
	edited, err := atomicfile.Edit(edit.File, atomicfile.Foreign, func(old []byte) ([]byte, error) {
		text, err := edit.steps[0].edit(old)
		empty = len(text) == 0
		return text, err
	})
	if err != nil {
		return 0, err
	}
	if created := r.forget(tool, edit); (created || edit.whole) && empty { // also where an undo was cut off before this
		if err := atomicfile.RemoveBlank(edited.Path); err != nil {
			return 0, err
		}
	}
	return edited.Links, e.write(r)
}

// forget drops what an undo has taken back, and reports whether set-up had
// made the file. What stays of it there knows that from now on.
func (r *record) forget(tool string, edit Edit) (created bool) {
	kept := r.Applied[:0]
	for _, a := range r.Applied {
		if a.Tool == tool && a.File == edit.File {
			before := len(a.Entries)
			a.Entries = slices.DeleteFunc(a.Entries, edit.wanted)
			if len(a.Entries) < before {
				created = created || a.Created
				a.Splices, a.After = nil, ""
			}
			if len(a.Entries) == 0 {
				continue
			}
		}
		kept = append(kept, a)
	}
	r.Applied = kept
	if i := slices.IndexFunc(kept, func(a applied) bool { return a.Tool == tool && a.File == edit.File }); i >= 0 && created {
		kept[i].Created = true
	}
	return created
}
