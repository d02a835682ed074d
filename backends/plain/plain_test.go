package plain

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/format/record"
)

func TestMain(m *testing.M) { backendtest.Main(m, Backend()) }

func TestContract(t *testing.T) {
	t.Parallel()
	backendtest.Run(t, backendtest.Suite{
		Backend: Backend(),
		New:     backendtest.Folders,
		States: []backendtest.State{
			{Name: "damaged", Err: helper.ErrInvalid, Enter: rewrite(func(old string) string { return old[:len(old)/2] })},
			{Name: "empty", Err: helper.ErrInvalid, Enter: rewrite(func(string) string { return "" })},
			{Name: "written by a newer keyglot", Err: helper.ErrInvalid, Enter: rewrite(func(old string) string {
				return strings.Replace(old, `"v": 1`, `"v": 2`, 1)
			})},
			{Name: "a member twice", Err: helper.ErrInvalid, Enter: rewrite(func(old string) string {
				return strings.Replace(old, `"secret"`, `"secret": "x", "secret"`, 1)
			})},
			{Name: "17 MiB", Err: helper.ErrUnavailable, Enter: rewrite(func(old string) string {
				return old + strings.Repeat(" ", 17<<20)
			})},
			{Name: "a directory", Err: helper.ErrUnavailable, Enter: aside(func(path string) error { return os.Mkdir(path, 0o700) })},
		},
	})
}

// rewrite changes the file in place for as long as the state lasts.
func rewrite(change func(string) string) func(*testing.T, backendtest.World) func() {
	return func(t *testing.T, w backendtest.World) func() {
		path := filepath.Join(w.DataDir, "credentials.json")
		old, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		bad := change(string(old))
		if bad == string(old) {
			t.Fatal("nothing changed")
		}
		write(t, path, bad)
		return func() {
			if now, err := os.ReadFile(path); err != nil || string(now) != bad {
				t.Errorf("the file was not left alone: %v", err)
			}
			write(t, path, string(old))
		}
	}
}

// aside puts something else in the file's place for as long as the state lasts.
func aside(make func(path string) error) func(*testing.T, backendtest.World) func() {
	return func(t *testing.T, w backendtest.World) func() {
		path := filepath.Join(w.DataDir, "credentials.json")
		if err := errors.Join(os.Rename(path, path+".real"), make(path)); err != nil {
			t.Fatal(err)
		}
		return func() {
			if err := errors.Join(os.Remove(path), os.Rename(path+".real", path)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func credential(host, path, profile string, user helper.User) helper.Credential {
	return helper.Credential{
		Entry: helper.Entry{
			Key:   helper.Key{Profile: profile, Target: helper.Target{Scheme: "https", Host: host, Path: path}, User: user},
			Known: true, Kind: helper.Basic,
		},
		Secret: helper.NewSecret("s\"\n'"),
	}
}

// STO-115: the file's name, layout and order.
func TestFileSTO115(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	store := w.Open(t, Backend())
	for _, c := range []helper.Credential{
		credential("h.example", "b", "default", helper.Named("a")),
		credential("h.example", "a", "default", helper.Named("b")),
		credential("h.example", "a", "default", helper.Named("")),
		credential("h.example", "a", "default", helper.User{}),
		credential("g.example", "z", "default", helper.Named("z")),
		credential("a.example", "", "work", helper.User{}),
	} {
		if err := store.Save(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(filepath.Join(w.DataDir, "credentials.json"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	if !strings.HasPrefix(text, "{\n  \"version\": 1,\n  \"credentials\": [\n    {\n      \"v\": 1,\n      \"profile\": \"default\",\n") || !strings.HasSuffix(text, "\n") {
		t.Errorf("layout:\n%s", text)
	}
	at := -1
	for _, want := range []string{
		`"host": "g.example"`,
		`"path": "a",` + "\n      " + `"kind"`,
		`"path": "a",` + "\n      " + `"username": ""`,
		`"username": "b"`,
		`"path": "b"`,
		`"profile": "work"`,
	} {
		next := strings.Index(text, want)
		if next <= at {
			t.Errorf("%s is not in its place:\n%s", want, text)
		}
		at = next
	}
	if backend := Backend(); !backend.Plaintext || !backend.ByName {
		t.Error("plain text must say so, and be chosen only by name")
	}
}

func TestErrorNamesFileAndLine(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	store := w.Open(t, Backend())
	if err := os.MkdirAll(w.DataDir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(w.DataDir, "credentials.json")
	write(t, path, "{\n\"version\": 1,\n\"credentials\": [\n{\"v\": 1, \"secret\": \"canary\" x}]}")
	_, err := store.List(t.Context())
	if !errors.Is(err, helper.ErrInvalid) || !strings.Contains(err.Error(), path+": line 4: ") || strings.Contains(err.Error(), "canary") {
		t.Errorf("list: %v", err)
	}
}

func TestNoHome(t *testing.T) {
	t.Parallel()
	if _, err := Backend().Open(t.Context(), helper.Env{}); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("open: %v, want ErrUnavailable", err)
	}
}

// STO-13, STO-28: what would make the file larger than is read is refused, and what is there stays.
func TestFullFile(t *testing.T) {
	t.Parallel()
	w := backendtest.Folders(t)
	large := func(host string) helper.Credential {
		c := credential(host, "", "default", helper.Named("alice"))
		c.Secret = helper.NewSecret(strings.Repeat("s", limit))
		return c
	}
	var records []helper.Credential
	for n := range atomicfile.MaxSize/limit - 1 {
		records = append(records, large("h"+strconv.Itoa(n)+".example"))
	}
	text, err := record.EncodeList(records)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(w.DataDir, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(w.DataDir, "credentials.json"), string(text))
	store := w.Open(t, Backend())
	if err := store.Save(t.Context(), large("one-more.example")); !errors.Is(err, helper.ErrUnsupported) {
		t.Errorf("save: %v", err)
	}
	if c, err := store.Load(t.Context(), records[0].Key); err != nil || !c.Secret.Equal(records[0].Secret) {
		t.Errorf("load: %v", err)
	}
}
