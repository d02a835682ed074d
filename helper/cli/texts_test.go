package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
)

// canary stands for the secret of a row; no output may have it.
const canary = "c4n4ryS3cret"

// TestTexts is the table of error texts (AUTH-2, AUTH-3, section 4): reason,
// code, message and hint of each row, as text and as JSON (AUTH-8), and
// nothing on standard output.
func TestTexts(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20+1)
	for _, row := range []struct {
		name, args, stdin string
		env               string // NAME=VALUE
		config            string
		do                func(w *world)
		reason            string
		code              int
		message, hint     string
	}{
		{name: "no service", args: "login --token -", reason: "no_service", code: 2, message: "no service given", hint: "name one, e.g. keyglot auth login pkg.example, or set default_service"},
		{name: "a port that is none", args: "login pkg.example:99999 --token -", reason: "bad_service", code: 2, message: "this is not a service address (the port)", hint: "give a host, host:port, https URL or s3://bucket"},
		{name: "a host name that is none", args: "login h!st --token -", reason: "bad_service", code: 2, message: "this is not a service address (the host name)", hint: "give a host, host:port, https URL or s3://bucket"},
		{name: "a query", args: "login https://pkg.example?x --token -", reason: "bad_service", code: 2, message: "this is not a service address (a query or fragment)", hint: "give a host, host:port, https URL or s3://bucket"},
		{name: "dots in the path", args: "login https://pkg.example/../x --token -", reason: "bad_service", code: 2, message: "this is not a service address (it has a . or .. in its path)", hint: "give a host, host:port, https URL or s3://bucket"},
		{name: "a scheme", args: "login ftp://pkg.example --token -", reason: "bad_scheme", code: 2, message: `scheme "ftp" is not supported`, hint: "use https://, s3://, or http:// for this computer only"},
		{name: "plain http", args: "login http://pkg.example --token -", reason: "plain_http", code: 2, message: "plain http is accepted for localhost, 127.0.0.0/8 and [::1] only", hint: "use https://pkg.example, or list the host in security.allow_http"},
		{name: "ssh", args: "login git@pkg.example:org/repo --token -", reason: "ssh_address", code: 2, message: "this looks like an SSH address; keyglot keeps https credentials", hint: "use https://HOST/PATH"},
		{name: "a bucket that is none", args: "login s3://B --s3-access-key-id a --s3-secret-access-key -", reason: "bad_bucket", code: 2, message: "this is not a bucket name", hint: "3 to 63 of a-z, 0-9, dot and hyphen"},
		{name: "a public suffix", args: "login *.co.uk --token -", reason: "wildcard", code: 2, message: "*.co.uk would cover every site under a public suffix", hint: "name the domain: *.example.co.uk"},
		{name: "a star elsewhere", args: "login x.*.example.com --token -", reason: "wildcard", code: 2, message: `a wildcard is one leading "*." before a domain`, hint: "name the domain: *.example.com"},
		{name: "two users", args: "login ann@pkg.example -u bob --password -", reason: "user_twice", code: 2, message: "two different user names: in the address and with --username", hint: "keep one"},
		{name: "two secrets", args: "login https://ann:" + canary + "@pkg.example --password -", reason: "secret_twice", code: 2, message: "the secret is given twice: in the address and with --password", hint: "keep one, best on standard input"},
		{name: "two methods", args: "login pkg.example --token - --password -", reason: "methods_mixed", code: 2, message: "--token and --password exclude each other", hint: "a token: --token -; a password: --username NAME --password -"},
		{name: "three methods", args: "login pkg.example --token - --conda-token - --header A:b", reason: "methods_mixed", code: 2, message: "--token and --conda-token and --header exclude each other", hint: "a token: --token -; a password: --username NAME --password -"},
		{name: "a method twice", args: "login pkg.example --token - --token-stdin", reason: "methods_mixed", code: 2, message: "--token and --token-stdin exclude each other", hint: "a token: --token -; a password: --username NAME --password -"},
		{name: "a user and a conda token", args: "login pkg.example -u ann --conda-token -", reason: "user_unfit", code: 2, message: "--username does not go with --conda-token", hint: "leave it out"},
		{name: "half of S3", args: "login s3://data --s3-access-key-id a", reason: "s3_incomplete", code: 2, message: "S3 needs --s3-access-key-id and --s3-secret-access-key", hint: "add the missing one"},
		{name: "S3 keys for a web address", args: "login pkg.example --s3-access-key-id a --s3-secret-access-key -", reason: "s3_unfit", code: 2, message: "S3 keys belong to s3://BUCKET, not to a web address", hint: "use s3://BUCKET with --s3-access-key-id ..."},
		{name: "a token for a bucket", args: "login s3://data --token -", reason: "s3_unfit", code: 2, message: "s3://BUCKET takes S3 keys only", hint: "use s3://BUCKET with --s3-access-key-id ..."},
		{name: "a token for a conda service", args: "login anaconda.org --token -", reason: "kind_refused", code: 2, message: "anaconda.org takes a conda token", hint: "use --conda-token -, or --any-kind"},
		{name: "a password for a token service", args: "login github.com -u ann --password -", reason: "kind_refused", code: 2, message: "github.com takes a token", hint: "use --token -, or --any-kind"},
		{name: "standard input twice", args: "login pkg.example --header A:- --header B:-", reason: "stdin_twice", code: 2, message: "only one flag can read standard input", hint: "give the other by prompt"},
		{name: "an empty token", args: "login pkg.example --token=", reason: "secret_empty", code: 2, message: "the token is empty", hint: "look at the variable or file that it came from"},
		{name: "an empty password", args: "login pkg.example -u ann --password -", reason: "secret_empty", code: 2, message: "the password is empty", hint: "look at the variable or file that it came from; a token without user name goes with --token -"},
		{name: "an empty user", args: "login pkg.example --username= --password -", reason: "user_empty", code: 2, message: "the user name is empty", hint: "name the account with --username NAME; a token without one goes with --token -"},
		{name: "no user and no terminal", args: "login pkg.example --password -", stdin: canary, reason: "user_empty", code: 2, message: "the user name is empty", hint: "name the account with --username NAME; a token without one goes with --token -"},
		{name: "two lines", args: "login pkg.example --token -", stdin: canary + "\nx", reason: "secret_lines", code: 2, message: "the secret has more than one line or a control character", hint: `pass one line, e.g. printf %s "$TOKEN"`},
		{name: "NUL", args: "login pkg.example --token -", stdin: canary + "\x00", reason: "secret_lines", code: 2, message: "the secret has more than one line or a control character", hint: `pass one line, e.g. printf %s "$TOKEN"`},
		{name: "not UTF-8", args: "login pkg.example --token -", stdin: canary + "\xff", reason: "secret_lines", code: 2, message: "the secret has more than one line or a control character", hint: `pass one line, e.g. printf %s "$TOKEN"`},
		{name: "too long", args: "login pkg.example --token -", stdin: long, reason: "secret_long", code: 2, message: "the secret is longer than 1 MiB", hint: `pass one line, e.g. printf %s "$TOKEN"`},
		{name: "a byte order mark", args: "login pkg.example --token -", stdin: "\xef\xbb\xbf" + canary, reason: "secret_bom", code: 2, message: "standard input starts with a byte order mark", hint: "PowerShell: $OutputEncoding = [Text.UTF8Encoding]::new($false)"},
		{name: "no terminal", args: "login pkg.example --no-input", reason: "no_terminal", code: 2, message: "no credential given, and no terminal to ask on", hint: "pass --token -, or --username NAME --password -"},
		{name: "no terminal, but data waits", args: "login pkg.example", stdin: canary, reason: "no_terminal", code: 2, message: "no credential given, and no terminal to ask on", hint: "pass --token - to read the secret from standard input, or --username NAME --password -"},
		{name: "two stores", args: "login pkg.example --insecure-storage --backend file --token -", reason: "store_mixed", code: 2, message: "--insecure-storage is the plaintext file and does not go with --backend NAME", hint: "drop one"},
		{name: "an unknown store", args: "login pkg.example --backend nope --token -", stdin: canary, reason: "unknown_backend", code: 2, message: "there is no backend of that name", hint: "known here: file, plain"},
		{name: "not a profile name", args: "list --profile .x", reason: "bad_profile", code: 2, message: "this is not a profile name", hint: "letters, digits and . _ @ + -; or name it"},
		{name: "a reserved profile name", args: "list --profile current", reason: "bad_profile", code: 2, message: "this is not a profile name", hint: "letters, digits and . _ @ + -; or name it"},
		{name: "profile auto", args: "login pkg.example --profile auto --token -", reason: "profile_auto", code: 2, message: "--profile auto needs a login that tells who you are", hint: "letters, digits and . _ @ + -; or name it"},
		{name: "a header without colon", args: "login pkg.example --header nope", reason: "bad_header", code: 2, message: `--header needs "Name: value"`},
		{name: "a header that is the client's", args: "login pkg.example --header Host:x", reason: "bad_header", code: 2, message: "this header cannot be set"},
		{name: "a remote with a path", args: "login pkg.example --remote-url https://h/x --token -", reason: "remote_url", code: 2, message: "--remote-url needs https, and no path, query or user"},
		{name: "a remote over http", args: "login --remote-url http://h --token -", reason: "remote_url", code: 2, message: "--remote-url needs https, and no path, query or user"},
		{name: "an unknown provider", args: "login pkg.example --provider nope --token -", reason: "unknown_provider", code: 2, message: "there is no provider of that name", hint: "see keyglot auth providers"},
		{name: "an end that has passed", args: "login pkg.example --expires 2020-01-01 --token -", reason: "bad_expires", code: 2, message: "--expires is not a time to come", hint: "e.g. 2027-03-31 or 90d"},
		{name: "no yes", args: "logout --all", reason: "need_yes", code: 2, message: "this removes 5 credentials, and there is no terminal to ask on", hint: "add --yes"},
		{name: "a variable without host", args: "token pkg.example", env: "KEYGLOT_TOKEN=a@h.example," + canary, reason: "env_malformed", code: 2, message: "KEYGLOT_TOKEN: item 2 names no host", hint: "write token@host[,token2@host2]"},
		{name: "a variable with a blank", args: "token pkg.example", env: "HF_TOKEN=" + canary + " ", reason: "env_malformed", code: 2, message: "HF_TOKEN: it begins or ends with a blank, or has one in it", hint: "unset it, or set it to the token alone"},
		{name: "ambiguous", args: "token twin.example", reason: "ambiguous", code: 1, message: "2 accounts match https://twin.example: u1, u2", hint: "add --username, or: keyglot auth switch twin.example -u NAME"},
		{name: "ambiguous logout", args: "logout twin.example", reason: "ambiguous", code: 1, message: "2 accounts match https://twin.example: u1, u2", hint: "add --username, or: keyglot auth switch twin.example -u NAME, or --all"},
		{name: "S3 keys are no token", args: "token s3://data", reason: "not_a_token", code: 1, message: "s3://data holds S3 keys, which are not one token", hint: "use --field access_key_id or --field secret_access_key, or -o json"},
		{name: "a password is no conda token", args: "token left.example --as conda-url", reason: "not_a_token", code: 1, message: "https://left.example holds no conda token", hint: "leave --as conda-url out, or store one with --conda-token -"},
		{name: "a conda token is no header", args: "token conda.example --as header", do: func(w *world) { w.stdin = "x"; w.must("login conda.example --conda-token -") }, reason: "not_a_token", code: 1, message: "https://conda.example holds a conda token, which goes into the address", hint: "use --as conda-url, or leave --as out for the token alone"},
		{name: "a header is no user and password", args: "token head.example --as basic", do: func(w *world) { w.stdin = "x"; w.must("login head.example --header X-Key:-") }, reason: "not_a_token", code: 1, message: "https://head.example holds a header, which has no other form", hint: "use --as header, or leave --as out for the secret alone"},
		{name: "expired", args: "token old.example", reason: "login_required", code: 3, message: "what is stored for https://old.example has expired", hint: "run: keyglot auth login old.example"},
		{name: "nothing stored", args: "token https://none.example/x", reason: "not_found", code: 4, message: "nothing is stored for https://none.example/x in profile default", hint: "run: keyglot auth login none.example/x"},
		{name: "nothing to log out of", args: "logout twin.example/team", reason: "not_found", code: 4, message: "nothing is stored for https://twin.example/team in profile default", hint: "stored is https://twin.example"},
		{name: "a preset's name without its domain", args: "token github", reason: "not_found", code: 4, message: "nothing is stored for https://github in profile default", hint: "did you mean github.com?"},
		{name: "a folder that is not absolute", args: "list", env: "KEYGLOT_CONFIG_DIR=x", reason: "usage", code: 2, message: "KEYGLOT_CONFIG_DIR: not an absolute path"},
		{name: "plain http was meant", args: "token localhost:8000", reason: "not_found", code: 4, message: "nothing is stored for https://localhost:8000 in profile default", hint: "for plain http write http://localhost:8000"},
		{name: "an unknown profile", args: "token pkg.example --profile nope", reason: "profile_unknown", code: 4, message: "there is no profile of that name", hint: "profiles: default"},
		{name: "an unknown profile of a variable", args: "list", env: "KEYGLOT_PROFILE=nope", reason: "profile_unknown", code: 4, message: "there is no profile of that name", hint: "profiles: default"},
		{name: "an unknown profile to export", args: "export env --profile nope --out ~/out", reason: "profile_unknown", code: 4, message: "there is no profile of that name", hint: "profiles: default"},
		{name: "an unknown profile to export as netrc", args: "export netrc --profile nope --out ~/out", reason: "profile_unknown", code: 4, message: "there is no profile of that name", hint: "profiles: default"},
		{name: "an unknown profile to move", args: "move --all --yes --from plain --to file --profile nope", reason: "profile_unknown", code: 4, message: "there is no profile of that name", hint: "profiles: default"},
		{name: "an unknown profile to move a service of", args: "move pkg.example --from plain --to file --profile nope", reason: "profile_unknown", code: 4, message: "there is no profile of that name", hint: "profiles: default"},
		{name: "plaintext is denied", args: "login pkg.example --insecure-storage --token -", stdin: canary, config: "allow_plaintext = false\n", reason: "plaintext_denied", code: 5, message: "config forbids plaintext storage", hint: "choose another store with --backend"},
		{name: "a rule denies it", args: "login pkg.example --token -", stdin: canary, config: "[policy]\ndeny = [\"pkg.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://pkg.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies it before anything is asked", args: "login pkg.example", config: "[policy]\ndeny = [\"pkg.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://pkg.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies the secret", args: "token left.example", config: "[policy]\ndeny = [\"left.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies the secret below", args: "token left.example/x", config: "[policy]\ndeny = [\"left.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example/x", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies what a variable holds", args: "token left.example", env: "KEYGLOT_TOKEN=" + canary + "@left.example", config: "[policy]\ndeny = [\"left.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies a conda channel", args: "token https://none.example/t/" + canary + "/main", config: "[policy]\ndeny = [\"none.example/main\"]\n", reason: "denied", code: 5, message: "the policy denies https://none.example/t/[hidden]/main", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies the status", args: "status left.example", config: "[policy]\ndeny = [\"left.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies the check", args: "status left.example --check", config: "[policy]\ndeny = [\"left.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies the explanation", args: "status left.example --explain", config: "[policy]\ndeny = [\"left.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "no rule allows the explanation", args: "status left.example --explain", config: "[policy]\nallow = [\"left.example/team\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies the list", args: "list left.example", config: "[policy]\ndeny = [\"left.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies the logout", args: "logout left.example", config: "[policy]\ndeny = [\"left.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies the logout of an account", args: "logout left.example -u ann", config: "[policy]\ndeny = [\"left.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies the switch", args: "switch left.example", config: "[policy]\ndeny = [\"left.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies the export", args: "export env left.example --out ~/out", config: "[policy]\ndeny = [\"left.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "a rule denies the export as netrc", args: "export netrc left.example --out ~/out", config: "[policy]\ndeny = [\"left.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "no rule allows it", args: "token left.example", config: "[policy]\nallow = [\"twin.example\"]\n", reason: "denied", code: 5, message: "the policy denies https://left.example", hint: "the rules are [policy] in config.toml; keyglot auth dir -v says where it is"},
		{name: "the override file is only read", args: "login pkg.example --token -", env: "KEYGLOT_AUTH_FILE=~/auth.json", reason: "auth_file_readonly", code: 2, message: "the override file was chosen by KEYGLOT_AUTH_FILE alone and is only read", hint: "to change it: --auth-file PATH"},
		{name: "a header for the override file", args: "login pkg.example --auth-file ~/auth.json --header X-Key:-", stdin: canary, reason: "auth_file_kind", code: 1, message: "the override file cannot hold this (two accounts on one host, headers)", hint: "unset KEYGLOT_AUTH_FILE"},
		{name: "a locked store", args: "token pkg.example", do: func(w *world) { w.file.FindErr = helper.ErrLocked }, reason: "locked", code: 6, message: "the store file is locked", hint: "unlock it, or use --backend file"},
		{name: "a store that is locked, and why", args: "token pkg.example", do: func(w *world) { w.file.FindErr = fmt.Errorf("the collection login: %w", helper.ErrLocked) }, reason: "locked", code: 6, message: "the store file is locked: the collection login", hint: "unlock it, or use --backend file"},
		{name: "a note that is too long", args: "login pkg.example --token - --note " + strings.Repeat("n", 201), reason: "bad_note", code: 2, message: "the note is longer than 200 characters or has a control character", hint: "give one short line"},
		{name: "a field that is not there", args: "token old.example --field access_key_id", do: func(w *world) { w.now = w.now.AddDate(0, 0, -2) }, reason: "no_field", code: 1, message: "https://old.example holds no such field", hint: "look at the fields with -o json"},
		{name: "nobody to choose", args: "switch twin.example", reason: "no_choice", code: 2, message: "there are several to choose from, and no terminal to ask on", hint: "name one with --username: u1, u2"},
		{name: "quiet and verbose", args: "list --quiet -v", reason: "output_mixed", code: 2, message: "--quiet and --verbose exclude each other", hint: "keep one"},
		{name: "a flag that is none", args: "login pkg.example --tokn " + canary, reason: "usage", code: 2, message: "there is no such flag: ...", hint: "see keyglot auth login --help"},
		{name: "a word too many", args: "login pkg.example " + canary, reason: "usage", code: 2, message: "there is a word too many: ...", hint: "see keyglot auth login --help"},
		{name: "a value that begins with a hyphen", args: "login pkg.example --token -" + canary, reason: "usage", code: 2, message: `a flag has no value; one that begins with "-" is given as --flag=VALUE`, hint: "see keyglot auth login --help"},
		{name: "a password without service", args: "login --password=" + canary, reason: "no_service", code: 2, message: "no service given", hint: "name one, e.g. keyglot auth login pkg.example, or set default_service"},
		{name: "a preset's name is no host", args: "login github/../x --token -", reason: "bad_service", code: 2, message: "this is not a service address (it has a . or .. in its path)", hint: "give a host, host:port, https URL or s3://bucket"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.login("twin.example", "u1", "1")
			w.login("twin.example", "u2", "2", "--no-switch")
			w.must("logout twin.example -u u1")
			w.login("twin.example", "u1", "1", "--no-switch")
			w.forget()
			w.login("old.example", "", "old", "--expires", "1d")
			w.stdin = "secret"
			w.must("login s3://data --s3-access-key-id id --s3-secret-access-key -")
			w.login("left.example", "ann", "1")
			w.now = w.now.AddDate(0, 0, 2)
			if row.config != "" {
				w.configure(row.config)
			}
			if name, value, ok := strings.Cut(row.env, "="); ok {
				w.env[name] = value
			}
			w.env["KEYGLOT_AUTH_FILE"] = strings.Replace(w.env["KEYGLOT_AUTH_FILE"], "~", w.env["HOME"], 1)
			row.args = strings.Replace(row.args, "~", w.env["HOME"], 1)
			if row.do != nil {
				row.do(w)
			}
			w.stdin = row.stdin
			o := w.auth(row.args)
			want := []string{row.message}
			if row.hint != "" {
				want = append(want, "hint: "+row.hint)
			}
			if o.code != row.code || !slices.Equal(o.said(), want) || o.out != "" {
				t.Errorf("code %d, want %d\n%q, want\n%q\nstdout %q", o.code, row.code, o.said(), want, o.out)
			}
			if row.reason == "not_a_token" || row.reason == "no_field" {
				return // as JSON it is an answer
			}
			w.stdin = row.stdin
			j := w.auth(row.args + " -o json")
			var got struct {
				Error struct {
					Code, Reason, Message, Hint string
					Exit                        int
				}
			}
			if err := json.Unmarshal([]byte(j.stderr), &got); err != nil || j.out != "" {
				t.Fatalf("%v: %s%s", err, j.out, j.stderr)
			}
			if e := got.Error; e.Reason != row.reason || e.Exit != row.code || j.code != row.code || e.Message != row.message || e.Hint != row.hint {
				t.Errorf("JSON: %+v", e)
			}
			for _, text := range []string{o.stderr, j.stderr} {
				if strings.Contains(text, canary) {
					t.Errorf("the secret is shown: %s", text)
				}
			}
		})
	}
}

// configure writes config.toml.
func (w *world) configure(text string) {
	w.t.Helper()
	dir := filepath.Join(w.env["HOME"], ".config", "keyglot")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// forget removes the state file: no account is current any more.
func (w *world) forget() {
	w.t.Helper()
	if err := os.Remove(filepath.Join(w.env["HOME"], ".local", "state", "keyglot", "state.json")); err != nil {
		w.t.Fatal(err)
	}
}

// TestNothingOnStandardOutput: -o none is silent there, whatever the command (AUTH-1).
func TestNothingOnStandardOutput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.login("pkg.example", "ann", "1", "--backend plain")
	for _, words := range []string{"list", "status", "token pkg.example", "dir", "providers", "move --all --yes --from plain --to file", "move --all --yes --from plain --to file", "export env --out " + w.env["HOME"] + "/out", "logout pkg.example"} {
		if o := w.auth(words + " -o none"); o.code != 0 || o.out != "" {
			t.Errorf("%s: %+v", words, o)
		}
	}
	if o := w.auth("export env -o none"); o.code != 2 || o.out != "" || o.stderr != "keyglot: with --output none the export needs a file\nkeyglot: hint: add --out FILE\n" {
		t.Errorf("an export to nowhere: %+v", o)
	}
}
