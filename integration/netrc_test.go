package integration_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"keyglot/helper/helpertest"
)

// netrcHome is a home with one credential for a loopback server that admits
// nothing else. It returns the server, its address, and its host:port.
func netrcHome(t *testing.T) (h *home, g *guard, url, address string) {
	t.Helper()
	h = newHome(t)
	g = only(basic("ann", "s3cret"), http.HandlerFunc(fine))
	url = serve(t, g)
	h.login(url, "ann", "s3cret")
	return h, g, url, host(url)
}

// The interpreter that apt's python3-requests serves; a PATH may have others.
const python = "/usr/bin/python3"

// NET-22, NET-23: one entry on one line, the machine as asked.
func TestNetrcGet(t *testing.T) {
	t.Parallel()
	h, _, _, address := netrcHome(t)
	want := "machine " + address + " login ann password s3cret\n"
	expect(t, h.run("", "keyglot", "netrc", "get", address), 0, want)
	expect(t, h.run("machine "+address+"\n", "netrc-credential-keyglot", "get"), 0, want)
	expect(t, h.run("", "keyglot", "netrc", "get", "127.0.0.1:1"), 1, "")
}

// Readers that ignore the port need NET-20's --ports=host.
func TestNetrcReaders(t *testing.T) {
	t.Parallel()
	for _, reader := range []struct {
		name, program, script string
	}{
		{"curl --netrc-file", "curl", `keyglot netrc get "$ADDRESS" --ports=host >f && curl -sSf --netrc-file f "$URL/"`},
		{"curl by process substitution", "curl", `curl -sSf --netrc-file <(keyglot netrc get --ports=host "$ADDRESS") "$URL/"`},
		{"wget reads HOME/.netrc", "wget", `keyglot netrc export "$ADDRESS" --ports=host -o "$HOME/.netrc" && wget -q -O - "$URL/"`},
		{"wget2 reads HOME/.netrc", "wget2", `keyglot netrc export "$ADDRESS" --ports=host -o "$HOME/.netrc" && wget2 --netrc -q -O - "$URL/"`},
		{"Python's netrc module", python, `keyglot netrc get "$ADDRESS" --ports=host >f &&
			/usr/bin/python3 -c 'import netrc; print("fine" if netrc.netrc("f").authenticators("127.0.0.1")[::2] == ("ann", "s3cret") else "no")'`},
	} {
		t.Run(reader.name, func(t *testing.T) {
			t.Parallel()
			need(t, "bash", reader.program)
			h, _, url, address := netrcHome(t)
			h.env["URL"], h.env["ADDRESS"] = url, address
			expect(t, h.run("", "bash", "-euc", reader.script), 0, "fine\n")
		})
	}
}

// git's libcurl reads HOME/.netrc when no helper answered.
func TestNetrcGit(t *testing.T) {
	t.Parallel()
	need(t, "git")
	h, g, url, address := netrcHome(t)
	g.next = http.HandlerFunc(emptyRepository)
	h.helpers()
	h.must("", "keyglot", "netrc", "export", address, "--ports=host", "-o", h.path(".netrc"))
	h.must("", "git", "ls-remote", url+"/org/r.git")
}

// NET-41 to NET-44: a command finds the entry at $NETRC, as often as it looks.
func TestExecNetrc(t *testing.T) {
	t.Parallel()
	for _, command := range []struct {
		name, program string
		exec          []string
		script        string
		want          string
	}{
		{
			"requests, three times", python, nil,
			`exec /usr/bin/python3 -c '
import os, requests
print([requests.get(os.environ["URL"]).status_code for _ in range(3)])'`, "[200, 200, 200]\n",
		},
		{
			"a child with closed descriptors reads it twice (row 19)", python, nil,
			`exec /usr/bin/python3 -c '
import subprocess
for _ in range(2):
    print(subprocess.run(["sh", "-c", "cat \"$NETRC\""], close_fds=True, capture_output=True, text=True).stdout, end="")'`,
			"machine 127.0.0.1 login ann password s3cret\nmachine 127.0.0.1 login ann password s3cret\n",
		},
		{
			"curl by CURL_HOME (NET-44)", "curl",
			[]string{"--curl"},
			`exec curl -sSf "$URL/" "$URL/"`, "fine\nfine\n",
		},
		{
			"no secret in the environment or the arguments", "sh", nil,
			`env; tr '\0' ' ' </proc/self/cmdline`, "",
		},
	} {
		t.Run(command.name, func(t *testing.T) {
			t.Parallel()
			need(t, "sh", command.program)
			if command.program == python {
				needRequests(t)
			}
			h, _, url, _ := netrcHome(t)
			h.env["URL"] = url
			args := slices.Concat([]string{"exec", "--netrc", "--host", url, "--ports=host"},
				command.exec, []string{"--", "sh", "-c", command.script})
			r := h.run("", "keyglot", args...)
			switch {
			case r.rc != 0 || strings.Contains(r.stderr, "s3cret"):
				t.Errorf("%v", r)
			case command.want == "" && strings.Contains(r.out, "s3cret"):
				t.Errorf("the secret is in %v", r)
			case command.want != "" && r.out != command.want:
				t.Errorf("%v\nwant %q", r, command.want)
			}
		})
	}
}

func needRequests(t *testing.T) {
	t.Helper()
	need(t, python)
	if r := newHome(t).run("", python, "-c", "import requests"); r.rc != 0 {
		helpertest.Missing(t, "python3-requests is not installed")
	}
}

// NET-41, NET-45: nothing found is code 4 and the command does not run; its own code comes through.
func TestExecNetrcCodes(t *testing.T) {
	t.Parallel()
	need(t, "sh")
	h, _, url, _ := netrcHome(t)
	for _, c := range []struct {
		name string
		args []string
		rc   int
	}{
		{"the command's own code", []string{"--host", url, "--", "sh", "-c", "exit 42"}, 42},
		{"nothing is stored for the host", []string{"--host", "https://nope.example", "--", "sh", "-c", "exit 42"}, 4},
		{"no host named (row 2)", []string{"--", "sh", "-c", "exit 42"}, 2},
		{"no such command", []string{"--host", url, "--", "keyglot-no-such-command"}, 127},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, h.run("", "keyglot", append([]string{"exec", "--netrc", "--ports=exact"}, c.args...)...), c.rc, "")
		})
	}
}
