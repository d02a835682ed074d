package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/config"
	"keyglot/helper/helpertest"
)

// shelf is a catalogue of stores in memory: what each says when it is opened.
type shelf struct {
	opens    map[string]int
	backends []helper.Backend
}

func newShelf(rows ...helper.Backend) *shelf {
	s := &shelf{opens: map[string]int{}}
	for _, b := range rows {
		open := b.Open
		b.Kinds = []helper.Kind{helper.Basic}
		b.Open = func(ctx context.Context, env helper.Env) (helper.Store, error) {
			s.opens[b.Name]++
			if open != nil {
				return open(ctx, env)
			}
			return &helpertest.Store{}, nil
		}
		s.backends = append(s.backends, b)
	}
	return s
}

func failing(err error) func(context.Context, helper.Env) (helper.Store, error) {
	return func(context.Context, helper.Env) (helper.Store, error) { return nil, err }
}

// someone is an app of a user with a config.toml and environment variables.
func someone(t *testing.T, s *shelf, config string, env map[string]string) *app {
	t.Helper()
	home := t.TempDir()
	if err := os.MkdirAll(filepath.Join(home, ".config", "keyglot"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, ".config", "keyglot", "config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	getenv := func(name string) string {
		if name == "HOME" || name == "USERPROFILE" {
			return home
		}
		if name == "XDG_CONFIG_HOME" || name == "APPDATA" || name == "AppData" {
			return filepath.Join(home, ".config")
		}
		return env[name]
	}
	return &app{
		Process:  Process{Getenv: getenv, Environ: func() []string { return nil }, Now: time.Now},
		backends: s.backends, notice: func(string) {},
	}
}

// order tells the stores as they are asked: named ones with "!", those passed
// over with "?"; the first is the chosen one.
func order(t *testing.T, a *app) (string, error) {
	t.Helper()
	h, err := a.helper(t.Context())
	if err != nil {
		return "", err
	}
	var list []string
	for _, p := range h.Places {
		name := p.Name
		if p.Named {
			name += "!"
		}
		if p.Passed {
			name += "?"
		}
		list = append(list, name)
	}
	return strings.Join(list, " "), nil
}

// F1, F2, F3, F4, STO-30, STO-31, STO-32: which store is chosen.
func TestChoice(t *testing.T) {
	t.Parallel()
	noBus := fmt.Errorf("no session bus: %w", helper.ErrUnavailable)
	bus, file := helper.Backend{Name: "bus"}, helper.Backend{Name: "file"}
	away, locked := bus, bus
	away.Open, locked.Open = failing(noBus), failing(helper.ErrLocked)
	pass := helper.Backend{Name: "pass", ByName: true, ByVariable: true}
	chain := helper.Backend{Name: "chain", ByName: true}
	plain := helper.Backend{Name: "plain", ByName: true, Plaintext: true}
	for name, c := range map[string]struct {
		stores []helper.Backend
		config string
		env    string
		flag   string
		order  string
		passed string
		err    error
	}{
		"the first that opens":                            {stores: []helper.Backend{bus, file, plain}, order: "bus file plain"},
		"one that is not there is passed over":            {stores: []helper.Backend{away, file, plain}, order: "file bus? plain", passed: "bus: no session bus"},
		"SEC-83: one that is locked stays chosen":         {stores: []helper.Backend{locked, file}, order: "bus file"},
		"one by name is never chosen by itself":           {stores: []helper.Backend{plain, pass, file}, order: "file plain pass"},
		"none":                                            {stores: []helper.Backend{away, plain}, passed: "bus: no session bus", err: helper.ErrUnavailable},
		"the file's choice":                               {stores: []helper.Backend{bus, file, pass}, config: `backend = "pass"`, order: "pass! bus file"},
		"the file's list":                                 {stores: []helper.Backend{bus, file, pass}, config: `backend = ["pass", "file"]`, order: "pass! file! bus"},
		"auto in the file":                                {stores: []helper.Backend{away, file}, config: `backend = "auto"`, order: "file bus?", passed: "bus: no session bus"},
		"the variable before the file":                    {stores: []helper.Backend{bus, file, pass}, config: `backend = "bus"`, env: "file", order: "file! bus pass"},
		"auto in the variable":                            {stores: []helper.Backend{bus, file}, config: `backend = "file"`, env: "auto", order: "bus file"},
		"the flag before the variable":                    {stores: []helper.Backend{bus, file, pass}, env: "file", flag: "bus", order: "bus! file pass"},
		"auto by flag":                                    {stores: []helper.Backend{bus, file}, env: "file", flag: "auto", order: "bus file"},
		"the variable alone chooses pass":                 {stores: []helper.Backend{bus, pass}, env: "pass", order: "pass! bus"},
		"SEC-28: but not what others run or read":         {stores: []helper.Backend{bus, chain}, env: "chain", err: helper.ErrDenied},
		"SEC-28, AUTH-38: nor plain text":                 {stores: []helper.Backend{bus, plain}, env: "plain", err: helper.ErrDenied},
		"unless the file names it too":                    {stores: []helper.Backend{bus, plain}, config: `backend = ["bus", "plain"]`, env: "plain", order: "plain! bus"},
		"plain text by flag":                              {stores: []helper.Backend{bus, plain}, flag: "plain", order: "plain! bus"},
		"AUTH-38: not where the file forbids it":          {stores: []helper.Backend{bus, plain}, config: `allow_plaintext = false`, flag: "plain", err: helper.ErrDenied},
		"AUTH-38: nor by the file that forbids it":        {stores: []helper.Backend{bus, plain}, config: "allow_plaintext = false\nbackend = \"plain\"", err: helper.ErrDenied},
		"a name that is not there, by variable":           {stores: []helper.Backend{bus}, env: "magic", err: helper.ErrUsage},
		"a name that is not there, by flag":               {stores: []helper.Backend{bus}, flag: "magic", err: helper.ErrUsage},
		"a name that is not there, by the file":           {stores: []helper.Backend{bus}, config: `backend = "magic"`, err: helper.ErrUsage},
		"SEC-83: the named one is not there: no other is": {stores: []helper.Backend{away, file}, config: `backend = ["bus", "file"]`, order: "bus! file!"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := someone(t, newShelf(c.stores...), c.config, map[string]string{"KEYGLOT_BACKEND": c.env})
			a.common.backend = c.flag
			got, err := order(t, a)
			if got != c.order || !errors.Is(err, c.err) || (err == nil) != (c.err == nil) {
				t.Errorf("%q, %v; want %q, %v", got, err, c.order, c.err)
			}
			var reasons []string
			if a.read != nil {
				for _, p := range a.read.passed {
					reasons = append(reasons, p.name+": "+p.why())
				}
			}
			if got := strings.Join(reasons, ", "); got != c.passed {
				t.Errorf("passed over %q, want %q", got, c.passed)
			}
		})
	}
}

// STO-32: a store whose name takes another is asked again where it was written to; of others the catalogue knows.
func TestWrittenByItsWholeName(t *testing.T) {
	t.Parallel()
	s := newShelf(helper.Backend{Name: "file"}, helper.Backend{Name: "chain", ByName: true, Instance: true})
	a := someone(t, s, "", nil)
	dirs, err := a.folders()
	if err != nil {
		t.Fatal(err)
	}
	err = config.State{Dir: dirs.state}.Update(t.Context(), func(state *helper.State) error {
		state.Written = []string{"file", "chain:x", "later", "later:x"}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := order(t, a); got != "file chain chain:x" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	a.named = []string{"chain:y", "file", "chain:x"} // by a command
	if got, err := order(t, a); got != "file chain chain:x chain:y" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	a.common.backend = "chain:x"
	if got, err := order(t, a); got != "chain:x! file chain chain:y" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

// SEC-83, STO-33: a login that names its store by a flag is not what later questions are answered from, if an older
// secret lies in one that is asked before. Which those are says the choice without the flag.
func TestStoresAhead(t *testing.T) {
	t.Parallel()
	bus, file, plain := helper.Backend{Name: "bus"}, helper.Backend{Name: "file"}, helper.Backend{Name: "plain", ByName: true, Plaintext: true}
	locked, away := bus, bus
	locked.Open, away.Open = failing(helper.ErrLocked), failing(helper.ErrUnavailable)
	for name, c := range map[string]struct {
		bus         helper.Backend
		config, env string
		flag        string
		insecure    bool
		want        string
	}{
		"no flag":                               {bus: locked, want: "[]"},
		"one behind the one that is locked":     {bus: locked, flag: "file", want: "[bus]"},
		"plain text":                            {bus: bus, insecure: true, want: "[bus file]"},
		"the one that would be chosen":          {bus: locked, flag: "bus", want: "[]"},
		"one behind one that is not there":      {bus: away, flag: "file", want: "[]"},
		"one that config.toml does not name":    {bus: bus, config: `backend = "plain"`, flag: "file", want: "[plain bus]"},
		"the second that config.toml names":     {bus: bus, config: `backend = ["plain", "file"]`, flag: "file", want: "[plain]"},
		"the automatic one, not the variable's": {bus: bus, env: "file", flag: "auto", want: "[file]"},
	} {
		a := someone(t, newShelf(c.bus, file, plain), c.config, map[string]string{"KEYGLOT_BACKEND": c.env})
		a.common.backend, a.common.insecure = c.flag, c.insecure
		h, err := a.helper(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		s, err := a.settings()
		if err != nil {
			t.Fatal(err)
		}
		passed := len(s.passed)
		if got := fmt.Sprint(a.ahead(t.Context(), s, h)); got != c.want || len(s.passed) != passed {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A store that was tried is not tried again, also when it was passed over:
// that may have taken its second.
func TestStoresAreOpenedOnce(t *testing.T) {
	t.Parallel()
	bus := helper.Backend{Name: "bus", Open: failing(helper.ErrUnavailable)}
	s := newShelf(bus, helper.Backend{Name: "file"}, helper.Backend{Name: "more"})
	h, err := someone(t, s, "", nil).helper(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	memory := &helpertest.Memory{}
	memory.S.Written = []string{"bus"}
	h.Memory = memory
	for range 2 {
		// STO-32: what was stored on the desktop is no "not found" without it.
		if _, err := h.Get(t.Context(), helper.Query{Target: helper.Target{Scheme: "https", Host: "h.example"}}); !errors.Is(err, helper.ErrUnavailable) {
			t.Errorf("%v", err)
		}
	}
	if s.opens["bus"] != 1 || s.opens["file"] != 1 || s.opens["more"] != 0 {
		t.Errorf("opened: %v", s.opens)
	}
}

// STO-160: who has switched no source on does not pay for the list of them.
func TestSourcesAreListedLate(t *testing.T) {
	t.Parallel()
	a := someone(t, newShelf(helper.Backend{Name: "file"}), "backend = \"file\"", nil)
	a.sources = func() []helper.Backend {
		t.Error("the sources were listed")
		return nil
	}
	if _, err := a.helper(t.Context()); err != nil {
		t.Error(err)
	}
}

// STO-34, STO-150: names in the file that nobody knows are errors that say so.
func TestUnknownNames(t *testing.T) {
	t.Parallel()
	s := newShelf(helper.Backend{Name: "file", Options: func() any {
		return &struct {
			TTL string `toml:"ttl"`
		}{}
	}})
	for config, want := range map[string]string{
		"[backends.magic]\na = 1":        "[backends]: there is no backend of that name",
		"[backends.file]\nmagic = 1":     config.Name + ": line 2: unknown key",
		"[backends.file]\nttl = 7":       "[backends.file]: a value is of the wrong type",
		`sources = ["git", "magic"]`:     "there is no source of that name; known here: git",
		`sources = ["git", "git"]`:       "sources: a name stands there twice",
		`sources = "git"`:                "line 1: not valid TOML, or a value of the wrong type",
		"[backends.file]\nttl = \"12h\"": "",
		`sources = ["git"]`:              "",
	} {
		a := someone(t, s, config, nil)
		a.sources = func() []helper.Backend { return []helper.Backend{{Name: "git"}} }
		h, err := a.helper(t.Context())
		if want == "" && (err != nil || !slices.ContainsFunc(h.Places, func(p helper.Place) bool { return p.Name == "file" })) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", config, err)
		}
	}
}
