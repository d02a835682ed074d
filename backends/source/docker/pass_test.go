package docker

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// helped is somebody whose docker-credential-pass keeps items.
func helped(t *testing.T, passphrase string) (*backendtest.GnuPG, helper.Env) {
	t.Helper()
	helpertest.Need(t, "docker-credential-pass", "pass")
	g := backendtest.NewGnuPG(t, passphrase)
	g.Run(t, "", "pass", "init", "t@example.com")
	for _, row := range [][3]string{
		{"https://index.docker.io/v1/", "ann", "s3cret"},
		{"ghcr.io", `DOMAIN/alice`, "trailing\n"},
		{"registry.example:5000/team", "<token>", "identity"},
		{"registry.example", "u", "1"},
		{"registry.example", "v", "2"},
	} {
		g.Run(t, fmt.Sprintf(`{"ServerURL":%q,"Username":%q,"Secret":%q}`, row[0], row[1], row[2]), "docker-credential-pass", "store")
	}
	return g, helper.Env{
		Home:   g.Dir,
		Getenv: func(name string) string { return g.Vars[name] },
		Environ: func() (list []string) {
			for name, value := range g.Vars {
				list = append(list, name+"="+value)
			}
			return list
		},
	}
}

func tell(t *testing.T, s helper.Store) []string {
	t.Helper()
	entries, err := s.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range entries {
		text := fmt.Sprintf("%s %s %s %s", e.Target, e.User.Name, e.Kind, e.Alias)
		c, err := s.Load(t.Context(), e.Key)
		if err == nil {
			text += " " + c.Secret.Reveal()
		} else {
			text += " " + err.Error()
		}
		lines = append(lines, text)
	}
	slices.Sort(lines)
	return lines
}

// DOC-74: what docker-credential-pass stored, with the user names that its own
// list takes apart.
func TestPass(t *testing.T) {
	t.Parallel()
	g, env := helped(t, "")
	for _, name := range []string{"not base64/u.gpg", "dXNlckBob3N0/u.gpg"} { // "user@host": the host counts
		path := filepath.Join(g.Dir, ".password-store", folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s, err := open(env)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"https://docker.io ann basic https://index.docker.io/v1/ s3cret",
		"https://ghcr.io DOMAIN/alice basic ghcr.io trailing",
		"https://host u basic user@host gpg finds nothing encrypted in it: not valid",
		"https://registry.example u basic registry.example 1",
		"https://registry.example v basic registry.example 2",
		"https://registry.example:5000/team <token> identity registry.example:5000/team identity",
	}
	if got := tell(t, s); !slices.Equal(got, want) {
		t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	entries, err := s.Find(t.Context(), helper.Realm{Scheme: "https", Host: "registry.example"})
	if err != nil || len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}

	// STO-153: one goes with pass, the other stays; again it is nothing.
	for range 2 {
		if err := s.(helper.Forgetter).Forget(t.Context(), entries[0].Key); err != nil {
			t.Fatal(err)
		}
	}
	list := g.Run(t, `registry.example`, "docker-credential-pass", "get")
	if strings.Contains(list, entries[0].User.Name) || !strings.Contains(list, entries[1].User.Name) {
		t.Errorf("docker-credential-pass still has %s", list)
	}
}

// STO-20: a key that is locked is no miss.
func TestPassLocked(t *testing.T) {
	t.Parallel()
	g, env := helped(t, "secret")
	g.Run(t, "", "gpgconf", "--kill", "gpg-agent")
	s, err := open(env)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := s.Find(t.Context(), helper.Realm{Scheme: "https", Host: "ghcr.io"})
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	if _, err := s.Load(t.Context(), entries[0].Key); !errors.Is(err, helper.ErrLocked) {
		t.Errorf("%v", err)
	}
}

// AUTH-66: --delete-source takes the items that were loaded and imported, and
// not what was stored anew meanwhile.
func TestPassYieldsAUTH66(t *testing.T) {
	t.Parallel()
	g, env := helped(t, "")
	s, err := open(env)
	if err != nil {
		t.Fatal(err)
	}
	yield := func(imported func(helper.Credential) (bool, error)) int {
		t.Helper()
		n, err := s.(helper.Yielder).Yield(t.Context(), imported)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	every := func(helper.Credential) (bool, error) { return true, nil }
	if n := yield(every); n != 0 {
		t.Errorf("%d went that nobody read", n)
	}
	tell(t, s) // loads all
	if n := yield(func(helper.Credential) (bool, error) { return false, nil }); n != 0 {
		t.Errorf("%d went that were not imported", n)
	}
	n := yield(func(c helper.Credential) (bool, error) {
		if c.Target.Host == "ghcr.io" {
			g.Run(t, `{"ServerURL":"ghcr.io","Username":"DOMAIN/alice","Secret":"renewed"}`, "docker-credential-pass", "store")
		}
		return c.User.Name != "v", nil
	})
	want := []string{"https://ghcr.io DOMAIN/alice basic ghcr.io renewed", "https://registry.example v basic registry.example 2"}
	if got := tell(t, s); n != 3 || !slices.Equal(got, want) {
		t.Errorf("%d went, left\n%s\nwant\n%s", n, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
