package chain

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/helper/helpertest"
)

// DOC-3 with docker's own helper for the Secret Service, on a bus and with a
// keyring of this test's own.
func TestDockerCredentialSecretService(t *testing.T) {
	t.Parallel()
	helpertest.Need(t, "docker-credential-secretservice", "dbus-daemon", "gnome-keyring-daemon")
	dir, err := os.MkdirTemp("", "kg") // a short name: the bus's socket is in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	vars := map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": dir, "XDG_RUNTIME_DIR": dir, "XDG_DATA_HOME": filepath.Join(dir, "data"), "XDG_CONFIG_HOME": filepath.Join(dir, "config"),
	}
	if err := os.MkdirAll(filepath.Join(dir, "data", "keyrings"), 0o700); err != nil {
		t.Fatal(err)
	}
	// Without service folders nothing is activated, so there is no second daemon.
	config := `<busconfig><type>session</type><listen>unix:dir=` + dir + `</listen><auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`
	if err := os.WriteFile(filepath.Join(dir, "bus.conf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	bus := program(vars, "dbus-daemon", "--nofork", "--print-address", "--config-file="+filepath.Join(dir, "bus.conf"))
	out, err := bus.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	begin(t, bus)
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	vars["DBUS_SESSION_BUS_ADDRESS"] = strings.TrimSpace(address)
	keyring := program(vars, "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	keyring.Stdin = strings.NewReader("test")
	begin(t, keyring)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for start := time.Now(); program(vars, "docker-credential-secretservice", "list").Run() != nil; <-tick.C {
		if time.Since(start) > 30*time.Second {
			t.Fatal("the keyring does not answer")
		}
	}
	real(t, vars, func(stdin string, args ...string) string {
		cmd := program(vars, "docker-credential-secretservice", args...)
		cmd.Stdin = strings.NewReader(stdin)
		text, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, text)
		}
		return string(text)
	}, "secretservice")
}

func program(vars map[string]string, name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = []string{}
	for name, value := range vars {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// begin starts a program that ends with the test.
func begin(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}
