package wincred

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"keyglot/helper"
	"keyglot/helper/helpertest"
)

func utf16Of(text string) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return out
}

// dockers are the attributes of docker-credential-wincred.
func dockers() map[string][]byte { return map[string][]byte{"label": []byte("Docker Credentials")} }

// tell says what a source lists, finds and loads.
func tell(t *testing.T, s helper.Store) []string {
	t.Helper()
	entries, err := s.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range entries {
		lines = append(lines, tellEntry(t, s, e))
	}
	slices.Sort(lines)
	return lines
}

func tellEntry(t *testing.T, s helper.Store, e helper.Entry) string {
	t.Helper()
	if found, err := s.Find(t.Context(), e.Target.Realm()); err != nil || !slices.Contains(found, e) {
		t.Errorf("%s is listed and not found: %v, %v", e.Target, found, err)
	}
	c, err := s.Load(t.Context(), e.Key)
	if err != nil || c.Entry != e {
		t.Errorf("%s: %+v, %v", e.Target, c, err)
	}
	user, ok, err := s.(helper.Selector).Selected(t.Context(), e.Target)
	if err != nil {
		t.Error(err)
	}
	return helpertest.Tell(helper.Item{Credential: c, Current: ok && user == e.User})
}

// tool is a schema, a Credential Manager as the tool fills it, with hostile
// neighbours, and what the source must read of it.
type tool struct {
	name   string
	schema schema
	all    []credential
	want   []string
}

// tools are those of storage.md's table for Windows.
func tools() []tool {
	const byGit, byPython = "saved by git-credential-wincred", "Stored using python-keyring"
	return []tool{
		{"git", gitSchema(), []credential{
			{Target: "git:https://ann@git.example", User: "ann", Comment: byGit, Blob: utf16Of("pässword")},
			{Target: "git:https://a@b/c@git.example:8443/org/r x", User: "a@b/c", Comment: byGit, Blob: utf16Of("p\r\noauth_refresh_token=r"), Attributes: map[string][]byte{"git_password_expiry_utc": utf16Of("2000000000")}},
			{Target: "git:https://git.example", User: "bob", Comment: byGit, Blob: []byte("odd")},
			{Target: "git:https://gcm.example", User: "ann", Blob: utf16Of("another tool's")},
			{Target: "git:https://eve@x@git.example", User: "eve", Comment: byGit, Blob: utf16Of("p")},
			{Target: "git:https://nouser.example", Comment: byGit, Blob: utf16Of("p")},
			{Target: "git:https://lines.example", User: "eve", Comment: byGit, Blob: utf16Of("p\nhost=evil")},
			{Target: "git:https://empty.example", User: "eve", Comment: byGit},
		}, []string{
			`https://git.example "ann" basic "pässword" exact`, `https://git.example "bob" basic "odd" exact`,
			`https://git.example:8443/org/r%20x "a@b/c" basic "p" exact refresh=r until=2033-05-18`,
		}},
		{"gcm", gcmSchema(), []credential{
			{Target: "git:https://gcm.example/org", User: "ann@corp", Blob: utf16Of("p1")},
			{Target: "git:https://bob_corp@gcm.example/org", User: "bob@corp", Blob: utf16Of("p2")},
			{Target: "git:https://DOM%5Ccid@gcm.example/org", User: `DOM\cid`, Blob: utf16Of("p3")},
			{Target: "git:https://oauth-refresh-token.gcm.example/org", User: "ann@corp", Blob: utf16Of("r")},
			{Target: "git:https://git.example", User: "ann", Comment: byGit, Blob: utf16Of("git's own")},
			{Target: "git:gcm.example", User: "eve", Blob: utf16Of("p")},
			{Target: "git:https://gcm.example/../x", User: "eve", Blob: utf16Of("p")},
		}, []string{
			`https://gcm.example/org "DOM\\cid" basic "p3"`, `https://gcm.example/org "ann@corp" basic "p1" refresh=r`, `https://gcm.example/org "bob@corp" basic "p2"`,
		}},
		{"docker", dockerSchema(), []credential{
			{Target: "https://index.docker.io/v1/", User: "ann", Blob: []byte("pässword"), Attributes: dockers()},
			{Target: "r.example:5000", User: "<token>", Blob: []byte("t"), Attributes: dockers()},
			{Target: "other.example", User: "eve", Blob: []byte("no label")},
			{Target: "git:https://git.example", User: "eve", Blob: []byte("p"), Attributes: map[string][]byte{"label": []byte("other")}},
		}, []string{`https://docker.io "ann" basic "pässword" alias=https://index.docker.io/v1/`, `https://r.example:5000 "<token>" identity "t" alias=r.example:5000`}},
		{"gh", ghSchema(), []credential{
			{Target: "gh:github.com:ann", User: "ann", Blob: []byte("t1")},
			{Target: "gh:github.com:bob", User: "bob", Blob: []byte("t2")},
			{Target: "gh:github.com:", Blob: []byte("t2")},
			{Target: "gh:a@b.example:eve", User: "eve", Blob: []byte("t")},
			{Target: "gh:eve", User: "eve", Blob: []byte("t")},
		}, []string{`https://github.com "ann" bearer "t1"`, `https://github.com "bob" bearer "t2" current`}},
		{"uv", uvSchema(), []credential{
			{Target: "ann.uv:pkg.example", User: "ann", Blob: utf16Of("p")},
			{Target: "__token__.uv:http://localhost:3141", User: "__token__", Blob: utf16Of("t")},
			{Target: "bob.uv:pkg.example", User: "eve", Blob: utf16Of("p")},
		}, []string{`http://localhost:3141 - bearer "t"`, `https://pkg.example "ann" basic "p"`}},
		{"rattler", rattlerSchema(), []credential{
			{Target: "repo.example.rattler", User: "repo.example", Blob: utf16Of(`{"BearerToken":"t"}`)},
			{Target: "old.example.rattler", User: "old.example", Blob: []byte(`{"BasicHTTP":{"username":"ann","password":"pä"}}`)},
			{Target: "x.example.rattler", User: "eve", Blob: utf16Of(`{"BearerToken":"t"}`)},
			{Target: "y.example.rattler", User: "y.example", Blob: utf16Of(`{"BearerToken":`)},
		}, []string{`https://old.example "ann" basic "pä"`, `https://repo.example - bearer "t"`}},
		{"cargo", cargoSchema(), []credential{
			{Target: "cargo-registry:sparse+https://index.example/i/", Blob: []byte("t")},
			{Target: "cargo-registry:ftp://index.example/", Blob: []byte("t")},
		}, []string{`https://index.example/i - bearer "t" cargo_scheme=raw`}},
		{"keyring", keyringSchema(), []credential{
			{Target: "https://pkg.example/simple", User: "ann", Comment: byPython, Blob: utf16Of("p1")},
			{Target: "bob@https://pkg.example/simple", User: "bob", Comment: byPython, Blob: utf16Of("p2")},
			{Target: "backup", User: "root", Comment: byPython, Blob: []byte("old")},
			{Target: "other", User: "eve", Blob: utf16Of("p")},
			{Target: "https://u@pkg.example", User: "eve", Comment: byPython, Blob: utf16Of("p")},
			{Target: "nobody", Comment: byPython, Blob: utf16Of("p")},
		}, []string{`https://pkg.example/simple "ann" basic "p1"`, `https://pkg.example/simple "bob" basic "p2"`, `item://backup "root" basic "old"`}},
	}
}

// STO-150, STO-152: what is the tool's is read, and what is not is left out.
func TestSchemasSTO152(t *testing.T) {
	t.Parallel()
	for _, c := range tools() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := &fake{dir: t.TempDir()}
			put(t, f, c.all...)
			if got := tell(t, c.schema.open(f, false)); !slices.Equal(got, c.want) {
				t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func put(t *testing.T, a api, all ...credential) {
	t.Helper()
	for _, c := range all {
		if err := a.Write(c); err != nil {
			t.Fatal(c.Target, err)
		}
	}
}

// STO-150: read and never written. STO-153, DOC-74: a logout takes all
// spellings of a docker login with it, and nothing else.
func TestForeignIsReadOnly(t *testing.T) {
	t.Parallel()
	f := &fake{dir: t.TempDir()}
	put(t, f, credential{Target: "git:https://git.example", User: "ann", Blob: utf16Of("p")},
		credential{Target: "https://r.example", User: "ann", Blob: []byte("p"), Attributes: dockers()},
		credential{Target: "r.example", User: "ann", Blob: []byte("p"), Attributes: dockers()},
		credential{Target: "bob.example", User: "ann", Blob: []byte("p"), Attributes: dockers()})
	s := gcmSchema().open(f, false)
	entries, err := s.List(t.Context())
	if err != nil || len(entries) != 1 {
		t.Fatal(entries, err)
	}
	if err := s.Save(t.Context(), helper.Credential{Entry: entries[0]}); !errors.Is(err, helper.ErrUnsupported) {
		t.Error(err)
	}
	if err := s.Remove(t.Context(), entries[0].Key); !errors.Is(err, helper.ErrUnsupported) {
		t.Error(err)
	}
	if _, ok := s.(helper.Forgetter); ok {
		t.Error("a logout would remove git's credentials")
	}
	d := dockerSchema().open(f, false)
	key := helper.Key{Profile: helper.DefaultProfile, Target: helper.Target{Scheme: "https", Host: "r.example"}, User: helper.Named("ann")}
	for range 2 {
		if err := d.(helper.Forgetter).Forget(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	all, err := f.List("*")
	if err != nil || len(all) != 2 {
		t.Errorf("%+v, %v", all, err)
	}
}

// STO-21: what cannot be asked is never a miss; elsewhere than on Windows there
// is nothing.
func TestForeignThatCannotBeAsked(t *testing.T) {
	t.Parallel()
	f := &fake{dir: t.TempDir(), before: func(string, string) error { return noSuchSession }}
	key := helper.Key{Profile: helper.DefaultProfile, Target: helper.Target{Scheme: "https", Host: "git.example"}}
	s := gitSchema().open(f, false)
	if _, err := s.Load(t.Context(), key); !errors.Is(err, helper.ErrUnavailable) {
		t.Error(err)
	}
	if _, err := s.Find(t.Context(), key.Target.Realm()); !errors.Is(err, helper.ErrUnavailable) {
		t.Error(err)
	}
	none := gitSchema().open(nil, false)
	if entries, err := none.List(t.Context()); err != nil || len(entries) > 0 {
		t.Error(entries, err)
	}
	if _, err := none.Load(t.Context(), key); !errors.Is(err, helper.ErrNotFound) {
		t.Error(err)
	}
}

// STO-152: what is no text of the declared kind is read the other way once, and
// what is neither is left out.
func TestBlobsSTO152(t *testing.T) {
	t.Parallel()
	const none = "(none)"
	for name, c := range map[string]struct {
		blob         []byte
		wide, narrow string
	}{
		"UTF-16":             {utf16Of("pässwörd 🔑"), "pässwörd 🔑", "pässwörd 🔑"},
		"UTF-16 of ASCII":    {utf16Of("abc"), "abc", "abc"},
		"UTF-8, four bytes":  {[]byte("päs"), "썰玤", "päs"}, // a text in both: the declared way counts
		"UTF-8, three bytes": {[]byte("abc"), "abc", "abc"},
		"half a pair":        {[]byte{0x3d, 0xd8}, none, none},
		"a pair turned":      {[]byte{0x11, 0xdd, 0x3d, 0xd8}, none, none},
		"a NUL":              {[]byte("a\x00b"), none, none},
		"nothing":            {nil, none, none},
	} {
		for way, decode := range map[string]func([]byte) (string, bool){"wide": wide, "narrow": narrow} {
			want := map[string]string{"wide": c.wide, "narrow": c.narrow}[way]
			got, ok := decode(c.blob)
			if !ok {
				got = none
			}
			if got != want {
				t.Errorf("%s, %s: %q, want %q", name, way, got, want)
			}
		}
	}
}
