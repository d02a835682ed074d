package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/cli"
	"keyglot/helper/helpertest"
)

// apart is a store whose locks lie in a folder of its own.
type apart struct {
	*helpertest.Store
	locks string
}

func (s apart) LockDir() string { return s.locks }

// STO-14, SEC-56: a store that is no file has locks all the same. Where those
// cannot be made nothing can be stored.
func TestDoctorOfLocks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	inTheWay := filepath.Join(w.env["HOME"], "file")
	if err := os.WriteFile(inTheWay, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for locks, problem := range map[string]bool{
		filepath.Join(inTheWay, "locks"): true, filepath.Join(w.env["HOME"], "locks"): false, "": false,
	} {
		backends := w.backends()
		backends[0].Open = func(context.Context, helper.Env) (helper.Store, error) { return apart{w.file, locks}, nil }
		var out, stderr bytes.Buffer
		cli.Main(cli.Process{
			Args: []string{"keyglot", "doctor"}, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &stderr,
			Getenv: func(name string) string { return w.env[name] }, Environ: func() []string { return nil },
			Now: time.Now, Terminal: func(int) bool { return false },
		}, nil, backends, func() []helper.Backend { return nil })
		if told := strings.Contains(out.String(), "  problem  the locks of file cannot be written: "); told != problem || strings.Contains(out.String(), "cannot be written") != problem {
			t.Errorf("%q:\n%s%s", locks, out.String(), stderr.String())
		}
	}
}
