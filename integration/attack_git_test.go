package integration_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const (
	victim = "protocol=https\nhost=victim.example\n"
	ported = "protocol=https\nhost=port.example:8443\n"
	// belowHost is a row that an exact record does not answer.
	belowHost = "below an exact host"
	repo      = ported + "path=org/repo.git\n"
)

// stored is the vault of git.md, section 4.
var stored = vault{"git", []attack{
	gitStored(victim, "alice", canary),
	gitStored(repo, "bob", canary),
}}

// GIT-10 to GIT-20, GIT-30, SEC-4, SEC-5, SEC-90, and the CVEs of security.md 4.3: requests
// that get nothing, and with every record's password added erase nothing.
func TestAttackGitRequests(t *testing.T) {
	t.Parallel()
	header := func(size int) string {
		return "protocol=https\nhost=nope.example\nwwwauth[]=" + strings.Repeat("x", size) + "host=victim.example\n"
	}
	var rows []attack
	for _, row := range []struct{ name, in string }{
		{"no host", "protocol=https\n"},
		{"CVE-2020-11008: no protocol", "host=victim.example\n"},
		{"empty input", ""},
		{"only an empty line", "\n"},
		{"username alone", "username=alice\n"},
		{"half a request", "protocol=https"},
		{"an empty host", "protocol=https\nhost=\n"},
		{"an empty protocol", "protocol=\nhost=victim.example\n"},
		{"another certificate", "protocol=cert\nhost=\npath=/c.pem\n"},
		{"CVE-2024-50338, CVE-2024-52006, CVE-2026-82249: a lone CR", "protocol=https\nhost=evil\rhost=victim.example\n"},
		{"CVE-2020-5260: two hosts", "protocol=https\nhost=evil\nhost=victim.example\n"},
		{"NUL in the host", "protocol=https\nhost=victim.example\x00.evil\n"},
		{"CVE-2020-5260: an escaped LF", "url=https://evil%0ahost=victim.example/\n"},
		{"CVE-2024-53263: an escaped CR", "url=https://evil%0dhost=victim.example/\n"},
		{"an escaped NUL", "url=https://victim.example%00.evil/\n"},
		{"CVE-2024-50349: an escaped ESC", "url=https://%1b[2J@victim.example/\n"},
		{"a URL that contradicts the host", "url=https://evil/\nhost=victim.example\n"},
		{"a.victim.example", "protocol=https\nhost=a.victim.example\n"},
		{"victim.example.evil", "protocol=https\nhost=victim.example.evil\n"},
		{"evilvictim.example", "protocol=https\nhost=evilvictim.example\n"},
		{"victim.example@evil", "protocol=https\nhost=victim.example@evil\n"},
		{"evil@victim.example", "protocol=https\nhost=evil@victim.example\n"},
		{"victim.example:444", "protocol=https\nhost=victim.example:444\n"},
		{"victim.example#x", "protocol=https\nhost=victim.example#x\n"},
		{"victim..example", "protocol=https\nhost=victim..example\n"},
		{".victim.example", "protocol=https\nhost=.victim.example\n"},
		{"a non-ASCII host", "protocol=https\nhost=vіctim.example\n"},
		{"a look-alike in A-labels", "protocol=https\nhost=xn--vctim-gxa.example\n"},
		{"CVE-2024-53858: plain http", "protocol=http\nhost=victim.example\n"},
		{"a neighbour's path", ported + "path=org/other.git\n"},
		{"below an exact path", repo[:len(repo)-1] + "/x\n"},
		{"above an exact path", ported + "path=org\n"},
		{belowHost, victim + "path=x/y\n"},
		{"an empty user name", victim + "username=\n"},
		{"another user name", victim + "username=bob\n"},
		{"garbage first", "garbage\n" + victim},
		{"garbage last", victim + "garbage\n"},
		{"another host behind the empty line", "host=nope.example\nprotocol=https\n\n" + victim},
		{"a header of 1 KiB that ends like a request", header(1 << 10)},
		{"git's long-header fix of 2.41: one of 64 KiB", header(64 << 10)},
		{"one of 900 KiB", header(900 << 10)},
		{"a request of 2 MiB", victim + strings.Repeat("wwwauth[]=x\n", 180_000)},
		{"CVE-2025-48386: a host of 70000 bytes", "protocol=https\nhost=" + strings.Repeat("a.", 35_000) + "victim.example\n"},
	} {
		wide := ""
		if row.name == belowHost {
			wide = pair("alice", canary)
		}
		rows = append(rows,
			attack{name: row.name, verb: "git get", in: row.in, wide: wide},
			attack{name: row.name, verb: "git erase", in: "password=" + canary + "\n" + row.in, wide: wide})
		if !strings.Contains(row.in, "\n\n") {
			rows = append(rows, attack{name: row.name, verb: "git erase", in: row.in, wide: wide})
		}
	}
	stored.run(t, rows)
}

// GIT-11, GIT-12, GIT-17, GIT-19, GIT-33: odd but good requests are the same request.
func TestAttackGitForms(t *testing.T) {
	t.Parallel()
	alice, bob := pair("alice", canary), pair("bob", canary)
	rows := []attack{
		gitGets(victim, alice),
		gitGets(victim+"\n", alice),
		gitGets(strings.ReplaceAll(victim+"\n", "\n", "\r\n"), alice),
		gitGets(strings.TrimSuffix(victim, "\n"), alice),
		gitGets("url=https://victim.example/\n", alice),
		gitGets("url=https://alice@victim.example\n", alice),
		gitGets("protocol=HTTPS\nhost=VICTIM.example\n", alice),
		gitGets("protocol=https\nhost=victim.example.\n", alice),
		gitGets("protocol=https\nhost=victim.example:443\n", alice),
		gitGets("protocol=https\nhost=victim.example:0443\n", alice),
		gitGets("protocol=https\nhost=victim.example:\n", alice),
		gitGets(repo, bob),
		gitGets(ported, bob), // the only record, and exact
		{verb: "git erase", in: victim + "password=WRONG\n"},
		{verb: "git erase", in: ported}, // GIT-72: without password only records without path
		{verb: "git erase", in: ported + "password=WRONG\n"},
	}
	for i := range rows {
		rows[i].name = fmt.Sprintf("%.60q", rows[i].in)
	}
	stored.run(t, rows)
}

// GIT-11, GIT-60, GIT-61, GIT-70, GIT-72, SEC-8: what is kept, what is not, and what goes.
func TestAttackGitChanges(t *testing.T) {
	t.Parallel()
	fresh := "protocol=https\nhost=new.example\n"
	past := fmt.Sprintf("password_expiry_utc=%d\n", time.Now().Add(-time.Hour).Unix())
	rows := []attack{
		{name: "a store that was cut", verb: "git store", in: fresh + "username=u\npassword=" + canary},
		{name: "a misspelt user name", verb: "git store", in: fresh + "user=u\npassword=p\n"},
		{name: "only a password", verb: "git store", in: fresh + "password=p\n"},
		{name: "only a user name", verb: "git store", in: fresh + "username=u\n"},
		{name: "ephemeral", verb: "git store", in: fresh + "username=u\npassword=p\nephemeral=1\n"},
		{name: "ephemeral=maybe", verb: "git store", in: fresh + "username=u\npassword=p\nephemeral=maybe\n"},
		{name: "expired", verb: "git store", in: fresh + "username=u\npassword=p\n" + past},
		{name: "plain http", verb: "git store", in: "protocol=http\nhost=victim.example\nusername=u\npassword=p\n", stderr: "keyglot: not saved: plain http to victim.example; see security.allow_http\n"},
		{name: "the same again", verb: "git store", in: victim + pair("alice", canary)},

		{name: "an erase by path", verb: "git erase", in: repo, then: []attack{gitGets(ported, ""), gitGets(victim, pair("alice", canary))}},
		{name: "an erase by host, with the password", verb: "git erase", in: ported + "password=" + canary + "\n", then: []attack{gitGets(ported, "")}},
		{name: "an erase without password", verb: "git erase", in: victim, then: []attack{gitGets(victim, "")}},
		{name: "a certificate", verb: "git store", in: "protocol=cert\nhost=\npath=/c.pem\nusername=\npassword=p\n", then: []attack{
			gitGets("protocol=cert\nhost=\npath=/c.pem\n", "username=\npassword=p\n"),
			gitGets("protocol=cert\nhost=\npath=/c.pem/x\n", ""),
			gitGets("protocol=cert\nhost=\npath=/d.pem\n", ""),
		}},
		{name: "a second exact record", verb: "git store", in: ported + "path=org/b.git\n" + pair("bob", canary), then: []attack{gitGets(ported, ""), gitGets(repo, pair("bob", canary))}},
		{name: "an expired one with its refresh token", verb: "git store", in: fresh + pair("u", "dead") + past + "oauth_refresh_token=r\n", then: []attack{
			gitGets(fresh, "username=u\noauth_refresh_token=r\n"),
			{verb: "docker get", in: "new.example", out: notFound, rc: 1, stderr: "*"},
		}},
		{name: "GHSA-rxqw-wxqg-g7hw: with a refresh token, erased with the password", verb: "git store", in: fresh + pair("u", "p") + "oauth_refresh_token=r\n", then: []attack{
			{verb: "git erase", in: fresh + pair("u", "p")},
			gitGets(fresh, "username=u\noauth_refresh_token=r\n"),
			{verb: "git erase", in: fresh + "username=u\n"},
			gitGets(fresh, ""),
		}},
		{name: "two users, erased by one's password", verb: "git store", in: victim + pair("eve", "S9"), then: []attack{
			{verb: "git erase", in: victim + "password=S9\n"}, gitGets(victim, pair("alice", canary)), gitGets(victim+"username=eve\n", ""),
		}},
		{name: "GIT-36: the current account erased", verb: "git store", in: victim + pair("bob", "S2"), then: []attack{
			gitGets(victim, pair("alice", canary)),
			{verb: "git erase", in: victim + pair("alice", canary)},
			gitGets(victim, ""), gitGets(victim+"username=bob\n", pair("bob", "S2")),
			gitStored(victim, "bob", "S3"), gitGets(victim, pair("bob", "S3")),
		}},
		{name: "erased with a token that another process has replaced", verb: "git store", in: victim + pair("alice", "fresh"), then: []attack{
			{verb: "git erase", in: victim + pair("alice", canary)}, gitGets(victim, pair("alice", "fresh")),
		}},
	}
	for name, user := range map[string][2]string{
		"16 KiB": {"u", strings.Repeat("p", 16<<10)}, "UTF-8": {"Zoë 日本", "pässwörd"}, "signs": {`DOMAIN\u`, ` a=b "c' #d\ `}, "empty": {"", ""},
	} {
		rows = append(rows, attack{
			name: name, verb: "git store", in: fresh + pair(user[0], user[1]),
			then: []attack{gitGets(fresh, pair(user[0], user[1]))},
		})
	}
	stored.run(t, rows)
}

// GIT-31, GIT-32, GIT-33: logins with a path.
func TestAttackGitPaths(t *testing.T) {
	t.Parallel()
	path := func(p string) string { return "protocol=https\nhost=h.example\npath=" + p + "\n" }
	rows := []attack{
		gitGets(path("a b/c"), pair("ann", canary)),
		gitGets(path("org/repo"), pair("bob", canary)),
	}
	for _, p := range []string{"a%20b/c", "org/../other", "org/%2e%2e/other", "orgx", "org%2f..", "Org", `org\..\other`, "org%5c..", ""} {
		rows = append(rows, attack{verb: "git get", in: path(p)}, attack{verb: "git erase", in: path(p) + "password=" + canary + "\n"})
	}
	rows = append(rows, attack{verb: "git get", in: "protocol=https\nhost=one.example\n"}, attack{verb: "git erase", in: "protocol=https\nhost=one.example\n"})
	for i := range rows {
		rows[i].name = fmt.Sprintf("%.60q", rows[i].in)
	}
	vault{"paths", []attack{logIn("h.example/a%20b", "ann"), logIn("h.example/org", "bob"), logIn("one.example/org", "eve")}}.run(t, rows)
}
