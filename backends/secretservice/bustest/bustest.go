// Package bustest runs a session bus with a real Secret Service on it, in a
// folder of its own, without a display: gnome-keyring-daemon or KeePassXC. It
// is for the tests and the benchmark; nothing of the user's is touched.
//
// The bus starts nothing by itself, so there is no second service and no
// program that could show a dialog.
package bustest

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Programs are what must be installed; KeePassXC needs two more.
var Programs = []string{"dbus-daemon", "gnome-keyring-daemon", "busctl"}

// KeePassXCPrograms are what KeePassXC needs.
var KeePassXCPrograms = []string{"keepassxc", "keepassxc-cli"}

// patience bounds the start of every program.
const patience = 30 * time.Second

// Password opens the collections.
const Password = "test"

// A Bus is a running session bus. Its folder has a short name, because that of
// a socket may have only 108 bytes.
type Bus struct {
	Dir     string
	Address string // for DBUS_SESSION_BUS_ADDRESS
	Data    string // XDG_DATA_HOME of the services: gnome-keyring keeps its files there

	ending  sync.Mutex // a test may end the bus from a call on it
	bus     *exec.Cmd
	service *exec.Cmd
}

// configuration is that of a session bus, with its limits, but without a folder
// of services: nothing is activated.
const configuration = `<busconfig><type>session</type><listen>unix:dir=%s</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
<limit name="max_connections_per_user">100000</limit><limit name="max_completed_connections">100000</limit>
<limit name="max_replies_per_connection">50000</limit><limit name="max_match_rules_per_connection">50000</limit>
</busconfig>
`

// Start starts the bus alone.
func Start() (*Bus, error) {
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		return nil, err
	}
	b := &Bus{Dir: dir, Data: filepath.Join(dir, "data")}
	for _, name := range []string{"run", "data", "config", "cache"} {
		err = errors.Join(err, os.Mkdir(b.path(name), 0o700))
	}
	err = errors.Join(err, os.WriteFile(b.path("bus.conf"), fmt.Appendf(nil, configuration, b.path("run")), 0o600))
	if err == nil {
		err = b.startBus()
	}
	if err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

func (b *Bus) startBus() error {
	b.bus = b.command("dbus-daemon", "--config-file="+b.path("bus.conf"), "--nofork", "--print-address")
	out, err := b.bus.StdoutPipe()
	if err != nil {
		return err
	}
	if err := b.bus.Start(); err != nil {
		b.bus = nil
		return err
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("dbus-daemon: %w", err)
	}
	b.Address, _, _ = strings.Cut(strings.TrimSpace(address), ",")
	return nil
}

func (b *Bus) path(name string) string { return filepath.Join(b.Dir, name) }

// Environ is the whole environment of a program on the bus.
func (b *Bus) Environ() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + b.Dir, "TMPDIR=" + b.Dir, "LC_ALL=C.UTF-8",
		"XDG_RUNTIME_DIR=" + b.path("run"), "XDG_DATA_HOME=" + b.Data, "XDG_CONFIG_HOME=" + b.path("config"), "XDG_CACHE_HOME=" + b.path("cache"),
		"DBUS_SESSION_BUS_ADDRESS=" + b.Address, "QT_QPA_PLATFORM=offscreen",
	}
}

func (b *Bus) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env, cmd.Dir, cmd.SysProcAttr = b.Environ(), b.Dir, withParent()
	return cmd
}

// GnomeKeyring starts gnome-keyring-daemon, with the collection "login" open,
// which is made if there is none; or with what is there locked.
func (b *Bus) GnomeKeyring(unlocked bool) error {
	if err := os.MkdirAll(filepath.Join(b.Data, "keyrings"), 0o700); err != nil {
		return err
	}
	how := "--start"
	if unlocked {
		how = "--unlock"
	}
	cmd := b.command("gnome-keyring-daemon", "--foreground", how, "--components=secrets")
	cmd.Stdin = strings.NewReader(Password)
	return b.start(cmd, func() bool {
		out, err := b.busctl("call", "org.freedesktop.DBus", "/", "org.freedesktop.DBus", "NameHasOwner", "s", "org.freedesktop.secrets")
		return err == nil && strings.Contains(out, "true")
	})
}

// start starts a service and waits until it is ready.
func (b *Bus) start(cmd *exec.Cmd, ready func() bool) error {
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = nil, &said
	if err := cmd.Start(); err != nil {
		return err
	}
	b.service = cmd
	for end := time.Now().Add(patience); time.Now().Before(end); <-time.After(10 * time.Millisecond) {
		if ready() {
			return nil
		}
	}
	b.KillService()
	return fmt.Errorf("%s is not ready after %v: %s", cmd.Path, patience, said.String())
}

// busctl asks somebody on the bus.
func (b *Bus) busctl(args ...string) (string, error) {
	out, err := b.command("busctl", append([]string{"--user"}, args...)...).Output()
	return string(out), err
}

// Process is the running service.
func (b *Bus) Process() *os.Process { return b.service.Process }

// StopService ends the service alone. It may write what it still has to.
func (b *Bus) StopService() {
	if b.service != nil && b.service.Process.Signal(syscall.SIGTERM) == nil {
		ended := make(chan struct{})
		go func() { _ = b.service.Wait(); close(ended) }()
		select {
		case <-ended:
		case <-time.After(patience):
			_ = b.service.Process.Kill()
			<-ended
		}
	}
	b.service = nil
}

// KillService ends the service at once.
func (b *Bus) KillService() {
	end(b.service)
	b.service = nil
}

// StopBus ends the bus, with everybody on it.
func (b *Bus) StopBus() {
	b.ending.Lock()
	defer b.ending.Unlock()
	end(b.bus)
	b.bus = nil
}

// Close ends everything and removes the folder.
func (b *Bus) Close() {
	b.KillService()
	b.StopBus()
	_ = os.RemoveAll(b.Dir)
}

// end kills a program.
func end(cmd *exec.Cmd) {
	if cmd != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}
