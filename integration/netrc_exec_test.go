package integration_test

import (
	"bufio"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	buf "github.com/jdx/go-netrc"
)

// serveTLS is serve over https; it also returns the file with the certificate.
func (h *home) serveTLS(handler http.Handler) (url, certificate string) {
	h.t.Helper()
	server := httptest.NewTLSServer(handler)
	h.t.Cleanup(server.Close)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return server.URL, h.write("ca.pem", string(block), 0o600)
}

// NET-20, NET-42, GOA-8: the go command finds host:port, and reads the netrc in
// keyglot's memory.
func TestExecNetrcGo(t *testing.T) {
	t.Parallel()
	need(t, "go")
	h := newHome(t)
	url, certificate := h.serveTLS(only(basic("ann", "s3cret"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch strings.TrimPrefix(r.URL.Path, "/example.com/m/@v/") {
		case "list":
			fmt.Fprintln(w, "v1.0.0")
		case "v1.0.0.info":
			fmt.Fprintln(w, `{"Version":"v1.0.0","Time":"2026-01-01T00:00:00Z"}`)
		case "v1.0.0.mod":
			fmt.Fprintln(w, "module example.com/m")
		default:
			http.NotFound(w, r)
		}
	})))
	h.login(url, "ann", "s3cret")
	for name, value := range map[string]string{
		"SSL_CERT_FILE": certificate, "SSL_CERT_DIR": h.path("none"), "GOAUTH": "netrc", "GOPROXY": url, "GOSUMDB": "off", "GOTOOLCHAIN": "local",
		"GOFLAGS": "-modcacherw", "GOCACHE": h.path("gocache"), "GOENV": "off", "no_proxy": "127.0.0.1",
	} {
		h.env[name] = value
	}
	expect(t, h.run("", "keyglot", "exec", "--netrc", "--host", url, "--", "go", "list", "-m", "-versions", "example.com/m"), 0, "example.com/m v1.0.0\n")
	if r := h.run("", "go", "list", "-m", "-versions", "example.com/m"); strings.Contains(r.out, "v1.0.0") {
		t.Errorf("without keyglot: %v", r)
	}
}

// NET-32, NET-36, NET-38: what buf's login and logout write keyglot reads, and
// buf what keyglot writes. Its logout takes a macdef along: there is none here.
func TestNetrcBuf(t *testing.T) {
	t.Parallel()
	h := newHome(t)
	path := h.path(".netrc")
	edit := func(change func(*buf.Netrc)) {
		t.Helper()
		n, err := buf.Parse(path)
		if err != nil {
			t.Fatal(err)
		}
		change(n)
		if err := n.Save(); err != nil {
			t.Fatal(err)
		}
	}
	h.write(".netrc", "", 0o600)
	edit(func(n *buf.Netrc) { n.AddMachine("buf.example", "ann", "t1") }) // buf registry login
	theirs := h.read(".netrc")
	h.write(".netrc", "", 0o600)
	h.must("t1\n", "keyglot", "auth", "login", "buf.example", "--username", "ann", "--password", "-", "--backend", "netrc")
	if ours := h.read(".netrc"); ours != theirs {
		t.Errorf("buf writes %q, keyglot %q", theirs, ours)
	}
	h.must("t2\n", "keyglot", "auth", "login", "other.example", "--username", "bob", "--password", "-", "--backend", "netrc")
	edit(func(n *buf.Netrc) {
		if m := n.Machine("other.example"); m == nil || m.Get("password") != "t2" {
			t.Error("buf does not find what keyglot wrote")
		}
		n.Machine("buf.example").Set("password", "t3")
	})
	expect(t, h.run("", "keyglot", "netrc", "get", "buf.example", "other.example"), 0,
		"machine buf.example login ann password t3\nmachine other.example login bob password t2\n")
	edit(func(n *buf.Netrc) { n.RemoveMachine("buf.example") }) // buf registry logout
	expect(t, h.run("", "keyglot", "netrc", "get", "buf.example"), 1, "")
	h.must("", "keyglot", "auth", "logout", "other.example", "--backend", "netrc")
	if left := h.read(".netrc"); strings.TrimSpace(left) != "" {
		t.Errorf("left: %q", left)
	}
}

// ftpServer takes one user and remembers who came.
func ftpServer(t *testing.T) (address string, seen <-chan string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	logins := make(chan string, 8)
	serve := func(conn net.Conn) {
		defer conn.Close()
		fmt.Fprint(conn, "220 loopback\r\n")
		user := ""
		for lines := bufio.NewScanner(conn); lines.Scan(); {
			verb, word, _ := strings.Cut(lines.Text(), " ")
			switch strings.ToUpper(verb) {
			case "USER":
				user = word
				fmt.Fprint(conn, "331 password\r\n")
			case "PASS":
				logins <- user + ":" + word
				fmt.Fprint(conn, "230 in\r\n")
			case "QUIT":
				fmt.Fprint(conn, "221 bye\r\n")
				return
			default:
				fmt.Fprint(conn, "502 no\r\n")
			}
		}
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	}()
	return listener.Addr().String(), logins
}

// NET-39: the file that export makes is one that ftp programs take; one that
// others can read they refuse, as keyglot does.
func TestNetrcFTP(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"tnftp", "inetutils-ftp"} {
		t.Run(program, func(t *testing.T) {
			t.Parallel()
			need(t, program)
			h := newHome(t)
			delete(h.env, "NETRC")
			address, seen := ftpServer(t)
			name, port, _ := net.SplitHostPort(address)
			h.login("https://"+address, "ann", "s3cret")
			h.must("", "keyglot", "netrc", "export", address, "--ports=host", "-o", h.path(".netrc"))
			ftp := func() result { return h.run("quit\n", program, name, port) }
			if r := ftp(); len(seen) != 1 || <-seen != "ann:s3cret" {
				t.Errorf("mode 0600: %v", r)
			}
			if err := os.Chmod(h.path(".netrc"), 0o644); err != nil {
				t.Fatal(err)
			}
			if r := ftp(); !strings.Contains(strings.ToLower(r.out+r.stderr), "readable by others") {
				t.Errorf("mode 0644: %v", r)
			}
			for len(seen) > 0 {
				if got := <-seen; strings.Contains(got, "s3cret") {
					t.Errorf("mode 0644: sent %s", got)
				}
			}
			if r := h.run("", "keyglot", "netrc", "import", h.path(".netrc")); r.rc != 1 || !strings.Contains(r.stderr, "chmod 600 "+h.path(".netrc")) {
				t.Errorf("keyglot reads mode 0644: %v", r)
			}
		})
	}
}

// NET-7, NET-20: apt finds host:port in its auth.conf.
func TestNetrcApt(t *testing.T) {
	t.Parallel()
	need(t, "apt-get")
	h := newHome(t)
	g := only(basic("ann", "s3cret"), http.HandlerFunc(http.NotFound))
	url, certificate := h.serveTLS(g)
	h.login(url, "ann", "s3cret")
	h.must("", "keyglot", "netrc", "export", host(url), "-o", h.path("auth.conf"))
	sources := h.write("sources.list", "deb [trusted=yes] "+url+"/deb ./\n", 0o600)
	for _, dir := range []string{"lists/partial", "cache/archives/partial"} {
		if err := os.MkdirAll(h.path(dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	h.run("", "apt-get", "-o", "Dir::Etc::netrc="+h.path("auth.conf"), "-o", "Dir::Etc::netrcparts=/none",
		"-o", "Dir::Etc::sourcelist="+sources, "-o", "Dir::Etc::sourceparts=/none", "-o", "Dir::State::lists="+h.path("lists"),
		"-o", "Dir::Cache="+h.path("cache"), "-o", "Acquire::https::CAInfo="+certificate, "-o", "Acquire::Retries=0",
		"-o", "APT::Sandbox::User=", "-o", "Acquire::http::Proxy=false", "-o", "Acquire::https::Proxy=false", "update")
	if sent := g.sent(); len(sent) == 0 || sent[0] != basic("ann", "s3cret") {
		t.Errorf("apt sent %q", sent)
	}
}
