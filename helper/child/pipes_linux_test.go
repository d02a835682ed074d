package child

import (
	"bytes"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// DOC-63: what a program said before its end counts, however late this process comes to read it: half
// an answer, or none, would be taken for the whole.
func TestReadLate(t *testing.T) {
	t.Parallel()
	said := bytes.Repeat([]byte("s3cret"), 10_000) // what a pipe holds, and more than one read takes
	for name, held := range map[string]bool{"ended": false, "held by a descendant": true} {
		r, w, err := pipe()
		if err != nil {
			t.Fatal(err)
		}
		if n, err := unix.Write(w, said); n != len(said) || err != nil {
			t.Fatal(n, err)
		}
		if held {
			defer syscall.Close(w)
		} else {
			syscall.Close(w)
		}
		over := time.Unix(1, 0)
		if err := r.SetReadDeadline(over); err != nil { // as if grace had passed before the first read
			t.Fatal(err)
		}
		out := limited{limit: 1 << 20}
		if got := copyOf(r, &out).end(over); got != held || !bytes.Equal(out.text, said) {
			t.Errorf("%s: %d of %d bytes, held: %v", name, len(out.text), len(said), got)
		}
		r.Close()
	}
}
