//go:build unix

package git

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

// daemon answers every question with text and tells what it was asked.
func daemon(t *testing.T, answer func(net.Conn)) (*cache, <-chan string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "kg") // a short name for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	listener, err := net.Listen("unix", filepath.Join(dir, "socket"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	asked := make(chan string, 10)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			text, _ := io.ReadAll(conn)
			asked <- string(text)
			answer(conn)
			_ = conn.Close()
		}
	}()
	return &cache{dirs: []string{filepath.Join(dir, "absent"), dir}}, asked
}

func says(text string) func(net.Conn) {
	return func(conn net.Conn) { _, _ = io.WriteString(conn, text) }
}

var question1 = helper.Query{Target: helper.Target{Scheme: "https", Host: "git.example:8443", Path: "org/r%20x"}, User: helper.Named("ann")}

// GIT-80: the question is git's own, and its answer becomes an exact entry.
func TestAsk(t *testing.T) {
	t.Parallel()
	c, asked := daemon(t, says("username=ann\npassword=p=:\npassword_expiry_utc=2000000000\noauth_refresh_token=r\nwhatever[]=1\nwhatever[]=2\n"))
	entries, err := c.ask(t.Context(), question1)
	if err != nil || len(entries) != 1 || entries[0].Target != question1.Target || !entries[0].Exact {
		t.Fatalf("%+v, %v", entries, err)
	}
	if got := <-asked; got != "action=get\ntimeout=900\nprotocol=https\nhost=git.example:8443\npath=org/r x\nusername=ann\n" {
		t.Errorf("asked %q", got)
	}
	found := c.answers[entries[0].Key]
	if found.Secret.Reveal() != "p=:" || found.Refresh.Reveal() != "r" || found.Expiry.Unix() != 2000000000 {
		t.Errorf("%+v", found)
	}
}

// SEC-4, SEC-5: an answer that is not git's is none.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"nothing":          "",
		"no password":      "username=ann\n",
		"no user name":     "password=p\n",
		"a password twice": "username=ann\npassword=a\npassword=b\n",
		"a control byte":   "username=a\x01nn\npassword=b\n",
		"a NUL":            "username=ann\npassword=a\x00\n",
	} {
		c, _ := daemon(t, says(answer))
		if entries, err := c.ask(t.Context(), question1); len(entries) > 0 || err != nil {
			t.Errorf("%s: %v, %v", name, entries, err)
		}
	}
	c, _ := daemon(t, says("username=ann\npassword="+strings.Repeat("x", maxAnswer)))
	if _, err := c.ask(t.Context(), question1); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("too long: %v", err)
	}
}

// Never without protocol and host; never what a line cannot carry.
func TestNoQuestion(t *testing.T) {
	t.Parallel()
	c, asked := daemon(t, says("username=ann\npassword=p\n"))
	for name, q := range map[string]helper.Query{
		"nothing":     {},
		"no host":     {Target: helper.Target{Scheme: "https"}},
		"no protocol": {Target: helper.Target{Host: "git.example"}},
		"a wildcard":  {Target: helper.Target{Scheme: "https", Host: "*.example.com"}},
		"an item":     {Target: helper.Target{Scheme: helper.SchemeItem, Host: "x"}},
		"a line end":  {Target: question1.Target, User: helper.Named("a\nhost=evil.example")},
	} {
		if entries, err := c.ask(t.Context(), q); len(entries) > 0 || err != nil {
			t.Errorf("%s: %v, %v", name, entries, err)
		}
	}
	if len(asked) > 0 {
		t.Errorf("asked %q", <-asked)
	}
}

// STO-25: a daemon that hangs is unavailable when the time is over.
func TestAskInTime(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	c, _ := daemon(t, func(net.Conn) { <-t.Context().Done() })
	if _, err := c.ask(ctx, question1); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("%v", err)
	}
}

// A person who gives up ends the wait for it, also where time has no end: it
// stands still while a lock is waited for.
func TestAskIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	c, _ := daemon(t, func(net.Conn) {
		interrupt()
		<-t.Context().Done()
	})
	if _, err := c.ask(ctx, question1); !errors.Is(err, helper.ErrUnavailable) {
		t.Errorf("%v", err)
	}
}

// There being no daemon is no match.
func TestNoDaemon(t *testing.T) {
	t.Parallel()
	c, _ := daemon(t, says(""))
	dir := c.dirs[1]
	for _, what := range []string{"a socket that nobody listens at", "no socket", "no folder"} {
		switch what {
		case "a socket that nobody listens at":
			address := &net.UnixAddr{Name: filepath.Join(dir, "left"), Net: "unix"}
			left, err := net.ListenUnix("unix", address)
			if err != nil {
				t.Fatal(err)
			}
			left.SetUnlinkOnClose(false)
			_ = left.Close()
			if err := os.Rename(address.Name, filepath.Join(dir, "socket")); err != nil {
				t.Fatal(err)
			}
		case "no socket":
			_ = os.Remove(filepath.Join(dir, "socket"))
		case "no folder":
			_ = os.Remove(dir)
		}
		if entries, err := c.ask(t.Context(), question1); len(entries) > 0 || err != nil {
			t.Errorf("%s: %v, %v", what, entries, err)
		}
	}
}
