package docker_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"keyglot/helper"
)

// DOC-6, SEC-1, and row 5 of the attack table: 1 MiB is read, a byte more is
// refused with nothing asked.
func TestInputLimit(t *testing.T) {
	t.Parallel()
	object := `{"ServerURL":"h","Username":"a","Secret":"s"}`
	full := object + strings.Repeat(" ", helper.MaxInput-len(object))
	svc := &fake{}
	if got := ask("store", full).run(t, svc); got != (output{}) || len(svc.puts) != 1 {
		t.Errorf("1 MiB: %+v", got)
	}
	for _, action := range []string{"store", "get", "erase"} {
		svc := &fake{}
		if got := ask(action, full+" ").run(t, svc); got != refused("keyglot: input larger than 1 MiB") || svc.asked() != 0 {
			t.Errorf("%s: %+v, %d questions", action, got, svc.asked())
		}
	}
}

// DOC-9, and row 5 of the attack table: a pipe that never ends is left when
// the budget is spent.
func TestInputThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	for _, action := range []string{"store", "get", "erase"} {
		svc := &fake{}
		got := call{ctx: ctx, args: []string{action}, stdin: silent{}}.run(t, svc)
		if got != refused("keyglot: stdin did not end within 8s") || svc.asked() != 0 {
			t.Errorf("%s: %+v", action, got)
		}
	}
}

// failing is a stream that is closed.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("read " + canary) }

// DOC-8: input that cannot be read is told too.
func TestInputThatCannotBeRead(t *testing.T) {
	t.Parallel()
	got := call{args: []string{"get"}, stdin: failing{}}.run(t, &fake{})
	if got != refused("keyglot: stdin cannot be read") {
		t.Errorf("%+v", got)
	}
}
