package integration_test

import (
	"strings"
	"testing"
)

// reach is the vault of security.md 4.1: (a) a host, (b) a path, (c) a wildcard, (d)
// loopback, and two hosts that look alike.
var reach = vault{"reach", []attack{
	logIn("https://git.example", "a"),
	logIn("https://reg.example:8443/team", "b"),
	logIn("*.cdn.example", "c"),
	logIn("http://127.0.0.1:5000", "d"),
	logIn("https://fass.de", "e"),
	logIn("https://xn--fa-hia.de", "f"),
}}

// targets are the questions of that table: who may answer git, and docker where
// that differs. "bad" is a refusal, which git says like a miss.
var targets = []struct{ asked, git, docker string }{
	{asked: "https://git.example", git: "a"},
	{asked: "HTTPS://GIT.EXAMPLE:443/x", git: "a"},
	{asked: "https://git.example.", git: "a"},
	{asked: "https://git.example:", git: "a"},
	{asked: "https://git.example:0443", git: "a"},
	{asked: "http://git.example"},
	{asked: "ssh://git.example"},
	{asked: "ftp://git.example"},
	{asked: "https://git.example.evil"},
	{asked: "https://evil-git.example"},
	{asked: "https://xgit.example"},
	{asked: "https://sub.git.example"},
	{asked: "https://example"},
	{asked: "https://git.example@evil.example/"},
	{asked: "https://evil.example@git.example/", docker: "a"}, // docker's questions have no user
	{asked: "https://a@b@git.example/", docker: "bad"},
	{asked: `https://git.example\@evil/`, docker: "bad"},
	{asked: "https://git.example%2eevil", docker: "bad"},
	{asked: "https://git.example%00.evil", docker: "bad"},
	{asked: "https://evil.example#git.example"},
	{asked: "https://evil.example?git.example"},
	{asked: "https://evil.example/git.example"},
	{asked: "https://git.example:65536", docker: "bad"},
	{asked: "https://git.example:-1", docker: "bad"},
	{asked: "https://git.example:0", docker: "bad"},
	{asked: "https://git.example:44x", docker: "bad"},
	{asked: "https://gіt.example"}, // a Cyrillic letter
	{asked: "https://xn--gt-pmc.example"},
	{asked: "https://ｇit.example"},
	{asked: "https://git．example"},
	{asked: "https://git。example"},
	{asked: "https://faß.de"},
	{asked: "https://FAẞ.de"},
	{asked: "https://fass.de", git: "e"},
	{asked: "https://xn--fa-hia.de", git: "f"},
	{asked: "https://reg.example/team"},
	{asked: "https://reg.example:8444/team"},
	{asked: "https://reg.example:8443/team/app", git: "b"},
	{asked: "https://reg.example:8443/team/", git: "b"},
	{asked: "https://reg.example:8443"},
	{asked: "https://reg.example:8443/"},
	{asked: "https://reg.example:8443/teamx"},
	{asked: "https://reg.example:8443/team/../other"},
	{asked: "https://reg.example:8443/team/%2e%2e/other"},
	{asked: "https://reg.example:8443/team%2f..%2fother"},
	{asked: "https://reg.example:8443//team"},
	{asked: "https://reg.example:8443/TEAM"},
	{asked: "https://a.cdn.example", git: "c"},
	{asked: "https://x.y.cdn.example", git: "c"},
	{asked: "https://cdn.example"},
	{asked: "https://xcdn.example"},
	{asked: "http://a.cdn.example"},
	{asked: "https://a.cdn.example:8443"},
	{asked: "https://*.cdn.example", docker: "bad"},
	{asked: "http://127.0.0.1:5000", git: "d"},
	{asked: "http://127.0.0.1:5001"},
	{asked: "http://localhost:5000"},
	{asked: "http://[::1]:5000"},
	{asked: "https://127.0.0.1:5000"},
	{asked: "http://2130706433:5000", docker: "bad"},
	{asked: "http://127.1:5000", docker: "bad"},
	{asked: "http://0x7f000001:5000", docker: "bad"},
}

// SEC-10 to SEC-14, SEC-20, SEC-22, SEC-90, GIT-30: host and path confusion, for get and
// erase, by URL and by attributes; what gets nothing erases nothing either.
func TestAttackTargets(t *testing.T) {
	t.Parallel()
	var rows []attack
	for _, row := range targets {
		for _, request := range []string{"url=" + row.asked + "\n", byAttributes(row.asked)} {
			want := ""
			if row.git != "" {
				want = pair(row.git, canary)
			}
			rows = append(rows, attack{name: row.asked, verb: "git get", in: request, out: want})
			if want == "" {
				rows = append(rows,
					attack{name: row.asked, verb: "git erase", in: request},
					attack{name: row.asked + " with the password", verb: "git erase", in: "password=" + canary + "\n" + request})
			}
		}
		rows = append(rows, dockerRows(row.asked, row.git, row.docker)...)
	}
	reach.run(t, rows)
}

func dockerRows(asked, git, docker string) []attack {
	get := attack{name: asked, verb: "docker get", in: asked, out: notFound, rc: 1}
	erase := attack{name: asked, verb: "docker erase", in: asked}
	switch {
	case docker == "bad":
		get.out, erase.out, erase.rc = badServer, badServer, 1
	case docker+git != "":
		get = dockerGets(asked, docker+git, canary)
		get.name = asked
		return []attack{get}
	}
	return []attack{get, erase}
}

// byAttributes is how git asks for a URL, with its authority whole: git decodes
// the path, and asks for it always here.
func byAttributes(url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	host, path := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		host, path = rest[:i], strings.TrimSuffix(strings.TrimPrefix(rest[i:], "/"), "/")
	}
	user := ""
	if name, after, ok := strings.Cut(host, "@"); ok { // git cuts at the first one
		user, host = "username="+name+"\n", after
	}
	if path != "" {
		path = "path=" + path + "\n"
	}
	return "protocol=" + scheme + "\nhost=" + host + "\n" + path + user
}

// GIT-31: what git stored is exact, in every protocol, but for the pathless question of git.
func TestAttackExact(t *testing.T) {
	t.Parallel()
	vault{"exact", []attack{
		gitStored("protocol=https\nhost=git.example\n", "a", canary),
		gitStored("protocol=https\nhost=reg.example\npath=team\n", "b", canary),
	}}.run(t, []attack{
		{name: "the host", verb: "git get", in: byAttributes("https://git.example"), out: pair("a", canary)},
		{name: "below the host", verb: "git get", in: byAttributes("https://git.example/x")},
		{name: "below the host", verb: "git erase", in: byAttributes("https://git.example/x") + "password=" + canary + "\n"},
		{name: "below the host", verb: "docker get", in: "git.example/x", out: notFound, rc: 1},
		{name: "below the host", verb: "docker erase", in: "git.example/x"},
		{name: "the path, by its host alone", verb: "git get", in: byAttributes("https://reg.example"), out: pair("b", canary)},
		{name: "the path, by its host alone, forgotten", verb: "git erase", in: byAttributes("https://reg.example")},
		{name: "docker, by the host alone", verb: "docker get", in: "reg.example", out: notFound, rc: 1},
		{name: "docker, by the host alone", verb: "docker erase", in: "reg.example"},
		{name: "row 29: docker, below the path", verb: "docker get", in: "reg.example/team/app", out: notFound, rc: 1},
		dockerGets("reg.example/team", "b", canary),
	})
}

// SEC-21: a wildcard that would cover other people's hosts is not stored.
func TestAttackWildcards(t *testing.T) {
	t.Parallel()
	var rows []attack
	for _, service := range []string{"*.co.uk", "*.github.io", "*.com", "*", "*.127.0.0.1", "a.*.example", "*.*.example"} {
		rows = append(rows, attack{name: service, verb: "auth login " + service + " --token -", in: canary, rc: 2, stderr: "*"})
	}
	vault{"wildcards", []attack{logIn("https://git.example", "a")}}.run(t, rows)
}
