package backendtest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"keyglot/helper/helpertest"
)

// TPM starts a TPM 2.0 of the test's own and returns the path of its socket.
func TPM(t testing.TB) string {
	t.Helper()
	helpertest.Need(t, "swtpm")
	dir, err := os.MkdirTemp("", "kg") // a short name: sockets are in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	path := filepath.Join(dir, "sock")
	cmd := exec.Command("swtpm", "socket", "--tpm2", "--tpmstate", "dir="+dir, "--server", "type=unixio,path="+path,
		"--ctrl", "type=unixio,path="+filepath.Join(dir, "ctrl"), "--flags", "not-need-init,startup-clear")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for start := time.Now(); ; <-tick.C {
		if conn, err := net.Dial("unix", path); err == nil { // the socket is there before anybody listens
			conn.Close()
			return path
		}
		if time.Since(start) > 20*time.Second {
			t.Fatal("swtpm does not start")
		}
	}
}
