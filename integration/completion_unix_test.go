//go:build unix

package integration_test

import (
	"strings"
	"testing"
)

// TestTabCompletes: a person at each shell presses Tab, where the script lies
// in the place that its help names: commands, flags and values of flags are
// completed, and a file where no word of keyglot's can stand.
func TestTabCompletes(t *testing.T) {
	t.Parallel()
	need(t, "bash", "zsh", "fish")
	for _, shell := range []struct {
		name, script string // and where the script goes
		args         []string
		start        string // what is typed first
	}{
		{"bash", ".local/share/bash-completion/completions/keyglot", []string{"--norc", "--noprofile", "-i"}, ". ~/.local/share/bash-completion/completions/keyglot"},
		{"zsh", ".zfunc/_keyglot", []string{"-f", "-i"}, "fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit -u -D; setopt no_beep"},
		{"zsh, sourced", ".zfunc/_keyglot", []string{"-f", "-i"}, "autoload -Uz compinit; compinit -u -D; setopt no_beep; source <(keyglot completion zsh)"},
		{"fish", ".config/fish/completions/keyglot.fish", []string{"-i"}, "true"},
	} {
		t.Run(shell.name, func(t *testing.T) {
			t.Parallel()
			h := newHome(t)
			program, _, _ := strings.Cut(shell.name, ",")
			h.write(shell.script, h.must("", "keyglot", "completion", program), 0o600)
			h.write("work/unique-file-name", "", 0o600)
			h.env["TERM"], h.env["fish_greeting"] = "dumb", ""
			p := h.sits(&person{t: t}, nil, nil, program, shell.args...)
			tell := func(words string) { p.types(words + "; echo d''one end\n").sees("done end") }
			tell(shell.start)
			// What is completed is run: it says which words came of it.
			h.write("bin/keyglot", "#!/bin/sh\nfor w; do printf '<%s>' \"$w\"; done\n", 0o755)
			p.types("PATH=" + h.path("bin") + ":$PATH")
			if program == "fish" {
				p.types("\x15set -x PATH " + h.path("bin") + " $PATH")
			}
			tell("")
			for _, row := range []struct{ typed, want string }{
				{"keyglot au\tprov\t", "<auth><providers>"},
				{"keyglot auth login h.example --s3-sec\t", "<auth><login><h.example><--s3-secret-access-key>"},
				{"keyglot setup do\t", "<setup><docker>"},
				{"keyglot auth import netrc uniq\t", "<auth><import><netrc><unique-file-name>"},
			} {
				p.types(row.typed + "\n").sees(row.want)
			}
			p.types("exit\n")
			p.ends()
			t.Log(p.seen.String())
		})
	}
}
