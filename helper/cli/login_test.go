package cli_test

import (
	"strings"
	"testing"

	"keyglot/helper"
)

// stored is the only record of a store.
func (w *world) stored() helper.Credential {
	w.t.Helper()
	all := w.file.All()
	if len(all) != 1 {
		w.t.Fatalf("%d records are stored", len(all))
	}
	return all[0]
}

// TestLoginKinds: what each method makes, and what token prints of it (A6, A9,
// A10, A13, AUTH-30, AUTH-35, AUTH-43, AUTH-63, AUTH-64, AUTH-65, A5, A7, A11,
// A12).
func TestLoginKinds(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, login, stdin string
		kind               helper.Kind
		secret, sends      string
		prints             map[string]string // words behind token: stdout
	}{
		{
			name: "a password, its inner blanks kept and one line end cut", login: "pkg.example -u ann --password -", stdin: " p w \r\n",
			kind: helper.Basic, secret: " p w ", sends: "ann",
			prints: map[string]string{
				"pkg.example": " p w ", "pkg.example --as basic": "ann: p w ", "pkg.example --as header": "Authorization: Basic YW5uOiBwIHcg",
				"pkg.example --field username": "ann", "pkg.example --field password": " p w ",
			},
		},
		{
			name: "a token", login: "pkg.example --with-token", stdin: "tok\n", kind: helper.Bearer, secret: "tok", sends: "__token__",
			prints: map[string]string{"pkg.example --as basic": "__token__:tok", "pkg.example --as header": "Authorization: Bearer tok", "__token__@pkg.example/x": "tok"},
		},
		{
			name: "a token with an account", login: "pkg.example -u ann --token-stdin", stdin: "tok", kind: helper.Bearer, secret: "tok", sends: "ann",
			prints: map[string]string{"pkg.example --as basic": "ann:tok"},
		},
		{
			name: "a token of a service with a fixed user name", login: "gitlab.com -u ann --token -", stdin: "tok", kind: helper.Bearer, secret: "tok", sends: "oauth2",
			prints: map[string]string{"gitlab.com --as basic": "oauth2:tok", "ann@gitlab.com --as basic": "ann:tok", "oauth2@gitlab.com": "tok"},
		},
		{
			name: "a preset by name", login: "forge.example --provider gitea --token -", stdin: "tok", kind: helper.Bearer, secret: "tok", sends: "oauth2",
			prints: map[string]string{"forge.example": "tok"},
		},
		{
			name: "an API key with a header of its own", login: "app.baseten.co --with-api-key", stdin: "k1", kind: helper.Header, secret: "k1",
			prints: map[string]string{"app.baseten.co": "k1", "app.baseten.co --as header": "Authorization: Api-Key k1"},
		},
		{
			name: "an API key without", login: "pkg.example --with-api-key", stdin: "k1", kind: helper.Bearer, secret: "k1", sends: "__token__",
			prints: map[string]string{"pkg.example --as header": "Authorization: Bearer k1"},
		},
		{
			name: "a token that is sent raw", login: "crates.io --token -", stdin: "k1", kind: helper.Bearer, secret: "k1", sends: "__token__",
			prints: map[string]string{"crates.io --as header": "Authorization: k1"},
		},
		{
			name: "a conda token, cut out of the address", login: "anaconda.org/t/old/chan --conda-token -", stdin: "ct", kind: helper.Conda, secret: "ct",
			prints: map[string]string{
				"anaconda.org/chan": "ct", "anaconda.org/chan/x --as conda-url": "https://anaconda.org/t/ct/chan/x", "anaconda.org/t/any/chan/x": "ct",
			},
		},
		{
			name: "S3 keys, three lines", login: "s3://data/raw --s3-access-key-id - --s3-secret-access-key - --s3-session-token - --s3-region eu", stdin: "id\nsec\nses\n",
			kind: helper.S3, secret: "sec",
			prints: map[string]string{
				"s3://data/raw/x --field access_key_id": "id", "s3://data/raw --field secret_access_key": "sec", "s3://data/raw --field session_token": "ses",
			},
		},
		{
			name: "an S3 secret, no session", login: "s3://data --s3-access-key-id id --s3-secret-access-key - --s3-session-token null", stdin: "sec",
			kind: helper.S3, secret: "sec", prints: map[string]string{"s3://data --field secret_access_key": "sec"},
		},
		{
			name: "a header", login: "api.example --header X-Key:-", stdin: "v1", kind: helper.Header, secret: "v1",
			prints: map[string]string{"api.example --as header": "X-Key: v1", "api.example --field x-key": "v1"},
		},
		{
			name: "two headers", login: "api.example --header X-Key:- --header X-Other:o", stdin: "v1", kind: helper.Header, secret: "v1",
			prints: map[string]string{"api.example --field X-Other": "o", "api.example --field X-Key": "v1"},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.stdin = row.stdin
			w.must("login " + row.login)
			c := w.stored()
			if c.Kind != row.kind || c.Secret.Reveal() != row.secret || c.BasicUser(helper.User{}).Name != row.sends || c.Origin != helper.OriginLogin || c.Exact {
				t.Errorf("%+v %q", c.Entry, c.Secret.Reveal())
			}
			for words, want := range row.prints {
				if got := w.must("token " + words); got != want+"\n" {
					t.Errorf("token %s: %q, want %q", words, got, want)
				}
			}
			for _, words := range []string{"list", "status", "status -o json", "status --details", "list -o jsonl -vv"} {
				if o := w.auth(words); strings.Contains(o.out+o.stderr, row.secret) && len(row.secret) > 2 || o.code != 0 {
					t.Errorf("%s: %+v", words, o)
				}
			}
		})
	}
}

// TestLoginSays: what people are told besides the result (AUTH-13, AUTH-16,
// AUTH-21, AUTH-26, AUTH-27, AUTH-30, AUTH-31, AUTH-38, AUTH-39, AUTH-40,
// AUTH-42, A1, A4, A8, A24, A25, A26, E7, F2, G11, L4).
func TestLoginSays(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, login, stdin, env string
		out, stderr             string
	}{
		{"the plain case", "pkg.example -u ann --password -", "p", "", "Logged in to https://pkg.example as ann (profile default; stored in file)", ""},
		{"another script", "bücher.example --token -", "t", "", "Logged in to https://xn--bcher-kva.example (bücher.example) (profile default; stored in file)", "keyglot: bücher.example is stored as xn--bcher-kva.example"},
		{"an index suffix", "idx.example/root/+simple/ --token -", "t", "", "Logged in to https://idx.example/root (profile default; stored in file)", "keyglot: stored for https://idx.example/root (/+simple cut)\nkeyglot: git sends no path for this host: run keyglot setup git --host idx.example"},
		{"a wildcard", "*.cdn.example.com --token -", "t", "", "Logged in to https://*.cdn.example.com (profile default; stored in file)", "keyglot: covers sub-domains of cdn.example.com, not cdn.example.com"},
		{"a secret on the command line", "pkg.example --token t0k", "", "", "Logged in to https://pkg.example (profile default; stored in file)", "keyglot: the secret was on the command line, where other users of this computer can read it; use --token -"},
		{"a secret in the address", "https://ann:pw@pkg.example", "", "", "Logged in to https://pkg.example as ann (profile default; stored in file)", "keyglot: the secret was on the command line, where other users of this computer can read it; use --password -"},
		{"a blank at the end", "pkg.example --token -", "t ", "", "Logged in to https://pkg.example (profile default; stored in file)", "keyglot: the token begins or ends with a blank, which is kept"},
		{"a long token", "pkg.example --token -", strings.Repeat("t", 60<<10+1), "", "Logged in to https://pkg.example (profile default; stored in file)", "keyglot: the token is longer than 60 KiB; git and other tools cannot carry it"},
		{"an end and a note", "pkg.example --token - --expires 90d --note laptop", "t", "", "Logged in to https://pkg.example (profile default; stored in file)", ""},
		{"plain text", "pkg.example --insecure-storage --token -", "t", "", "Logged in to https://pkg.example (profile default; stored in plain)", "keyglot: the secret is stored in plain text"},
		{"a variable that wins", "buf.build --token -", "t", "BUF_TOKEN=x", "Logged in to https://buf.build (profile default; stored in file)", "keyglot: BUF_TOKEN is set and will be used for buf.build instead"},
		{"a new profile", "pkg.example --profile work --token -", "t", "", "Logged in to https://pkg.example (profile work; stored in file)", "keyglot: profile work is now current"},
		{"a new profile, not to be switched to", "pkg.example --profile work --no-switch --token -", "t", "", "Logged in to https://pkg.example (profile work; stored in file)", ""},
		{"a profile by variable", "pkg.example --token -", "t", "KEYGLOT_PROFILE=home", "Logged in to https://pkg.example (profile home; stored in file)", ""},
		{"a remote alone", "--remote-url https://git.corp.example --token -", "t", "", "Logged in to https://git.corp.example (profile default; stored in file)", ""},
		{"Docker Hub's other name", "https://index.docker.io/v1/ -u ann --password -", "t", "", "Logged in to https://docker.io as ann (profile default; stored in file)", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if name, value, ok := strings.Cut(row.env, "="); ok {
				w.env[name] = value
			}
			w.stdin = row.stdin
			o := w.auth("login " + row.login)
			if o.code != 0 || o.out != row.out+"\n" || strings.TrimSpace(o.stderr) != row.stderr {
				t.Errorf("%+v\nwant %s\n%s", o, row.out, row.stderr)
			}
		})
	}
}

// TestLoginMoves: a login moves the record to the chosen store, removes the
// copy elsewhere, and is where later changes go (AUTH-38, F2, B10, A26, F13).
func TestLoginMoves(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("pkg.example", "ann", "safe")
	w.login("pkg.example", "ann", "bare", "--insecure-storage")
	if len(w.file.All()) != 0 || len(w.plain.All()) != 1 || w.must("token pkg.example") != "bare\n" {
		t.Errorf("file %d, plain %d", len(w.file.All()), len(w.plain.All()))
	}
	w.login("pkg.example", "ann", "safe again")
	if len(w.file.All()) != 1 || len(w.plain.All()) != 0 || w.must("token pkg.example") != "safe again\n" {
		t.Errorf("file %d, plain %d", len(w.file.All()), len(w.plain.All()))
	}
	w.file.SaveErr = helper.ErrUnavailable
	w.stdin = "lost"
	if o := w.auth("login pkg.example -u ann --password -"); o.code != 6 || w.must("token pkg.example") != "safe again\n" {
		t.Errorf("a failed write: %+v", o)
	}
}

// TestAccounts: current accounts, switching, and what a logout leaves (D5,
// AUTH-26..28, AUTH-52..55, B1, B2, B6, B7, B8, F13, G11).
func TestAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("forge.example", "ann", "1")
	w.stdin = "2"
	if o := w.auth("login forge.example -u bob --password -"); o.said()[0] != "2 accounts on https://forge.example; bob is now current" {
		t.Errorf("%+v", o)
	}
	token := func(want string) {
		t.Helper()
		if got := w.must("token forge.example"); got != want+"\n" {
			t.Errorf("token: %q, want %s", got, want)
		}
	}
	token("2")
	if got := w.must("switch forge.example"); got != "Switched to ann on https://forge.example (profile default)\n" {
		t.Error(got)
	}
	token("1")
	w.must("switch forge.example -u ann") // already so
	if got := w.must("switch forge.example -u bob -o json"); !strings.Contains(got, `"previous_username": "ann"`) {
		t.Error(got)
	}
	if o := w.auth("switch forge.example -u eve"); o.code != 4 || o.said()[0] != "no such account is stored for https://forge.example in profile default" {
		t.Errorf("%+v", o)
	}
	if o := w.auth("switch forge.example/x"); o.code != 4 || o.said()[1] != "hint: stored is https://forge.example" {
		t.Errorf("%+v", o)
	}
	o := w.auth("logout forge.example -u bob")
	if o.code != 0 || o.out != "Logged out of https://forge.example as bob (profile default; removed here, nothing to revoke at the server)\n" || o.said()[0] != "ann answers for https://forge.example now" {
		t.Errorf("%+v", o)
	}
	token("1")
	w.login("forge.example", "bob", "2")
	w.login("forge.example", "eve", "3", "--no-switch")
	if o := w.auth("switch forge.example"); o.code != 2 || o.said()[1] != "hint: name one with --username: ann, bob, eve" {
		t.Errorf("%+v", o)
	}
	o = w.auth("logout forge.example")
	if o.code != 1 || o.said()[0] != "3 accounts match https://forge.example: ann, bob, eve" || len(w.file.All()) != 3 {
		t.Errorf("a logout does not guess which account, though one is current: %+v", o)
	}
	if o := w.auth("logout forge.example -u zoe"); o.code != 4 || o.said()[1] != "hint: accounts: ann, bob, eve" {
		t.Errorf("%+v", o)
	}
	if got := w.must("logout forge.example --all"); strings.Count(got, "Logged out") != 3 || len(w.file.All()) != 0 {
		t.Error(got)
	}
	if o := w.auth("logout forge.example --ignore-missing"); o.code != 0 {
		t.Errorf("%+v", o)
	}
}

// TestProfiles: a record stays in its profile; a named one is strict; the
// current one falls back to default (D4, D6, AUTH-24, AUTH-25, AUTH-55, A24,
// B6).
func TestProfiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("pkg.example", "ann", "home")
	w.login("pkg.example", "eve", "work", "--profile", "work")
	w.login("only.example", "", "default's", "--profile", "default", "--no-switch")
	for _, row := range []struct{ args, env, want string }{
		{"token pkg.example", "", "work"},
		{"token only.example", "", "default's"},
		{"token pkg.example --profile default", "", "home"},
		{"token pkg.example", "default", "home"},
		{"token pkg.example --profile work", "default", "work"},
	} {
		w.env["KEYGLOT_PROFILE"] = row.env
		if got := w.must(row.args); got != row.want+"\n" {
			t.Errorf("%s with KEYGLOT_PROFILE=%s: %q, want %s", row.args, row.env, got, row.want)
		}
	}
	w.env["KEYGLOT_PROFILE"] = ""
	if o := w.auth("token only.example --profile work"); o.code != 4 {
		t.Errorf("a named profile is strict: %+v", o)
	}
	if got := w.must("list --profiles"); got != "PROFILE  ENTRIES  BACKENDS\ndefault  2        file\nwork *   1        file\n" {
		t.Error(got)
	}
	w.env["KEYGLOT_PROFILE"] = "default"
	if o := w.auth("switch --profile work"); o.out != "Switched to profile work\n" || o.said()[0] != "KEYGLOT_PROFILE=default is set and still wins in this shell" {
		t.Errorf("%+v", o)
	}
	w.env["KEYGLOT_PROFILE"] = ""
	if o := w.auth("switch --profile nope"); o.code != 4 || o.said()[1] != "hint: profiles: default, work" {
		t.Errorf("%+v", o)
	}
	o := w.auth("logout pkg.example")
	if o.code != 0 || !strings.Contains(o.stderr, "profile work is empty and gone; default is current") || len(w.file.All()) != 2 {
		t.Errorf("%+v", o)
	}
	if got := w.must("token pkg.example"); got != "home\n" {
		t.Error(got)
	}
	w.login("pkg.example", "eve", "work", "--profile", "work")
	if o := w.auth("logout --all --all-profiles --yes -o json"); o.code != 0 || len(w.file.All()) != 0 || !strings.Contains(o.out, `"current_profile": "default"`) {
		t.Errorf("%+v", o)
	}
}

// TestConfiguredProvider: a service of the user's own in config.toml (AUTH-61).
func TestConfiguredProvider(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.configure("[providers.corp]\nhosts = [\"pkg.corp.example\"]\nkinds = [\"header\"]\nheader = \"X-Key: {key}\"\n[providers.gitlab]\nhosts = [\"git.corp.example\"]\n")
	w.stdin = "k"
	w.must("login pkg.corp.example --with-api-key")
	if got := w.must("token pkg.corp.example --as header"); got != "X-Key: k\n" {
		t.Error(got)
	}
	w.login("git.corp.example", "", "t")
	if got := w.must("token git.corp.example --as basic"); got != "oauth2:t\n" {
		t.Error(got)
	}
	if o := w.auth("login pkg.corp.example --token x"); o.code != 2 || o.said()[0] != "pkg.corp.example takes an API key" {
		t.Errorf("%+v", o)
	}
	if got := w.must("providers"); !strings.Contains(got, "corp ") {
		t.Error(got)
	}
	w.configure("[providers.corp]\nhosts = [\"a b\"]\n")
	if o := w.auth("list"); o.code != 1 || !strings.Contains(o.stderr, "providers.corp.hosts: not a host") {
		t.Errorf("%+v", o)
	}
}

// TestAWSVariables: they answer any bucket that nothing else does, and nothing
// but buckets (AUTH-56, AUTH-59, SEC-25, G7).
func TestAWSVariables(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.stdin = "stored"
	w.must("login s3://data/raw --s3-access-key-id id --s3-secret-access-key -")
	w.env["AWS_ACCESS_KEY_ID"] = "AKIA"
	if o := w.auth("token s3://other --field secret_access_key"); o.code != 4 {
		t.Errorf("half of them: %+v", o)
	}
	w.env["AWS_SECRET_ACCESS_KEY"], w.env["AWS_SESSION_TOKEN"] = "from-the-variable", "session"
	for _, row := range []struct{ args, want string }{
		{"token s3://data/raw/x --field secret_access_key", "stored"},
		{"token s3://data/other --field secret_access_key", "from-the-variable"},
		{"token s3://data --field access_key_id", "AKIA"},
		{"token s3://any.bucket/x --field session_token", "session"},
	} {
		if got := w.must(row.args); got != row.want+"\n" {
			t.Errorf("%s: %q", row.args, got)
		}
	}
	for _, args := range []string{"token data.s3.amazonaws.com", "token s3://other --no-env --field username", "token s3://other --profile default --field username"} {
		if o := w.auth(args); o.code != 4 {
			t.Errorf("%s: %+v", args, o)
		}
	}
	if o := w.auth("status s3://other --explain"); !strings.Contains(o.out, "AWS_ACCESS_KEY_ID  s3://other ") || strings.Contains(o.out, "from-the-variable") {
		t.Errorf("%+v", o)
	}
}

// TestHostileNames: what rewrites a terminal is shown escaped in text and in
// JSON, and is refused where it cannot be part of a name (AUTH-10, SEC-60).
func TestHostileNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, service := range []string{"h\x1b[2J", "h\u202e.example", "h\u009b.example", strings.Repeat("h", 10<<10), "h#@evil", "h?@evil", `h\@evil`, "h%00", "h%2eevil"} {
		w.stdin = "t"
		if o := w.run("auth", "login", service, "--token", "-"); o.code != 2 || strings.ContainsAny(o.stderr, "\x1b\u202e\u009b") || len(w.file.All()) != 0 {
			t.Errorf("%q: %+v", service, o)
		}
	}
	long := "h.example/" + strings.Repeat("p", 300)
	w.stdin = "t"
	if o := w.run("auth", "login", long, "-u", "ann\u202e\u200b", "--password", "-"); o.code != 0 || strings.ContainsAny(o.out+o.stderr, "\u202e\u200b") {
		t.Fatalf("%+v", o)
	}
	for _, words := range []string{"list", "status", "status --details", "status h.example --explain", "list -o json", "status -o jsonl", "logout h.example"} {
		o := w.auth(words)
		if strings.ContainsAny(o.out+o.stderr, "\u202e\u200b") {
			t.Errorf("%s: %+v", words, o)
		}
	}
	if got := w.must("list -o json"); !strings.Contains(got, long) {
		t.Errorf("JSON is cut short: %s", got)
	}
}

// TestShadowed: a copy in a later store is named as such, and a logout removes
// every copy (AUTH-46, AUTH-52, B10, D3).
func TestShadowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("other.example", "", "t", "--insecure-storage")
	w.login("pkg.example", "ann", "new")
	copied := w.file.All()[0]
	copied.Secret = helper.NewSecret("old")
	if err := w.plain.Save(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if got := w.must("list"); !strings.Contains(got, "plain (shadowed)") {
		t.Error(got)
	}
	if got := w.must("list -o json"); !strings.Contains(got, `"shadowed_by": "file"`) {
		t.Error(got)
	}
	if got := w.must("status pkg.example --explain"); !strings.Contains(got, "shadowed  lower source") {
		t.Error(got)
	}
	if got := w.must("logout pkg.example"); strings.Count(got, "Logged out") != 1 || len(w.file.All()) != 0 || len(w.plain.All()) != 1 {
		t.Errorf("%s: file %d, plain %d", got, len(w.file.All()), len(w.plain.All()))
	}
}
