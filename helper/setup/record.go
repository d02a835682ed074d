package setup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"keyglot/helper/atomicfile"
)

// recordName is the file in the state folder that says what set-up did. Undo
// works without it too, but may leave a blank line that set-up did not find.
const recordName = "setup.json"

type record struct {
	V       int       `json:"v"`
	Applied []applied `json:"applied,omitempty"`
	Links   []Link    `json:"links,omitempty"`
	Folders []string  `json:"folders,omitempty"` // made for the files of Applied
}

// applied is one edit of one file.
type applied struct {
	Tool    string   `json:"tool"`
	File    string   `json:"file"`
	Created bool     `json:"created,omitempty"`
	Entries []Entry  `json:"entries"`
	Splices []splice `json:"splices"` // as exact as the file stays as it was left
	After   string   `json:"after"`   // SHA-256 of the file as it was left
}

// splice is a part of a file that was replaced. It never spans what was there
// before on both sides, so it holds nothing of the user's but a value that
// gave way.
type splice struct {
	At  int    `json:"at"`
	Old []byte `json:"old,omitempty"`
	New []byte `json:"new,omitempty"`
}

// difference is the one part in which two texts differ.
func difference(old, text []byte) splice {
	at := 0
	for at < len(old) && at < len(text) && old[at] == text[at] {
		at++
	}
	end := 0
	for end < len(old)-at && end < len(text)-at && old[len(old)-1-end] == text[len(text)-1-end] {
		end++
	}
	return splice{at, slices.Clone(old[at : len(old)-end]), slices.Clone(text[at : len(text)-end])}
}

// reverse takes the splices back. ok is false if the file is not as it was left.
func (a applied) reverse(text []byte) (before []byte, ok bool) {
	if sum(text) != a.After {
		return nil, false
	}
	for _, s := range slices.Backward(a.Splices) {
		if s.At < 0 || s.At+len(s.New) > len(text) || !bytes.Equal(text[s.At:s.At+len(s.New)], s.New) {
			return nil, false
		}
		text = slices.Concat(text[:s.At], s.Old, text[s.At+len(s.New):])
	}
	return text, true
}

func sum(text []byte) string {
	hash := sha256.Sum256(text)
	return hex.EncodeToString(hash[:])
}

// record reads what is remembered. A damaged file counts as none.
func (e *Env) record() (record, error) {
	if e.State == "" {
		return record{V: 1}, nil
	}
	text, err := atomicfile.Read(filepath.Join(e.State, recordName), atomicfile.Sealed, atomicfile.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return record{V: 1}, nil
	}
	if err != nil {
		return record{}, err
	}
	var r record
	if json.Unmarshal(text, &r) != nil || r.V != 1 {
		return record{V: 1}, nil
	}
	return r, nil
}

// Remembers reports whether set-up has changed something for a tool that was
// not taken back.
func (e *Env) Remembers(t Tool) bool {
	r, err := e.record()
	return err != nil || slices.ContainsFunc(r.Applied, func(a applied) bool { return a.Tool == t.Name() })
}

// wrote reports whether set-up wrote an entry.
func (r record) wrote(tool, key, value string) bool {
	_, ok := r.entry(tool, key, value)
	return ok
}

// entry is what set-up wrote as a line.
func (r record) entry(tool, key, value string) (Entry, bool) {
	for _, a := range r.Applied {
		i := slices.IndexFunc(a.Entries, func(entry Entry) bool { return sameKey(entry.Key, key) && entry.Value == value })
		if a.Tool == tool && i >= 0 {
			return a.Entries[i], true
		}
	}
	return Entry{}, false
}

func (e *Env) write(r record) error {
	path := filepath.Join(e.State, recordName)
	if len(r.Applied)+len(r.Links)+len(r.Folders) == 0 {
		return atomicfile.Remove(path)
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("%s: %w", recordName, err)
	}
	return atomicfile.Write(path, append(text, '\n'))
}

// with is the record that has one more edit, and the folders made for it.
func (r record) with(a applied, made []string) record {
	r.Applied = append(slices.Clip(r.Applied), a)
	r.Folders = slices.Clip(r.Folders)
	for _, dir := range made {
		if !slices.Contains(r.Folders, dir) {
			r.Folders = append(r.Folders, dir)
		}
	}
	return r
}

func (e *Env) rememberLink(l Link) error {
	r, err := e.record()
	if err != nil {
		return err
	}
	r.Links = slices.DeleteFunc(r.Links, func(other Link) bool { return other.Path == l.Path })
	if !l.Remove {
		r.Links = append(r.Links, l)
	}
	return e.write(r)
}
