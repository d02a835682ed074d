package integration_test

import (
	"fmt"
	"net"
	"os"
	"testing"
)

// SEC-77: an address of a bus that would start a program or leave this computer is not
// used: nothing runs, nothing connects, and the store on disk serves.
func TestAttackBusAddress(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	h := newHome(t)
	touched := h.path("work/touched")
	for _, address := range []string{
		"unixexec:path=/bin/sh,argv1=-c,argv2=touch%20" + touched,
		"autolaunch:", "launchd:env=X",
		"tcp:host=127.0.0.1,port=" + port, "nonce-tcp:host=127.0.0.1,port=" + port + ",noncefile=/dev/null",
		fmt.Sprintf("tcp:host=127.0.0.1,port=%s;unixexec:path=/bin/sh,argv1=-c,argv2=touch%%20%s", port, touched),
		"nonsense", "unix:path=relative", "unix:path=" + h.path("work/none"),
	} {
		h.env["DBUS_SESSION_BUS_ADDRESS"] = address
		h.attack(t, nil, gitStored(victim, "alice", canary))
		h.attack(t, nil, gitGets(victim, pair("alice", canary)))
		if r := h.run("", "keyglot", "--backend", "secretservice", "auth", "list"); r.rc == 0 {
			t.Errorf("%s: %v", address, r)
		}
	}
	if _, err := os.Stat(touched); err == nil {
		t.Error("a program was run")
	}
	own, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	first, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if first.RemoteAddr().String() != own.LocalAddr().String() {
		t.Error("there was a connection before the test's own")
	}
}
