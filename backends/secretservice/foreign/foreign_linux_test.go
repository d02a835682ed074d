package foreign

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"keyglot/backends/secretservice/bustest"
	"keyglot/helper"
	"keyglot/helper/helpertest"
)

// desktop is somebody with an unlocked keyring.
type desktop struct {
	t   *testing.T
	bus *bustest.Bus
}

func newDesktop(t *testing.T, unlocked bool) *desktop {
	t.Helper()
	helpertest.Need(t, append(slices.Clone(bustest.Programs), "secret-tool")...)
	bus, err := bustest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(bus.Close)
	if err := bus.GnomeKeyring(unlocked); err != nil {
		t.Fatal(err)
	}
	return &desktop{t, bus}
}

// run runs another tool on the desktop's bus.
func (d *desktop) run(stdin, program string, args ...string) string {
	d.t.Helper()
	cmd := exec.CommandContext(d.t.Context(), program, args...)
	cmd.Env = append(d.bus.Environ(), "PATH="+os.Getenv("PATH"))
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		d.t.Fatalf("%s %q: %v\n%s", program, args, err, out)
	}
	return string(out)
}

// put stores an item as libsecret does.
func (d *desktop) put(secret string, attributes ...string) {
	d.t.Helper()
	d.run(secret, "secret-tool", append([]string{"store", "--label", "another tool's"}, attributes...)...)
}

func (d *desktop) open(b helper.Backend) helper.Store {
	d.t.Helper()
	env := helper.Env{Home: d.t.TempDir(), Getenv: func(name string) string {
		if name == "DBUS_SESSION_BUS_ADDRESS" {
			return d.bus.Address
		}
		return ""
	}}
	var s helper.Store
	err := error(helper.ErrUnavailable)
	for range 20 { // a machine full of tests may take longer than its second
		if s, err = b.Open(d.t.Context(), env); !errors.Is(err, helper.ErrUnavailable) {
			break
		}
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return s
}

// reads tells what a source lists and loads, and that it finds the same.
func (d *desktop) reads(s helper.Store) []string {
	d.t.Helper()
	entries, err := s.List(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	var lines []string
	for _, e := range entries {
		found, err := s.Find(d.t.Context(), e.Target.Realm())
		if err != nil || !slices.Contains(found, e) {
			d.t.Errorf("%s is listed and not found: %v, %v", e.Target, found, err)
		}
		c, err := s.Load(d.t.Context(), e.Key)
		if err != nil {
			d.t.Error(err)
		}
		tool, _ := s.(helper.Selector)
		user, ok, err := tool.Selected(d.t.Context(), e.Target)
		if err != nil {
			d.t.Error(err)
		}
		lines = append(lines, helpertest.Tell(helper.Item{Credential: c, Current: ok && user == e.User}))
	}
	slices.Sort(lines)
	return lines
}

// The attributes are exactly those of storage.md's table, each with hostile
// neighbours that must be left out.
func TestSchemas(t *testing.T) {
	t.Parallel()
	d := newDesktop(t, true)
	const git = "org.git.Password"
	d.put("p1", "xdg:schema", git, "protocol", "https", "server", "git.example", "user", "ann")
	d.put("p2\npassword_expiry_utc=2000000000\noauth_refresh_token=r", "xdg:schema", git, "protocol", "https", "server", "git.example", "port", "8443", "object", "org/r x", "user", "bob")
	d.put("p", "xdg:schema", git, "protocol", "https", "server", "[", "user", "eve")
	d.put("p", "xdg:schema", git, "protocol", "https", "server", "a@b.example", "user", "eve")
	d.put("p", "xdg:schema", git, "protocol", "https", "server", "nouser.example")

	d.put("g1", "xdg:schema", "com.microsoft.GitCredentialManager", "service", "git:https://gcm.example:8443/org", "account", "ann")
	d.put("g2", "xdg:schema", "com.microsoft.GitCredentialManager", "service", "git:https://gcm.example")
	d.put("p", "xdg:schema", "com.microsoft.GitCredentialManager", "service", "https://gcm.example/x", "account", "eve")

	d.put("gho_ann", "service", "gh:github.com", "username", "ann")
	d.put("gho_bob", "service", "gh:github.com", "username", "bob")
	d.put("gho_bob", "service", "gh:github.com", "username", "")
	d.put("p", "service", "gh:a b", "username", "eve")

	d.put("u1", "service", "uv:pypi.example:8443", "username", "ann", "target", "default", "application", "uv")
	d.put("u2", "service", "uv:http://localhost:8080", "username", "bob", "application", "uv")
	d.put("p", "service", "pypi.example", "username", "eve", "application", "uv")

	d.put(`{"BearerToken":"b"}`, "service", "rattler", "username", "*.prefix.dev", "application", "rust-keyring")
	d.put(`{"S3Credentials":{"access_key_id":"AK","secret_access_key":"SK"}}`, "service", "rattler", "username", "s3://bucket")
	d.put("not JSON", "service", "rattler", "username", "h.example")

	d.put("c1", "xdg:schema", "org.rust-lang.cargo.registry", "url", "sparse+https://cargo.example/index/")
	d.put("c2", "xdg:schema", "org.rust-lang.cargo.registry", "url", "sparse+https://index.crates.io/")
	d.put("p", "xdg:schema", "org.rust-lang.cargo.registry", "url", "ssh://cargo.example")

	d.put("k1", "service", "https://pypi.example/simple", "username", "ann", "application", "Python keyring library")
	d.put("k2", "service", "my service", "username", "bob", "application", "Python keyring library")
	d.put("k3", "service", "tok.example", "username", "__token__", "application", "Python keyring library")
	d.put("p", "service", "https://a@b@c.example", "username", "eve", "application", "Python keyring library")

	for _, c := range []struct {
		backend helper.Backend
		want    []string
	}{
		{Git(), []string{`https://git.example "ann" basic "p1" exact`, `https://git.example:8443/org/r%20x "bob" basic "p2" exact refresh=r until=2033-05-18`}},
		{GCM(), []string{`https://gcm.example - bearer "g2"`, `https://gcm.example:8443/org "ann" basic "g1"`}},
		{GH(), []string{`https://github.com "ann" bearer "gho_ann"`, `https://github.com "bob" bearer "gho_bob" current`}},
		{UV(), []string{`http://localhost:8080 "bob" basic "u2"`, `https://pypi.example:8443 "ann" basic "u1"`}},
		{Rattler(), []string{`https://*.prefix.dev - bearer "b"`, `https://prefix.dev - bearer "b"`, `s3://bucket - s3 "SK" access_key_id=AK`}},
		{Cargo(), []string{`https://cargo.example/index - bearer "c1" cargo_scheme=raw`, `https://crates.io - bearer "c2" cargo_scheme=raw`}},
		{Keyring(), []string{`https://pypi.example/simple "ann" basic "k1"`, `item://my service "bob" basic "k2"`, `item://tok.example - bearer "k3"`}},
		{Docker(), nil},
	} {
		if got := d.reads(d.open(c.backend)); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.backend.Name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// AUTH-66, STO-153: what was imported goes, as it is now, with what only
// repeats it; an item of which half was imported, and every other one, stays.
func TestYield(t *testing.T) {
	t.Parallel()
	d := newDesktop(t, true)
	d.put("p1", "xdg:schema", "org.git.Password", "protocol", "https", "server", "git.example", "user", "ann")
	d.put("p2", "xdg:schema", "org.git.Password", "protocol", "https", "server", "git.example", "user", "bob")
	d.put("gho_ann", "service", "gh:github.com", "username", "ann")
	d.put("gho_bob", "service", "gh:github.com", "username", "bob")
	d.put("gho_bob", "service", "gh:github.com", "username", "")
	d.put(`{"BearerToken":"b"}`, "service", "rattler", "username", "*.prefix.dev", "application", "rust-keyring")
	d.put(`{"BearerToken":"c"}`, "service", "rattler", "username", "*.conda.example", "application", "rust-keyring")
	d.put("mine", "service", "another program")
	for _, c := range []struct {
		backend helper.Backend
		took    []string // secrets, with * those of the wildcard
		n       int
		left    []string
	}{
		{Git(), []string{"p1"}, 1, []string{`https://git.example "bob" basic "p2" exact`}},
		{Rattler(), []string{"b", "*b", "c"}, 2, []string{`https://*.conda.example - bearer "c"`, `https://conda.example - bearer "c"`}},
		{GH(), []string{"gho_ann"}, 1, []string{`https://github.com "bob" bearer "gho_bob" current`}},
		{GH(), []string{"gho_bob"}, 1, nil},
	} {
		n, err := d.open(c.backend).(helper.Yielder).Yield(t.Context(), func(i helper.Credential) (bool, error) {
			secret := i.Secret.Reveal()
			if i.Target.Realm().IsWildcard() {
				secret = "*" + secret
			}
			return slices.Contains(c.took, secret), nil
		})
		if got := d.reads(d.open(c.backend)); err != nil || n != c.n || !slices.Equal(got, c.left) {
			t.Errorf("%s: %d, %v, left %q", c.backend.Name, n, err, got)
		}
	}
	if got := d.run("", "secret-tool", "search", "--all", "--unlock", "service", "another program"); !strings.Contains(got, "mine") {
		t.Errorf("%s", got)
	}
	lookup := exec.Command("secret-tool", "lookup", "service", "gh:github.com", "username", "")
	lookup.Env = append(d.bus.Environ(), "PATH="+os.Getenv("PATH"))
	if out, err := lookup.CombinedOutput(); err == nil || len(out) > 0 {
		t.Errorf("the copy of the current account is left: %s", out)
	}
	boom := errors.New("not now")
	if n, err := d.open(Rattler()).(helper.Yielder).Yield(t.Context(), func(helper.Credential) (bool, error) { return true, boom }); n != 0 || !errors.Is(err, boom) {
		t.Errorf("%d, %v", n, err)
	}
}

// AUTH-66: what its tool renews while it is looked for in the store is not taken
// away.
func TestYieldSparesWhatChanged(t *testing.T) {
	t.Parallel()
	d := newDesktop(t, true)
	for _, c := range []struct {
		backend helper.Backend
		text    string // of the secret, around it
		item    []string
		left    string
	}{
		{Git(), "%s", []string{"xdg:schema", "org.git.Password", "protocol", "https", "server", "git.example", "user", "ann"}, `https://git.example "ann" basic "new" exact`},
		{Rattler(), `{"BearerToken":"%s"}`, []string{"service", "rattler", "username", "h.example"}, `https://h.example - bearer "new"`},
	} {
		d.put(fmt.Sprintf(c.text, "old"), c.item...)
		n, err := d.open(c.backend).(helper.Yielder).Yield(t.Context(), func(i helper.Credential) (bool, error) {
			d.put(fmt.Sprintf(c.text, "new"), c.item...)
			return i.Secret.Reveal() == "old", nil
		})
		if got := d.reads(d.open(c.backend)); err != nil || n != 0 || !slices.Equal(got, []string{c.left}) {
			t.Errorf("%s: %d, %v, left %q", c.backend.Name, n, err, got)
		}
	}
}

// DOC-74, STO-153: what docker's own helper stored is read, and goes with a
// logout, its other items stay.
func TestDocker(t *testing.T) {
	t.Parallel()
	helpertest.Need(t, "docker-credential-secretservice")
	d := newDesktop(t, true)
	for _, row := range [][3]string{{"https://index.docker.io/v1/", "ann", "s3cret"}, {"ghcr.io", "<token>", "it"}, {"registry.example:5000", "u", "1"}} {
		d.run(fmt.Sprintf(`{"ServerURL":%q,"Username":%q,"Secret":%q}`, row[0], row[1], row[2]), "docker-credential-secretservice", "store")
	}
	s := d.open(Docker())
	want := []string{
		`https://docker.io "ann" basic "s3cret" alias=https://index.docker.io/v1/`,
		`https://ghcr.io "<token>" identity "it" alias=ghcr.io`,
		`https://registry.example:5000 "u" basic "1" alias=registry.example:5000`,
	}
	if got := d.reads(s); !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	k := helper.Key{Profile: helper.DefaultProfile, Target: helper.Target{Scheme: "https", Host: "docker.io"}, User: helper.Named("ann")}
	for range 2 {
		if err := s.(helper.Forgetter).Forget(t.Context(), k); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.run("", "docker-credential-secretservice", "list"); strings.Contains(got, "index.docker.io") || !strings.Contains(got, "ghcr.io") {
		t.Errorf("docker's helper lists %s", got)
	}
}

// SEC-82: what is locked is no miss; what is not there at all is.
func TestLocked(t *testing.T) {
	t.Parallel()
	d := newDesktop(t, true)
	d.put("p", "xdg:schema", "org.git.Password", "protocol", "https", "server", "git.example", "user", "ann")
	d.bus.StopService()
	if err := d.bus.GnomeKeyring(false); err != nil {
		t.Fatal(err)
	}
	s := d.open(Git())
	if _, err := s.Find(t.Context(), helper.Realm{Scheme: "https", Host: "git.example"}); !errors.Is(err, helper.ErrLocked) {
		t.Errorf("%v", err)
	}
	if entries, err := s.Find(t.Context(), helper.Realm{Scheme: "https", Host: "other.example"}); err != nil || len(entries) > 0 {
		t.Errorf("%v, %v", entries, err)
	}
}

// AUTH-70: without a bus there is no keyring, and so nothing in it; a service
// that hangs is another thing.
func TestAbsent(t *testing.T) {
	t.Parallel()
	env := helper.Env{Getenv: func(string) string { return "" }}
	s, err := Git().Open(t.Context(), env)
	if err != nil {
		t.Fatal(err)
	}
	if entries, err := s.List(t.Context()); err != nil || len(entries) > 0 {
		t.Errorf("%v, %v", entries, err)
	}
	name := filepath.Join(t.TempDir(), "bus")
	listener, err := net.Listen("unix", name)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	env.Getenv = func(v string) string {
		if v == "DBUS_SESSION_BUS_ADDRESS" {
			return "unix:path=" + name
		}
		return ""
	}
	if _, err := Git().Open(t.Context(), env); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("a bus that hangs: %v", err)
	}
}

// KEYR-5: what Python's keyring itself stored.
func TestPythonKeyring(t *testing.T) {
	t.Parallel()
	const python = "/usr/bin/python3" // Debian's, which python3-keyring and python3-secretstorage serve
	if exec.Command(python, "-c", "import keyring, secretstorage").Run() != nil {
		helpertest.Need(t, "python3-keyring")
	}
	d := newDesktop(t, true)
	d.run("", python, "-c", `
import keyring.backends.SecretService as s
k = s.Keyring()
k.set_password("https://pypi.example/simple", "ann", "p:1")
k.set_password("some service", "bob", "ü")
`)
	want := []string{`https://pypi.example/simple "ann" basic "p:1"`, `item://some service "bob" basic "ü"`}
	if got := d.reads(d.open(Keyring())); !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}
