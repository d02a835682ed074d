package integration_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"time"

	buf "github.com/jdx/go-netrc"

	"keyglot/helper/format/netrc/matrix"
)

// python asks the netrc module as requests does, for the host without port.
func (b *readerBench) python(program string, list []question) []string {
	var asked [][2]string
	for i, q := range list {
		asked = append(asked, [2]string{b.file("python", i, q), q.host})
	}
	input, err := json.Marshal(asked)
	if err != nil {
		b.t.Fatal(err)
	}
	out := b.must(string(input), program, "-c", `
import json, netrc, sys
def answer(path, host):
    try:
        found = netrc.netrc(path).authenticators(host)
    except Exception:
        return "error"
    return "-" if found is None else (found[0] or "") + ":" + (found[2] or "")
print(json.dumps([answer(*q) for q in json.load(sys.stdin)]))`)
	var answers []string
	if err := json.Unmarshal([]byte(out), &answers); err != nil {
		b.t.Fatal(err)
	}
	return answers
}

// goCommand builds the reader that the go command has, from its own source.
func (b *readerBench) goCommand(list []question) []string {
	root := strings.TrimSpace(b.mustGo("env", "GOROOT"))
	source, err := os.ReadFile(filepath.Join(root, "src", "cmd", "go", "internal", "auth", "netrc.go"))
	if err != nil {
		b.t.Fatal(err)
	}
	b.write("reader/netrc.go", strings.Replace(string(source), "package auth", "package main", 1), 0o600)
	b.write("reader/go.mod", "module reader\n\ngo 1.24\n", 0o600)
	b.write("reader/main.go", `package main

import ("encoding/json"; "os")

func main() {
	var asked [][2][]byte
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil { panic(err) }
	var answers [][]byte
	for _, q := range asked {
		answer := "-"
		for _, l := range parseNetrc(string(q[0])) { // auth.go: the first of a machine counts
			if l.machine == string(q[1]) { answer = l.login + ":" + l.password; break }
		}
		answers = append(answers, []byte(answer))
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}
`, 0o600)
	program := b.path("reader/it")
	b.mustGo("build", "-C", b.path("reader"), "-o", program, ".")
	var asked [][2][]byte
	for _, q := range list {
		asked = append(asked, [2][]byte{[]byte(q.text), []byte(q.address())})
	}
	input, err := json.Marshal(asked)
	if err != nil {
		b.t.Fatal(err)
	}
	var found [][]byte
	if err := json.Unmarshal([]byte(b.must(string(input), program)), &found); err != nil {
		b.t.Fatal(err)
	}
	var answers []string
	for _, answer := range found {
		answers = append(answers, string(answer))
	}
	return answers
}

// mustGo runs the go command with the machine's build cache.
func (b *readerBench) mustGo(args ...string) string {
	own := b.in(b.dir)
	for _, name := range []string{"GOCACHE", "GOROOT"} {
		if value := os.Getenv(name); value != "" {
			own.env[name] = value
		}
	}
	if dir, err := os.UserCacheDir(); err == nil && own.env["GOCACHE"] == "" {
		own.env["GOCACHE"] = filepath.Join(dir, "go-build")
	}
	own.env["GOFLAGS"], own.env["GOPROXY"], own.env["GOTOOLCHAIN"] = "-buildvcs=false", "off", "local"
	return own.must("", "go", args...)
}

// buf's parser; it panics on some texts.
func (b *readerBench) buf(list []question) []string {
	var answers []string
	for i, q := range list {
		answers = append(answers, bufAnswer(b.file("buf", i, q), q.address()))
	}
	return answers
}

func bufAnswer(path, host string) (answer string) {
	defer func() {
		if recover() != nil {
			answer = matrix.Crash
		}
	}()
	file, err := buf.Parse(path)
	if err != nil {
		return matrix.Error
	}
	m := file.Machine(host)
	if m == nil {
		m = file.Machine("default")
	}
	if m == nil || m.Get("password") == "" {
		return matrix.None // buf sends the password alone
	}
	return m.Get("login") + ":" + m.Get("password")
}

// gitScript is git-credential-netrc, which git keeps in its contrib folder.
const gitScript = "/usr/share/doc/git/contrib/credential/netrc/git-credential-netrc.perl"

func (b *readerBench) git(list []question) []string {
	return b.each(list, func(i int, q question) string {
		input := "protocol=http\nhost=" + q.address() + "\n"
		if q.user != "" {
			input += "username=" + q.user + "\n"
		}
		r, ended := b.in(b.dir).within(5*time.Second, input+"\n", "perl", gitScript, "-f", b.file("git", i, q), "get")
		if !ended {
			return matrix.Hangs
		}
		var user, password string
		for line := range strings.Lines(r.out) {
			line = strings.TrimSuffix(line, "\n")
			if value, ok := strings.CutPrefix(line, "username="); ok {
				user = value
			}
			if value, ok := strings.CutPrefix(line, "password="); ok {
				password = value
			}
		}
		if r.out == "" {
			return matrix.None
		}
		return user + ":" + password
	})
}
