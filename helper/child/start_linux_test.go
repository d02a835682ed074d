package child

import (
	"os"
	"strings"
	"testing"
)

// A program cannot fill the memory with its messages: a spool does not grow.
func TestSpoolIsBounded(t *testing.T) {
	t.Parallel()
	got, err := Run(t.Context(), spooled("printf start >&2; head -c 1000000 /dev/zero >&2; stat -Lc %s /proc/self/fd/2"))
	if err != nil || string(got.Stdout) != "65536\n" || !strings.HasPrefix(string(got.Stderr), "start") {
		t.Errorf("got %q, %q, %v", got.Stdout, got.Stderr[:min(len(got.Stderr), 10)], err)
	}
}

// A program that has ended leaves no descriptor open.
func TestNothingStays(t *testing.T) {
	before, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := Run(t.Context(), spooled("exit 0")); err != nil {
			t.Fatal(err)
		}
	}
	after, err := os.ReadDir("/proc/self/fd")
	if err != nil || len(after) > len(before)+2 { // the poller's own
		t.Errorf("%d descriptors, before %d, %v", len(after), len(before), err)
	}
}
