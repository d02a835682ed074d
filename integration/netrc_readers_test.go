package integration_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"keyglot/helper/format/netrc/matrix"
)

// A question is netrc text and what a reader is asked about it.
type question struct{ text, user, host, port string }

func (q question) address() string {
	if q.port == "" {
		return q.host
	}
	return q.host + ":" + q.port
}

// A netrcReader answers questions as a program does: USER:PASSWORD, or what
// package matrix calls it when it sends nothing.
type netrcReader struct {
	name   string // in the matrix
	needs  []string
	answer func(b *readerBench, list []question) []string
}

// netrcReaders are the readers that are looked for here; git's script is there
// where the system keeps documentation.
func netrcReaders() []netrcReader {
	list := []netrcReader{
		{"curl", []string{"curl"}, (*readerBench).curl},
		{"wget", []string{"wget"}, (*readerBench).wget},
		{"wget2", []string{"wget2"}, (*readerBench).wget2},
		{"python", []string{python}, func(b *readerBench, list []question) []string { return b.python(python, list) }},
		{"go", []string{"go"}, (*readerBench).goCommand},
		{"buf", nil, (*readerBench).buf},
	}
	if _, err := os.Stat(gitScript); err == nil {
		list = append(list, netrcReader{"git", []string{"perl"}, (*readerBench).git})
	}
	return list
}

// A readerBench is a place to run readers in, with a proxy that answers for
// every host, asks for Basic and notes what it is sent.
type readerBench struct {
	*home
	proxy string

	mu   sync.Mutex
	sent map[string]string // by the URL's path
}

func newReaderBench(t *testing.T) *readerBench {
	t.Helper()
	b := &readerBench{home: newHome(t), sent: map[string]string{}}
	b.proxy = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if sent, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Basic "); ok {
			text, err := base64.StdEncoding.DecodeString(sent)
			if err != nil {
				t.Error(err)
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			b.sent[r.URL.Path] = string(text)
			return
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="loopback"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	return b
}

// file writes one question's text where only this user reads it.
func (b *readerBench) file(dir string, i int, q question) string {
	return b.write(filepath.Join(dir, fmt.Sprint(i), ".netrc"), q.text, 0o600)
}

func (b *readerBench) heard(path, none string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	if sent, ok := b.sent[path]; ok {
		return sent
	}
	return none
}

// curl reads a file of its own for each of many transfers.
func (b *readerBench) curl(list []question) []string {
	var config strings.Builder
	for i, q := range list {
		user := ""
		if q.user != "" {
			user = q.user + "@"
		}
		fmt.Fprintf(&config, "netrc-file = \"%s\"\nurl = \"http://%s%s/curl/%d\"\nproxy = \"%s\"\noutput = /dev/null\nwrite-out = \"%%{exitcode} \"\nnext\n",
			b.file("curl", i, q), user, q.address(), i, b.proxy)
	}
	codes := strings.Fields(b.run(config.String(), "curl", "-s", "-q", "-g", "-K", "-").out)
	answers := make([]string, len(list))
	for i := range list {
		answers[i] = b.heard(fmt.Sprintf("/curl/%d", i), matrix.None)
		if i < len(codes) && codes[i] == "26" {
			answers[i] = matrix.Error
		}
	}
	return answers
}

// wget reads HOME/.netrc once.
func (b *readerBench) wget(list []question) []string {
	return b.each(list, func(i int, q question) string {
		own := b.in(filepath.Dir(b.file("wget", i, q)))
		own.env["http_proxy"] = b.proxy
		own.run("", "wget", "-q", "-t", "1", "-T", "20", "-O", "/dev/null", fmt.Sprintf("http://%s/wget/%d", q.address(), i))
		return b.heard(fmt.Sprintf("/wget/%d", i), matrix.None)
	})
}

// wget2 sends ":" when it knows nothing.
func (b *readerBench) wget2(list []question) []string {
	return b.each(list, func(i int, q question) string {
		own := b.in(filepath.Dir(b.file("wget2", i, q)))
		own.env["http_proxy"] = b.proxy
		own.run("", "wget2", "-q", "--netrc", "--tries=1", "--timeout=20", "-O", "/dev/null", fmt.Sprintf("http://%s/wget2/%d", q.address(), i))
		if answer := b.heard(fmt.Sprintf("/wget2/%d", i), ":"); answer != ":" {
			return answer
		}
		return matrix.None
	})
}

// in is the bench's home with another HOME.
func (b *readerBench) in(dir string) *home {
	own := &home{t: b.t, dir: b.dir, env: isolated(b.dir)}
	own.env["HOME"] = dir
	delete(own.env, "NETRC")
	return own
}

// each asks a program that reads one file in its life, a few at a time.
func (b *readerBench) each(list []question, ask func(i int, q question) string) []string {
	answers := make([]string, len(list))
	var wait sync.WaitGroup
	turn := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, q := range list {
		wait.Add(1)
		go func() {
			defer wait.Done()
			turn <- struct{}{}
			defer func() { <-turn }()
			answers[i] = ask(i, q)
		}()
	}
	wait.Wait()
	return answers
}

// called is a reader's name in the matrix, which knows some by their version.
func (b *readerBench) called(name string) string {
	switch {
	case name == "curl" && strings.HasPrefix(b.must("", "curl", "--version"), "curl 7."):
		return "curl7"
	case name == "python" && b.run("", python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))").rc != 0:
		return "oldpython"
	}
	return name
}
