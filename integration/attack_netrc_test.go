package integration_test

import (
	"strings"
	"testing"
)

// SEC-10 to SEC-13, SEC-22, SEC-26, SEC-90, NET-23: the targets of security.md 4.1 as netrc is asked for them,
// by word and by text: what gets nothing has no output, code 1, and erases nothing.
func TestAttackNetrcTargets(t *testing.T) {
	t.Parallel()
	var rows []attack
	for _, row := range targets {
		if row.git != "" || row.docker == "a" { // an answer: the readers' tests know its forms
			continue
		}
		if !strings.ContainsAny(row.asked, " \\") {
			get := attack{name: row.asked, verb: "netrc get " + row.asked, stderr: "*", rc: 1}
			if row.docker == "bad" {
				get.rc = anyCode // a word that is no host is usage, in text it is 1
			}
			rows = append(rows, get, netrcErase(row.asked, row.asked))
		}
		host := strings.TrimPrefix(strings.TrimPrefix(row.asked, "https://"), "http://")
		if strings.HasPrefix(row.asked, "https://") && !strings.ContainsAny(host, "/?#@\\") && !strings.HasPrefix(host, "127.0.0.1") {
			rows = append(rows, attack{name: "machine " + host, verb: "netrc get", in: "machine " + host + "\n", stderr: "*", rc: 1})
		}
	}
	reach.run(t, rows)
}

// netrcErase is an erase by word of what is not there, or is no host at all.
func netrcErase(name, word string) attack {
	return attack{name: name, verb: "netrc erase " + word, stderr: "*", rc: anyCode}
}

// SEC-26, NET-11, NET-24: text that would make an entry of something that is none.
func TestAttackNetrcText(t *testing.T) {
	t.Parallel()
	var rows []attack
	for name, in := range map[string]string{
		"default": "default login a password x\n", "default before": "default login a password x\nmachine evil.example\n",
		"a macro that names it": "macdef m\nmachine git.example\n\nmachine evil.example\n", "a comment that names it": "# machine git.example\nmachine evil.example\n",
		"another login": "machine git.example login b\n", "another port": "machine git.example:444\n", "NUL": "machine git.example\x00\n",
	} {
		rows = append(rows, attack{name: name, verb: "netrc get", in: in, stderr: "*", rc: 1})
	}
	for name, in := range map[string]string{
		"another password": "machine git.example login a password WRONG\n", "another login": "machine git.example login b password " + canary + "\n",
		"default": "default login a password " + canary + "\n", "another host": "machine evil.example login a password " + canary + "\n",
	} {
		rows = append(rows, attack{name: name, verb: "netrc erase", in: in, stderr: "*", rc: anyCode})
	}
	for name, in := range map[string]string{
		"no password": "machine git.example login a\n", "a bad host": "machine git..example login a password x\n", "plain http": "machine http://git.example login a password x\n", "an unterminated quote": "machine new.example login a password \"x\n", "no text": "",
	} {
		rows = append(rows, attack{name: name, verb: "netrc store", in: in, stderr: "*", rc: anyCode})
	}
	reach.run(t, rows)
}
