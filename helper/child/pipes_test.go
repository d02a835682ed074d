package child

import (
	"bytes"
	"os"
	"testing"
	"time"
)

// DOC-63: what a program said before its end counts, however late this process comes to read it: half
// an answer, or none, would be taken for the whole.
func TestReadLate(t *testing.T) {
	t.Parallel()
	readLate(t, 4000, os.Pipe) // what a pipe of Windows holds
}

func readLate(t *testing.T, size int, pipe func() (r, w *os.File, err error)) {
	said := bytes.Repeat([]byte("s3cret"), size/6)
	for name, held := range map[string]bool{"ended": false, "held by a descendant": true} {
		r, w, err := pipe()
		if err != nil {
			t.Fatal(err)
		}
		if n, err := w.Write(said); err != nil {
			t.Fatal(n, err)
		}
		if held {
			defer w.Close()
		} else {
			w.Close()
		}
		over := time.Unix(1, 0)
		_ = r.SetReadDeadline(over) // as if grace had passed before the first read
		out := limited{limit: 1 << 20}
		if got := copyOf(r, &out).end(over); got != held || !bytes.Equal(out.text, said) {
			t.Errorf("%s: %d of %d bytes, held: %v", name, len(out.text), len(said), got)
		}
		r.Close()
	}
}

// What holds a pipe and goes on to write into it holds nobody up.
func TestReadEndless(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.Write(make([]byte, 1000)); err != nil {
		t.Fatal(err)
	}
	go func() {
		for err := error(nil); err == nil; {
			_, err = w.Write(make([]byte, 1000))
		}
	}()
	out := limited{limit: 100}
	if c := copyOf(r, &out); !c.end(time.Now().Add(20 * time.Millisecond)) {
		t.Error("nobody held the pipe")
	}
	r.Close() // ends the writer
	if len(out.text) != 100 {
		t.Errorf("%d bytes", len(out.text))
	}
}
