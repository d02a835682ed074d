package cli

import (
	"strings"
	"testing"

	"keyglot/helper/setup"
)

// A terminal gets 80 columns, a pipe one line for each finding; a command or a
// line to copy is never cut.
func TestDoctorText(t *testing.T) {
	t.Parallel()
	words, command := strings.Repeat("some words ", 12), "mend --it "+strings.Repeat("now ", 25)
	s := section{"store", []setup.Finding{{Problem: true, Text: words + "end", Fix: command + "end"}, {Note: true, Text: "a note", Fix: "a line"}}}
	text := s.text(true)
	for line := range strings.Lines(text) {
		if n := len(strings.TrimSuffix(line, "\n")); n > 80 && !strings.Contains(line, "to mend:") {
			t.Errorf("%d columns: %s", n, line)
		}
	}
	for _, want := range []string{"  to mend: " + command + "end\n", "  -        a note\n           a line\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if text := s.text(false); !strings.Contains(text, "  problem  "+words+"end\n") {
		t.Errorf("in a pipe:\n%s", text)
	}
}
