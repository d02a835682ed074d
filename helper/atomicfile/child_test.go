//go:build !windows

package atomicfile

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
)

// What belongs to a whole process (umask, user, limits, kill -9) is tested in
// a child: this test binary, started again.
var children = map[string]func(path string) error{
	"make": func(path string) error {
		if err := MkdirAll(path); err != nil {
			return err
		}
		if err := Write(path+"/written", []byte("w")); err != nil {
			return err
		}
		return Create(path+"/created", []byte("c"))
	},
	"write": func(path string) error { return Write(path, pattern('n')) },
	"edit": func(path string) error {
		_, err := Edit(path, Foreign, appendLine)
		return err
	},
	"create": func(path string) error { return Create(path, pattern('n')) },
	"remove": Remove,
	"read": func(path string) error {
		_, err := Read(path, Sealed, MaxSize)
		return err
	},
	"write on and on": func(path string) error {
		for {
			for _, c := range []byte("ab") {
				if err := Write(path, pattern(c)); err != nil {
					return err
				}
			}
		}
	},
	"write to a file system of 64 KiB": writeToFullDisk,
}

// pattern is content that shows when it is cut or mixed.
func pattern(c byte) []byte {
	data := make([]byte, 200_000)
	for i := range data {
		data[i] = c
	}
	return data
}

func TestMain(m *testing.M) {
	run, ok := children[os.Getenv("ATOMICFILE_CHILD")]
	if !ok {
		os.Exit(m.Run())
	}
	if mask, err := strconv.ParseInt(os.Getenv("ATOMICFILE_UMASK"), 8, 32); err == nil {
		syscall.Umask(int(mask))
	}
	if gid, err := strconv.Atoi(os.Getenv("ATOMICFILE_GID")); err == nil {
		if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(gid)); err != nil {
			panic(err)
		}
	}
	if uid, err := strconv.Atoi(os.Getenv("ATOMICFILE_UID")); err == nil {
		if err := syscall.Setuid(uid); err != nil {
			panic(err)
		}
	}
	if size, err := strconv.ParseUint(os.Getenv("ATOMICFILE_FSIZE"), 10, 63); err == nil {
		var limit syscall.Rlimit
		syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit)
		setLimit(&limit, size)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
			panic(err)
		}
	}
	if err := run(os.Getenv("ATOMICFILE_PATH")); err != nil {
		fmt.Print(err)
		os.Exit(3)
	}
	os.Exit(0)
}

// child prepares one; its output is the error.
func child(t *testing.T, name, path string, env ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), append(env, "ATOMICFILE_CHILD="+name, "ATOMICFILE_PATH="+path)...)
	return cmd
}

// temps are the temporary files in dir.
func temps(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if len(entry.Name()) > len(tempPrefix) && entry.Name()[:len(tempPrefix)] == tempPrefix {
			names = append(names, dir+"/"+entry.Name())
		}
	}
	return names
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
