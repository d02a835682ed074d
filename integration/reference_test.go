package integration_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/reference.md anew")

// TestReference: docs/reference.md is what the grammar says, so every command
// and every flag is in it (L8).
func TestReference(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	got := h.must("", "keyglot", "man", "--markdown")
	for name, text := range map[string]string{"reference.md": got, "llms.txt": h.must("", "keyglot", "man", "--index")} {
		path := filepath.Join("..", "docs", name)
		if *update {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || string(want) != text {
			t.Errorf("docs/%s is not what keyglot man prints (%v); go test ./integration -run TestReference -update writes it", name, err)
		}
	}
	for _, text := range []string{"## keyglot auth login\n", "`--s3-session-token=T`", "`-u, --username=NAME`", "## keyglot setup git\n"} {
		if !strings.Contains(got, text) {
			t.Errorf("the reference lacks %q", text)
		}
	}
}

// TestHelpIsInTheReference: what --help shows of a command, the reference has.
func TestHelpIsInTheReference(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	reference := h.must("", "keyglot", "man", "--markdown")
	for _, command := range []string{"", "auth login", "auth logout", "auth token", "auth status", "auth list", "auth import", "auth export", "setup docker", "exec"} {
		help := h.must("", "keyglot", append(strings.Fields(command), "--help")...)
		for word := range strings.FieldsSeq(help) {
			name, _, _ := strings.Cut(strings.Trim(word, ",.;:()[]\""), "=")
			if strings.HasPrefix(name, "--") && len(name) > 2 && !strings.Contains(reference, name+"`") && !strings.Contains(reference, name+"=") {
				t.Errorf("keyglot %s --help has %s, the reference has not", command, name)
			}
		}
	}
}

// TestCompletion: the shells complete commands, flags and their choices.
func TestCompletion(t *testing.T) {
	t.Parallel()
	need(t, "bash", "zsh", "fish")
	h := newHome(t)
	for _, shell := range []struct{ name, script string }{
		{"bash", `source <(keyglot completion bash); COMP_WORDS=(keyglot "$@"); COMP_CWORD=$#; _keyglot; printf '%s\n' "${COMPREPLY[@]}"`},
		{"zsh", `compdef() { :; }; compadd() { shift; for w in $@; do [[ $w == ${words[CURRENT]}* ]] && print -r -- $w; done; return 0; }; _files() { :; }
			words=(keyglot "$@"); CURRENT=$#words; source <(keyglot completion zsh); _keyglot`},
		{"fish", `keyglot completion fish | source; complete -C (string join ' ' -- keyglot $argv) | string replace -r '\t.*' ''`},
	} {
		for _, row := range []struct{ typed, want string }{
			{"au", "auth"},
			{"auth l", "list lock login logout"},
			{"auth login h --s3-s", "--s3-secret-access-key --s3-session-token"},
			{"setup d", "docker"},
			{"auth list --all", "--all-profiles"},
			{"setup ", "all docker git helm netrc podman"}, // no flags before a -
		} {
			args := []string{"-c", shell.script, "-"}
			switch shell.name {
			case "zsh":
				args = []string{"-f", "-c", shell.script, "-"}
			case "fish":
				args = []string{"--no-config", "-c", shell.script}
			}
			r := h.run("", shell.name, append(args, strings.Split(row.typed, " ")...)...)
			got := strings.Fields(r.out)
			slices.Sort(got)
			if text := strings.Join(got, " "); text != row.want {
				t.Errorf("%s: %s completes to %q, want %q\n%s", shell.name, row.typed, text, row.want, r.stderr)
			}
		}
	}
	values := `source <(keyglot completion bash); COMP_WORDS=(keyglot auth list --output = js); COMP_CWORD=5; _keyglot; echo "${COMPREPLY[@]}"`
	if got := h.must("", "bash", "-c", values); got != "json jsonl\n" {
		t.Errorf("bash: a flag's value completes to %q", got)
	}
	if script := h.must("", "keyglot", "completion", "powershell"); !strings.Contains(script, `"auth login" = `) || !strings.Contains(script, "--s3-region") {
		t.Errorf("PowerShell's script: %s", script)
	}
	// What PowerShell would expand in a string stands in none. It cannot be run here.
	for line := range strings.Lines(h.must("", "keyglot", "completion", "powershell")) {
		if words, ok := strings.CutPrefix(line, "\t\t\""); ok && strings.ContainsAny(words, "$`") {
			t.Errorf("PowerShell: %s", line)
		}
	}
	if page := h.must("", "keyglot", "man"); !strings.HasPrefix(page, ".TH KEYGLOT 1 ") || !strings.Contains(page, `\-\-s3\-region`) {
		t.Errorf("the manual page: %.300s", page)
	}
}

// TestConfigDocs: docs/config.md has every key of config.toml and every
// variable of keyglot's own.
func TestConfigDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/config.md")
	if err != nil {
		t.Fatal(err)
	}
	keys := regexp.MustCompile("toml:\"([a-z_]+)\"")
	variables := regexp.MustCompile(`"(KEYGLOT_[A-Z_]+[A-Z])"`)
	inner := []string{"KEYGLOT_BACKENDTEST", "KEYGLOT_DOCKER_DEPTH"} // what keyglot tells its own children
	found := 0
	for _, pattern := range []string{"helper/config/*.go", "helper/cli/*.go", "backends/*/*.go", "protocol/*/*.go"} {
		files, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			for _, m := range slices.Concat(keys.FindAllSubmatch(source, -1), variables.FindAllSubmatch(source, -1)) {
				name := string(m[1])
				if found++; !regexp.MustCompile(`\b`+name+`\b`).Match(text) && !slices.Contains(inner, name) {
					t.Errorf("docs/config.md lacks %s of %s", name, file)
				}
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d keys and variables were looked for", found)
	}
}
