package cli_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"keyglot/helper"
	"keyglot/helper/lock"
)

// A textRow is one run that ends with a fixed text.
type textRow struct {
	name, args, stdin string // args behind keyglot auth, or all of them from "keyglot" on
	env               string // NAME=VALUE
	config            string
	do                func(w *world)
	json              bool // args ask for JSON
	reason            string
	code              int
	message, hint     string
}

// online lets the user's services be asked.
func online(w *world) { delete(w.env, "KEYGLOT_OFFLINE") }

// textRows are the runs of TestTexts.
func textRows() []textRow {
	long := strings.Repeat("x", 1<<20+1)
	return []textRow{
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
		{name: "a tab inside", args: "login pkg.example --token -", stdin: canary + "\tx", reason: "secret_lines", code: 2, message: "the secret has more than one line or a control character", hint: `pass one line, e.g. printf %s "$TOKEN"`},
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
		{name: "ambiguous, below", args: "token twin.example/x/y", reason: "ambiguous", code: 1, message: "2 accounts match https://twin.example/x/y: u1, u2", hint: "add --username, or: keyglot auth switch twin.example -u NAME"},
		{name: "ambiguous, in the default profile", args: "token twin.example", do: func(w *world) {
			w.login("x.example", "", "t", "--profile", "work")
		}, reason: "ambiguous", code: 1, message: "2 accounts match https://twin.example: u1, u2", hint: "add --username, or: keyglot auth switch twin.example -u NAME --profile default"},
		{name: "ambiguous logout", args: "logout twin.example", reason: "ambiguous", code: 1, message: "2 accounts match https://twin.example: u1, u2", hint: "add --username, or: keyglot auth switch twin.example -u NAME, or --all"},
		{name: "S3 keys are no token", args: "token s3://data", reason: "not_a_token", code: 1, message: "s3://data holds S3 keys, which are not one token", hint: "use --field access_key_id or --field secret_access_key, or -o json"},
		{name: "a password is no conda token", args: "token left.example --as conda-url", reason: "not_a_token", code: 1, message: "https://left.example holds no conda token", hint: "leave --as conda-url out, or store one with --conda-token -"},
		{name: "a conda token is no header", args: "token conda.example --as header", do: func(w *world) { w.stdin = "x"; w.must("login conda.example --conda-token -") }, reason: "not_a_token", code: 1, message: "https://conda.example holds a conda token, which goes into the address", hint: "use --as conda-url, or leave --as out for the token alone"},
		{name: "a header is no user and password", args: "token head.example --as basic", do: func(w *world) { w.stdin = "x"; w.must("login head.example --header X-Key:-") }, reason: "not_a_token", code: 1, message: "https://head.example holds a header, which has no other form", hint: "use --as header, or leave --as out for the secret alone"},
		{name: "expired", args: "token old.example", reason: "login_required", code: 3, message: "what is stored for https://old.example has expired", hint: "run: keyglot auth login old.example"},
		{name: "nothing stored", args: "token https://none.example/x", reason: "not_found", code: 4, message: "nothing is stored for https://none.example/x in profile default", hint: "run: keyglot auth login none.example/x"},
		{name: "nothing stored in a named profile", args: "token none.example --profile work", do: func(w *world) { w.login("pkg.example", "ann", "s3cret", "--profile", "work", "--no-switch") }, reason: "not_found", code: 4, message: "nothing is stored for https://none.example in profile work", hint: "run: keyglot auth login none.example --profile work"},
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
		{name: "the override file is not there", args: "list --auth-file ~/none.json", reason: "auth_file_missing", code: 4, message: "the override file is not there: ~/none.json", hint: "name one that is, or make it: keyglot auth login SERVICE --auth-file PATH"},
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
		{name: "a user name with a control character", args: "login pkg.example --username=a\x01b --password -", reason: "bad_service", code: 2, message: "the user name has a control character", hint: "give it as one line of text"},
		{name: "a password for a key service", args: "login app.baseten.co -u ann --password -", reason: "kind_refused", code: 2, message: "app.baseten.co takes an API key", hint: "use --with-api-key, or --any-kind"},
		{name: "a user and a header", args: "login pkg.example -u ann --header A:b", reason: "user_unfit", code: 2, message: "--username does not go with --header", hint: "leave it out"},
		{name: "a user and S3", args: "login s3://data -u ann --s3-access-key-id a --s3-secret-access-key -", reason: "user_unfit", code: 2, message: "--username does not go with --s3-access-key-id", hint: "leave it out"},
		{name: "too few lines for S3", args: "login s3://data --s3-access-key-id - --s3-secret-access-key -", stdin: canary, reason: "secret_lines", code: 2, message: "standard input has 1 line; 2 expected", hint: "one line each: access key id, secret access key, session token"},
		{name: "a prompt of the system was dismissed", args: "token pkg.example", do: func(w *world) {
			w.file.FindErr = fmt.Errorf("the dialog of the Secret Service was dismissed: %w", helper.ErrDenied)
		}, reason: "prompt_denied", code: 5, message: "the store file refused: the dialog of the Secret Service was dismissed", hint: "choose another store with --backend"},
		{name: "a store that is silent", args: "token pkg.example", do: func(w *world) { w.file.FindErr = context.DeadlineExceeded }, reason: "locked", code: 6, message: "the store file did not answer in 8 s", hint: "unlock it, or use --backend file"},
		{name: "a lock that stays held", args: "token pkg.example", do: func(w *world) { w.file.FindErr = &lock.TimeoutError{Path: "/run/x.lock"} }, reason: "lock_wait", code: 6, message: "another process still holds the lock /run/x.lock", hint: "try again"},
		{name: "checked and not", args: "login pkg.example --token - --validate --no-validate", reason: "validate_mixed", code: 2, message: "--validate and --no-validate exclude each other", hint: "drop one"},
		{name: "checked offline", args: "login pkg.example --token - --validate=https://pkg.example/me", reason: "validate_offline", code: 2, message: "--validate asks the service, and no server is asked offline", hint: "leave out --offline and KEYGLOT_OFFLINE"},
		{name: "checked elsewhere", args: "login pkg.example --token - --validate=https://evil.example/me", do: online, reason: "validate_url", code: 2, message: "--validate needs an address at the service itself", hint: "e.g. --validate=https://pkg.example/api/user"},
		{name: "checked on many hosts", args: "login *.pkg.example --token - --validate=https://a.pkg.example/me", do: online, reason: "validate_wildcard", code: 2, message: "--validate asks one host, and https://*.pkg.example is many", hint: "leave it out"},
		{name: "checked with nothing", args: "login pkg.example --token - --validate", do: online, reason: "validate_unknown", code: 2, message: "nothing is known to ask https://pkg.example with", hint: "give an address of its own that only a login may read: --validate=URL"},
		{name: "a user agent of two lines", args: "login pkg.example --token - --user-agent a\x01b", do: online, reason: "bad_user_agent", code: 2, message: "the user agent has a control character", hint: "give one line of text"},
		{name: "verified offline", args: "status left.example --verify", reason: "verify_offline", code: 2, message: "--verify asks the service, and no server is asked offline", hint: "leave out --offline and KEYGLOT_OFFLINE"},
		{name: "a refused token", args: "login github.com --token -", stdin: canary, do: func(w *world) { w.curl(0, "{}", 401) }, reason: "refused", code: 5, message: "github.com refused this credential (401); nothing was saved", hint: "create a new one at https://github.com/settings/tokens; --no-validate stores it all the same"},
		{name: "a refused password", args: "login pkg.example -u ann --password - --validate=https://pkg.example/me", stdin: canary, do: func(w *world) { w.curl(0, canary, 403) }, reason: "refused", code: 5, message: "pkg.example refused this credential (403); nothing was saved", hint: "--no-validate stores it all the same"},
		{name: "a token of nobody", args: "login prefix.dev --token -", stdin: canary, do: func(w *world) { w.curl(0, `{"data":{"viewer":null}}`, 200) }, reason: "refused", code: 5, message: "prefix.dev refused this credential (it knows nobody by it); nothing was saved", hint: "--no-validate stores it all the same"},
		{name: "a server in trouble", args: "login pkg.example --token - --validate=https://pkg.example/me", stdin: canary, do: func(w *world) { w.curl(0, canary, 503) }, reason: "unreachable", code: 6, message: "pkg.example could not be asked: it answers 503; nothing was saved", hint: "try again, or leave out --validate"},
		{name: "a redirect", args: "login pkg.example --token - --validate=https://pkg.example/me", stdin: canary, do: func(w *world) { w.curl(0, "", 302) }, reason: "unreachable", code: 6, message: "pkg.example could not be asked: it answers 302; nothing was saved", hint: "try again, or leave out --validate"},
		{name: "no such server", args: "login pkg.example --token - --validate=https://pkg.example/me", stdin: canary, do: func(w *world) { w.curl(6, "", 0) }, reason: "unreachable", code: 6, message: "pkg.example could not be asked: there is no such host; nothing was saved", hint: "try again, or leave out --validate"},
		{name: "no curl", args: "login pkg.example --token - --validate=https://pkg.example/me", stdin: canary, do: online, reason: "unreachable", code: 6, message: "pkg.example could not be asked: there is no curl on PATH to ask with; nothing was saved", hint: "try again, or leave out --validate"},
		{name: "a certificate", args: "login pkg.example --token - --validate=https://pkg.example/me", stdin: canary, do: func(w *world) { w.curl(60, "", 0) }, reason: "tls", code: 1, message: "the certificate of https://pkg.example is not trusted here; nothing was saved", hint: "set SSL_CERT_FILE to a file with its issuer's"},
		{name: "a login that is not renewed offline", args: "token left.example --offline", do: func(w *world) {
			for _, c := range w.file.All() {
				c.Kind, c.Refresh, c.Expiry = helper.Bearer, helper.NewSecret(canary), w.now
				_ = w.file.Save(context.Background(), c)
			}
		}, reason: "offline", code: 6, message: "the login for https://left.example has expired, and is not renewed offline; it is kept", hint: "leave out --offline and KEYGLOT_OFFLINE"},
		{name: "a secret that JSON cannot carry", args: "token left.example -o json", json: true, do: func(w *world) {
			for _, c := range w.file.All() {
				c.Secret = helper.NewSecret(canary + "\xff")
				_ = w.file.Save(context.Background(), c)
			}
		}, reason: "not_text", code: 1, message: "what https://left.example holds is not UTF-8 text, which JSON cannot carry", hint: "leave -o json out"},
		{name: "--field and --as", args: "token left.example --field username --as basic", reason: "output_mixed", code: 2, message: "--field and --as exclude each other", hint: "keep one"},
		{name: "--json and another form", args: "list --json -o jsonl", json: true, reason: "output_mixed", code: 2, message: "--json and --output exclude each other", hint: "keep one"},
		{name: "two stores to move to", args: "move left.example --to plain --backend file", reason: "store_mixed", code: 2, message: "--to and --backend name two stores", hint: "keep one"},
		{name: "a move from a store to itself", args: "move left.example --from file --to file", reason: "store_mixed", code: 2, message: "--from and --to name one store", hint: "name two"},
		{name: "a move to nowhere", args: "move left.example", reason: "no_store", code: 2, message: "no store is named that the credentials are to be in", hint: "name it with --to"},
		{name: "a move of a user without service", args: "move --all -u ann --to plain", reason: "no_service", code: 2, message: "--username goes with a service", hint: "name the service"},
		{name: "a configuration that is not there", args: "list --config ~/none.toml", reason: "no_config", code: 2, message: "--config: there is no such file"},
		{name: "nothing in a profile to export", args: "export env --out ~/x", do: func(w *world) { w.file.Drop() }, reason: "not_found", code: 4, message: "nothing is stored in profile default", hint: "see keyglot auth list --all-profiles"},
		{name: "--jq and text", args: "list -q . -o text", reason: "output_jq", code: 2, message: "--jq does not go with --output text"},
		{name: "--jq and nothing", args: "list -o none --jq=.", reason: "output_jq", code: 2, message: "--jq does not go with --output none"},
		{name: "no expression", args: "login pkg.example --token " + canary + " -q=", json: true, reason: "bad_jq", code: 2, message: "the --jq expression is not valid (at character 1)"},
		{name: "an expression that is none", args: "login pkg.example --token " + canary + " -q ." + canary + "]", json: true, reason: "bad_jq", code: 2, message: "the --jq expression is not valid (at character 14)"},
		{name: "an expression with what is not known", args: "list -o jsonl -q " + canary, json: true, reason: "bad_jq", code: 2, message: "the --jq expression is not valid", hint: "it names a function, variable or module that is not known here"},
		{name: "an expression that fails", args: "list -q error(\"" + canary + "\")", json: true, reason: "jq_runtime", code: 1, message: "the command succeeded, but the --jq expression failed", hint: "look at the data with -o json"},
		{name: "an expression without JSON", args: "keyglot version -q .", json: true, reason: "no_json", code: 2, message: "this command has no JSON for --jq", hint: "leave --jq out"},
		{name: "an expression for another program", args: "keyglot exec -q . --netrc --all -- none", json: true, reason: "no_json", code: 2, message: "this command has no JSON for --jq", hint: "leave --jq out"},
		{name: "an export as JSON", args: "export env -o json", json: true, reason: "no_out", code: 2, message: "with JSON on standard output the export needs a file", hint: "add --out FILE"},
		{name: "an export to a terminal", args: "export env", do: func(w *world) { w.terminal = true }, reason: "on_terminal", code: 2, message: "this would show secrets on the terminal", hint: "add --out FILE, or --yes"},
		{name: "an export over a file", args: "export env left.example --out ~/there", do: func(w *world) { _ = os.WriteFile(w.env["HOME"]+"/there", nil, 0o600) }, reason: "file_exists", code: 2, message: "the file is there already", hint: "add --force to replace it"},
		{name: "an export over a folder", args: "export env left.example --force --out ~/.", reason: "file_exists", code: 2, message: "what is there is no plain file", hint: "name another file"},
		{name: "encryption of another's format", args: "export uv --encrypt --out ~/x", reason: "no_encryption", code: 2, message: "only the format keyglot can be encrypted", hint: "keyglot auth export keyglot --encrypt --out FILE"},
		{name: "an unknown format to export", args: "export nope", reason: "unknown_format", code: 2, message: "there is nothing of that name to export to", hint: "known: netrc, git-credentials, docker, rattler, uv, env, keyglot"},
		{name: "an unknown format to import", args: "import nope", reason: "unknown_format", code: 2, message: "there is nothing of that name to import from", hint: "known: all, git-credentials, docker, netrc, gh, gcm, uv, uv-keyring, pyx, rattler, rattler-keyring, keyring, cargo, pypirc, npmrc, baseten, keyglot"},
		{name: "all from one file", args: "import all ~/x", reason: "usage", code: 2, message: "an import of all reads where the tools look", hint: "leave the file out, or name its format"},
		{name: "keyglot's own file is not named", args: "import keyglot", reason: "no_file", code: 2, message: "a file that keyglot exported has to be named", hint: "keyglot auth import keyglot FILE"},
		{name: "helpers of another's file", args: "import uv --via-helper", reason: "no_helpers", code: 2, message: "--via-helper is for docker: other tools' files name no helpers", hint: "leave it out"},
		{name: "a file that cannot be cleared", args: "import keyglot ~/x --delete-source", reason: "source_fixed", code: 2, message: "keyglot cannot take entries out of this tool's file without changing the rest of it", hint: "leave --delete-source out, and log out with the tool itself"},
		{name: "an import of a file that is not there", args: "import git-credentials ~/none", reason: "not_found", code: 4, message: "there is no such file", hint: "leave it out to read where the tool looks"},
		{name: "what is stored is in the default profile", args: "switch left.example", do: func(w *world) {
			w.login("x.example", "", "t", "--profile", "work")
		}, reason: "not_found", code: 4, message: "nothing is stored for https://left.example in profile work", hint: "it is stored in profile default: add --profile default"},
		{name: "an unknown tool", args: "keyglot doctor nope", reason: "unknown_tool", code: 2, message: "there is no tool of that name", hint: "known here: git, docker, podman, helm, netrc"},
		{name: "a profile for a tool that takes none", args: "keyglot --profile default setup docker", reason: "profile_unfit", code: 2, message: "docker cannot be bound to a profile: it gets the current one", hint: "keyglot auth switch --profile NAME makes one current"},
		{name: "a path where a host is due", args: "keyglot setup git --host h.example/x", reason: "host_form", code: 2, message: "set-up takes a host alone, without path, user or *", hint: "give HOST or HOST:PORT"},
		{name: "a form that is none", args: "token left.example --as nope", reason: "usage", code: 2, message: "a flag has a value that is not one of its own", hint: "see keyglot auth token --help"},
		{name: "two services", args: "login pkg.example --hostname h.example --token -", reason: "usage", code: 2, message: "the service is given twice: by itself and with --hostname", hint: "keep one"},
		{name: "a protocol behind a flag", args: "keyglot --profile x git", reason: "usage", code: 2, message: "a protocol's name stands first; its options follow it", hint: "e.g. keyglot git --profile NAME get"},
	}
}
