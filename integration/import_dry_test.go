package integration_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// importDry runs an import dry, then for real, which must come to the same
// counts and say the same of what is skipped (AUTH-66). It returns the latter.
func (h *home) importDry(words ...string) result {
	h.t.Helper()
	words = append([]string{"auth", "import"}, words...)
	dry := h.run("", "keyglot", append(slices.Clone(words), "--dry-run")...)
	then := h.run("", "keyglot", words...)
	if dry.rc != then.rc {
		h.t.Errorf("%v\nbut dry %v", then, dry)
	}
	if a, b := counts(dry.out), counts(then.out); !slices.Equal(a, b) {
		h.t.Errorf("%v\nbut dry %v", then, dry)
	}
	if a, b := skippedLines(dry.stderr), skippedLines(then.stderr); !slices.Equal(a, b) {
		h.t.Errorf("%v\nbut dry %v", then, dry)
	}
	return then
}

func counts(out string) (list []string) {
	form := regexp.MustCompile(`(?m)^(?:Would import|Imported) (\d+), updated? (\d+), (?:unchanged|leave) (\d+)(?:,| and) skip(?:ped)? (\d+) from (.*)$`)
	for _, found := range form.FindAllStringSubmatch(out, -1) {
		list = append(list, strings.Join(found[1:], " "))
	}
	return list
}

func skippedLines(text string) (list []string) {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "keyglot: skipped ") {
			list = append(list, line)
		}
	}
	return list
}

// AUTH-66: a dry run says what the import then does: what a store cannot hold,
// what may not be kept for plain http, and what is in the way of each other, in
// one file and in several.
func TestImportDry(t *testing.T) {
	t.Parallel()
	const file = "https://ann:1@a.example\nhttps://ann:2@a.example\nhttp://ann:3@10.0.0.1\nhttp://ann:4@127.0.0.1:3000\nhttps://ann:5@b.example/path\n"
	for name, row := range map[string]struct {
		git, netrc, rattler string
		words               []string
		counts              []string
		skipped             []string // in part
	}{
		"plain http, and an account twice": {
			git: file, words: []string{"git-credentials"}, counts: []string{"3 0 0 2 "},
			skipped: []string{"line 2 https://a.example as ann: the same account stands before it", "line 3 http://10.0.0.1 as ann: plain http is accepted for"},
		},
		"a store that holds no paths": {
			git: file, words: []string{"git-credentials", "--backend", "netrc"}, counts: []string{"1 0 0 4 "},
			skipped: []string{"line 2 ", "line 3 ", "line 4 http://127.0.0.1:3000 as ann: netrc: save: netrc ", "line 5 https://b.example/path as ann: netrc: save: netrc "},
		},
		"a store that holds no such kind": {
			rattler: `{"conda.example": {"CondaToken": "c"}, "s3://bucket": {"S3Credentials": {"access_key_id": "AK", "secret_access_key": "SK"}}, "h.example": {"BasicHTTP": {"username": "ann", "password": "p"}}}`,
			words:   []string{"rattler", "--backend", "netrc"}, counts: []string{"1 0 0 2 "},
			skipped: []string{"line 1 https://conda.example: netrc: save: cannot hold conda credentials: not supported", "line 1 s3://bucket: netrc: save: cannot hold s3 credentials: not supported"},
		},
		"two formats of another secret": {
			git: "https://ann:1@a.example\n", netrc: "machine a.example login ann password other\nmachine c.example login ann password 1\n",
			words: []string{"all"}, counts: []string{"1 0 0 0 ", "1 0 0 1 "},
			skipped: []string{"line 1 https://a.example as ann: another secret is stored; --overwrite replaces it"},
		},
		"two formats of another secret, overwritten": {
			git: "https://ann:1@a.example\n", netrc: "machine a.example login ann password other\n",
			words: []string{"all", "--overwrite"}, counts: []string{"1 0 0 0 ", "0 1 0 0 "},
		},
		"two formats of one secret": {
			git: "https://ann:1@a.example\n", netrc: "machine a.example login ann password 1\n",
			words: []string{"all"}, counts: []string{"1 0 0 0 ", "0 0 1 0 "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			delete(h.env, "NETRC")
			for path, text := range map[string]string{".git-credentials": row.git, ".netrc": row.netrc, ".rattler/credentials.json": row.rattler} {
				if text != "" {
					h.write(path, text, 0o600)
				}
			}
			if slices.Contains(row.words, "netrc") {
				h.write(".config/keyglot/config.toml", "[backends.netrc]\npath = "+jsonText(h.path("own-netrc"))+"\n", 0o600)
			}
			r := h.importDry(row.words...)
			if got := counts(r.out); len(got) != len(row.counts) || !slices.EqualFunc(got, row.counts, strings.HasPrefix) {
				t.Errorf("%v\nwant %q", r, row.counts)
			}
			got := skippedLines(r.stderr)
			if len(got) != len(row.skipped) || !slices.EqualFunc(got, row.skipped, strings.Contains) {
				t.Errorf("%v\nwant %q", r, row.skipped)
			}
		})
	}
}
