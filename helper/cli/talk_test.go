package cli

import (
	"bytes"
	"testing"
)

// TestSpeak: a line for people breaks between words where a terminal has no room
// for it, never within a command that may be copied, and nowhere else.
func TestSpeak(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name  string
		width int
		text  string
		want  string
	}{
		{"no terminal", 0, "a text that is longer than forty columns, which nobody sees", "keyglot: a text that is longer than forty columns, which nobody sees\n"},
		{"a short one", 40, "done", "keyglot: done\n"},
		{"a long one", 40, "a text that is longer than forty columns, which somebody sees", "keyglot: a text that is longer than\n  forty columns, which somebody sees\n"},
		{"a command", 40, "hint: run: keyglot auth login registry.example.com:5000", "keyglot: hint: run:\n  keyglot auth login registry.example.com:5000\n"},
		{"two commands", 30, "keyglot auth switch h, or keyglot setup git --host h", "keyglot:\n  keyglot auth switch h, or\n  keyglot setup git --host h\n"},
		{"a program's name in a sentence", 30, "that keyglot cannot take it out", "keyglot: that keyglot cannot\n  take it out\n"},
		{"a word that is too long", 20, "see /a/very/long/path/to/a/file there", "keyglot: see\n  /a/very/long/path/to/a/file\n  there\n"},
		{"escape sequences", 40, "the host a\x1b[2Jb", "keyglot: the host a\\u{1b}[2Jb\n"},
	} {
		var said bytes.Buffer
		a := &app{Process: Process{Stderr: &said, Width: func(fd int) int {
			if fd != 2 {
				t.Errorf("%s: the width of %d", row.name, fd)
			}
			return row.width
		}}}
		a.speak(row.text)
		if said.String() != row.want {
			t.Errorf("%s: %q, want %q", row.name, said.String(), row.want)
		}
	}
}
