package file

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/backends/backendtest"
)

// storage.md 5: a data folder on tmpfs is told, also before it is made.
func TestInMemory(t *testing.T) {
	t.Parallel()
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil || !strings.Contains(string(mounts), " /dev/shm tmpfs ") {
		t.Skip("/dev/shm is no tmpfs here")
	}
	if dir := "/dev/shm/keyglot/of/nobody"; !inMemory(dir) {
		t.Errorf("%s is not in memory", dir)
	}
	if inMemory("/proc/nothing") {
		t.Error("/proc is tmpfs")
	}
	s := opened(t, backendtest.Folders(t))
	s.data = filepath.Join("/dev/shm", "keyglot")
	found := s.Ailments(t.Context())
	if len(found) != 1 || !strings.Contains(found[0].Text, "/dev/shm/keyglot is on a file system in memory") || found[0].Fix != "" {
		t.Errorf("%+v", found)
	}
}
