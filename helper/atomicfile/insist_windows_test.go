package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/windows"
)

func TestInsist(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err   error
		calls int
	}{
		{windows.ERROR_SHARING_VIOLATION, 4},
		{&fs.PathError{Err: windows.ERROR_ACCESS_DENIED}, 4},
		{fs.ErrNotExist, 1},
		{nil, 1},
	} {
		calls := 0
		err := insist(func() error {
			if calls++; calls == 4 {
				return nil
			}
			return c.err
		})
		if calls != c.calls || calls == 1 && !errors.Is(err, c.err) || calls == 4 && err != nil {
			t.Errorf("%v: %d calls, %v", c.err, calls, err)
		}
	}
}

// A program that has the file open is waited for.
func TestOpenFileIsReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "f")
	if err := Write(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	theirs, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	written := make(chan error)
	go func() { written <- Write(path, []byte("new")) }()
	select {
	case err := <-written:
		t.Fatalf("written while another program had it open: %v", err)
	default:
	}
	theirs.Close()
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	if data, err := Read(path, Private, MaxSize); err != nil || string(data) != "new" {
		t.Errorf("%q, %v", data, err)
	}
}
