package cli

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/dockerconfig"
)

// importing is one import under way.
type importing struct {
	*importCommand
	format
	a *app
	s *settings
	h *helper.Helper

	progress *progress
	seen     map[helper.Key]bool            // by the key in the store: whether the store holds it now as the first entry has it
	kept     map[string]map[helper.Key]bool // by file, "" without one, and by the key there: what the store holds now as it is there
	own      map[string]string              // where own stores lie, by name
	files    []string                       // that were read
	skipped  []skipped
	rows     [][]string // what a dry run would do
	would    *drawer    // and what of it comes before
	view     importView
}

// skipped is something that was not imported.
type skipped struct {
	path   string // of the file, if it stands in one
	line   int
	key    *helper.Key
	what   string // the service, if it is known
	reason string
}

// originImport comes before the format's name in a record's origin.
const originImport = "import:"

func (i *importing) run(ctx context.Context) error {
	i.rows = [][]string{{"SERVICE", "ACCOUNT", "KIND", "WOULD BE"}}
	paths := []string{i.Path}
	var tool helper.Store
	if i.Path == "" && i.paths != nil {
		paths = i.paths
	} else if i.Path == "" {
		var err error
		if tool, err = i.a.openSource(ctx, i.s, i.source); err != nil {
			return err
		}
		if _, ok := tool.(helper.Yielder); !ok && i.DeleteSource && i.remove == nil {
			return &fault{Reason: "source_fixed", Message: "keyglot cannot take entries out of where this tool keeps them", Advice: "leave --delete-source out, and log out with the tool itself"}
		}
		paths = nil
		if elsewhere, ok := tool.(helper.Unfiled); ok && i.unfiled {
			tool = elsewhere.Unfiled()
		} else if filed, ok := tool.(helper.Filed); ok {
			paths = filed.Files()
		}
	}
	for _, path := range paths {
		if err := i.file(ctx, path); err != nil {
			return err
		}
	}
	if tool != nil && !i.only {
		if err := i.rest(ctx, tool); err != nil {
			return err
		}
	}
	if i.ViaHelper {
		if err := i.viaHelpers(ctx, paths); err != nil {
			return err
		}
	}
	if len(i.files) == 0 && !i.any() {
		return i.nothing(paths)
	}
	if !i.DryRun {
		i.rows = nil
	}
	if i.DeleteSource && !i.DryRun {
		return i.clear(ctx, tool)
	}
	return nil
}

// nothing says where was looked in vain.
func (i *importing) nothing(paths []string) error {
	looked := "name the file: keyglot auth import " + i.Format + " FILE"
	if paths = slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return path == "" }); len(paths) > 0 {
		looked = "looked for " + strings.Join(paths, " and ") + "; " + looked
	} else if i.parse == nil {
		looked = "see docs/sources.md for where it is looked"
	}
	return &fault{Reason: "not_found", Message: "there is nothing to import: " + i.Format + " keeps no credentials here", Advice: looked, Err: helper.ErrNotFound}
}

// openSource opens a source, whether it is switched on or not.
func (a *app) openSource(ctx context.Context, s *settings, name string) (helper.Store, error) {
	known := a.sources()
	at := slices.IndexFunc(known, func(b helper.Backend) bool { return b.Name == name })
	if at < 0 {
		return nil, &fault{Reason: "unknown_format", Message: "there is nothing of that name to import from here", Advice: "name the file", Err: helper.ErrUnsupported}
	}
	place, err := a.configured(s, known[at])
	if err != nil {
		return nil, err
	}
	store, err := place.Open(ctx, place.Env)
	if err != nil {
		return nil, &helper.StoreError{Store: helper.SourcePrefix + name, Op: "open", Err: err}
	}
	return store, nil
}

// file imports what stands in a file. One that is named must be there.
func (i *importing) file(ctx context.Context, path string) error {
	if path == "" || i.parse == nil {
		return nil
	}
	data, err := atomicfile.Read(path, i.judge(), atomicfile.MaxSize)
	if errors.Is(err, fs.ErrNotExist) && i.Path == "" {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		return &fault{Reason: "not_found", Message: "there is no such file", Advice: "leave it out to read where the tool looks", Err: helper.ErrNotFound}
	}
	if err != nil {
		return err
	}
	items, left, err := i.parse(data, path)
	if errors.Is(err, helper.ErrInvalid) { // which would be a bad command
		return errors.New(show(path) + ": " + err.Error())
	}
	if err != nil {
		return err
	}
	if refused, ok := errors.AsType[*atomicfile.Refused](exposed(path)); ok && i.judge() == atomicfile.Foreign {
		i.a.warn(refused.Error() + "; to mend: " + refused.Fix)
	}
	i.files = append(i.files, path)
	for _, skip := range left {
		if i.ViaHelper && skip.Reason == dockerconfig.KeptByHelper {
			continue // it is asked
		}
		i.skipped = append(i.skipped, skipped{path: path, line: skip.Line, reason: skip.Reason})
	}
	return i.take(ctx, path, items...)
}

// exposed is why a file with secrets is not for others' eyes (AUTH-66).
func exposed(path string) error {
	_, err := atomicfile.Read(path, atomicfile.ForeignPrivate, atomicfile.MaxSize)
	return err
}

// rest imports what the source finds elsewhere: in a keyring.
func (i *importing) rest(ctx context.Context, tool helper.Store) error {
	entries, err := tool.List(ctx)
	if err != nil {
		return &helper.StoreError{Store: helper.SourcePrefix + i.source, Op: "list", Err: err}
	}
	var items []helper.Item
	for _, e := range entries {
		if _, again := i.seen[i.key(i.destination(e).Key)]; again {
			continue
		}
		c, err := tool.Load(ctx, e.Key)
		switch {
		case errors.Is(err, helper.ErrNotFound): // gone since, or another thing than its name says
		case errors.Is(err, helper.ErrInvalid):
			i.skipped = append(i.skipped, skipped{key: &e.Key, what: who(e), reason: "what is stored there is not what the tool writes"})
		case err != nil:
			return &helper.StoreError{Store: helper.SourcePrefix + i.source, Op: "load", Err: err}
		default:
			current, err := isCurrent(ctx, tool, e.Key)
			if err != nil {
				return &helper.StoreError{Store: helper.SourcePrefix + i.source, Op: "load", Err: err}
			}
			items = append(items, helper.Item{Credential: c, Current: current})
		}
	}
	return i.take(ctx, "", items...)
}

// isCurrent reports whether an account is its tool's current one.
func isCurrent(ctx context.Context, tool helper.Store, k helper.Key) (bool, error) {
	knowing, ok := tool.(helper.Selector)
	if !ok {
		return false, nil
	}
	user, ok, err := knowing.Selected(ctx, k.Target)
	return ok && user == k.User, err
}
