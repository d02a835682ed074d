package netrc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	format "keyglot/helper/format/netrc"
)

// rule is what a netrc must obey before it is read (NET-13) and edited (NET-39).
func (r run) rule() atomicfile.Rule {
	if o, ok := r.Options.(*Options); ok && o.AllowLooseMode {
		return atomicfile.Foreign
	}
	return atomicfile.ForeignPrivate
}

// open reads a netrc file.
func (r run) open(path string) (*format.File, error) {
	data, err := atomicfile.Read(path, r.rule(), atomicfile.MaxSize)
	if err != nil {
		return nil, mended(err)
	}
	return format.Parse(data), nil
}

// mended puts the way out into the one line of an error about a file.
func mended(err error) error {
	refused, ok := errors.AsType[*atomicfile.Refused](err)
	if !ok || refused.Fix == "" {
		return err
	}
	return &said{names([]string{refused.Error()}) + ": " + names([]string{refused.Fix}), []error{err}}
}

// clear removes from the file what was kept, after it was read back from the
// store; the file too, if nothing but white space is left.
func (r run) clear(ctx context.Context, path string, kept []put) error {
	for _, p := range kept {
		_, same, err := r.holds(ctx, p.Credential)
		if err == nil && !same {
			err = errors.New("the store gives back another password; the file stays as it was")
		}
		if err != nil {
			return atLine(p.line, err)
		}
	}
	var left []byte
	var stranded []format.Skipped
	edited, err := atomicfile.Edit(path, r.rule(), func(old []byte) ([]byte, error) {
		text, macros, err := format.Parse(old).Delete(r.among(kept))
		left, stranded = []byte(text), macros
		return left, err
	})
	if err != nil {
		return mended(err)
	}
	fmt.Fprintf(r.Stderr, "Removed %d from %s\n", len(kept), names([]string{path}))
	for _, s := range stranded {
		r.warn("warning: %s stays where its entry was; ftp programs take it for the entry before", names([]string{s.What}))
	}
	if edited.Links > 1 {
		r.warn("warning: %s has %d more names, which keep what it held", names([]string{path}), edited.Links-1)
	}
	if len(bytes.TrimSpace(left)) > 0 || edited.Path != path {
		return nil // a file that a symlink leads to is somebody's arrangement
	}
	return removeBlank(path)
}

// among picks the entries that say what was kept.
func (r run) among(kept []put) func(format.Entry) bool {
	secrets := map[helper.Key]helper.Secret{}
	for _, p := range kept {
		secrets[p.Key] = p.Secret
	}
	return func(e format.Entry) bool {
		c, err := r.credential(e)
		secret, ok := secrets[c.Key]
		return err == nil && ok && secret.Equal(c.Secret)
	}
}

// removeBlank removes a file that still holds nothing.
func removeBlank(path string) error {
	data, err := os.ReadFile(path)
	if err != nil || len(bytes.TrimSpace(data)) > 0 {
		return err
	}
	return os.Remove(path)
}
