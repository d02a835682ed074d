package integration_test

import (
	"net"
	"strings"
	"testing"
)

// TestNobodyIsContacted: login, token, status and logout of an unknown service
// ask its server nothing: a wrong password is stored as well as a good one, the
// output says so on request, and a logout says that the server was not told (A21,
// B2, AUTH-37, AUTH-54).
func TestNobodyIsContacted(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	delete(h.env, "KEYGLOT_OFFLINE")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	service := "http://" + listener.Addr().String()
	r := h.run("wrong", "keyglot", "auth", "login", service, "-u", "ann", "--password", "-", "-v")
	if r.rc != 0 || !strings.Contains(r.stderr, "keyglot: not checked: "+listener.Addr().String()+" was not contacted\n") {
		t.Errorf("%v", r)
	}
	if got := h.must("t0k", "keyglot", "auth", "login", service, "--token", "-", "-o", "json"); !strings.Contains(got, `"validated": null`) {
		t.Error(got)
	}
	h.must("", "keyglot", "auth", "token", service, "-u", "ann")
	h.must("", "keyglot", "auth", "status", service, "--details")
	h.must("", "keyglot", "auth", "status", service, "--check")
	h.must("", "keyglot", "doctor")
	if got := h.must("", "keyglot", "auth", "logout", service, "--all"); !strings.Contains(got, "removed here; the token stays valid at the server") {
		t.Error(got)
	}
	// Who is accepted first was there first.
	mine, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	first, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if first.RemoteAddr().String() != mine.LocalAddr().String() {
		t.Error("somebody called the server")
	}
}
