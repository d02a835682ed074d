package cli

import (
	"context"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
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

// custodian is a store that says it is locked; unlockable one whose key keyglot has.
type custodian struct{ helper.Store }

func (custodian) Custody(context.Context) helper.Custody {
	return helper.Custody{Location: "there", State: "locked", Protects: "It does."}
}

type unlockable struct{ custodian }

func (unlockable) Lock(context.Context, func() (helper.Secret, error)) (string, error) {
	return "", nil
}

func (unlockable) Unlock(context.Context, func() (helper.Secret, error), time.Duration) (string, error) {
	return "", nil
}

func (unlockable) RemovePassphrase(context.Context, func() (helper.Secret, error)) (string, error) {
	return "", nil
}

// Only a store whose key keyglot has can be unlocked by keyglot; of another one doctor names no
// command that fails (STO-45).
func TestDoctorLocked(t *testing.T) {
	t.Parallel()
	for want, store := range map[string]helper.Store{"keyglot auth unlock": unlockable{}, "unlock it, or use --backend file": custodian{}} {
		found := inForce(t.Context(), helper.Place{Backend: helper.Backend{Name: "s", Open: opened(store, nil)}})
		if last := found[len(found)-1]; !last.Problem || last.Fix != want {
			t.Errorf("%+v, want %s", last, want)
		}
	}
	if f := problem(&helper.StoreError{Store: "s", Op: "list", Err: helper.ErrLocked}); f.Fix != "unlock it, or use --backend file" {
		t.Errorf("%+v", f)
	}
}
