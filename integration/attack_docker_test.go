package integration_test

import (
	"fmt"
	"strings"
	"testing"
)

const badJSON = "keyglot: invalid JSON on stdin\n"

func dockerFails(name, action, in, line string) attack {
	return attack{name: name, verb: "docker " + action, in: in, out: line, rc: 1}
}

// SEC-1, SEC-2, SEC-3, SEC-90, and rows 1 to 9 and 16a of docker.md 4: what is not
// understood is one line and nothing else.
func TestAttackDockerInput(t *testing.T) {
	t.Parallel()
	const (
		noServer = "no credentials server URL\n"
		noUser   = "no credentials username\n"
		tooLarge = "keyglot: input larger than 1 MiB\n"
	)
	var rows []attack
	for _, action := range []string{"get", "erase"} {
		for _, in := range []string{"", "  ", "\n", "\r\n"} {
			rows = append(rows, dockerFails(fmt.Sprintf("row 1: %q", in), action, in, noServer))
		}
		for _, in := range []string{
			"ghcr.io\nevil.example", "evil.example\nghcr.io", "html.\nexample", "ghcr.io\x00.evil", "ghcr.io\x1b[2J", "gh\tcr.io", "ghcr.io\x7f", "ghcr.io\xff",
			"ghcr.io:0", "ghcr.io:65536", "a@b@ghcr.io", `ghcr.io\evil`, "ghcr.io%00", "*.ghcr.io", "ghcr..io", ".ghcr.io", "ghcr.io,evil", "[fe80::1%25eth0]",
		} {
			rows = append(rows, dockerFails(fmt.Sprintf("rows 3, 16a: %q", in), action, in, badServer))
		}
		rows = append(rows, dockerFails("row 5: 1 MiB and a byte", action, "ghcr.io"+strings.Repeat(" ", 1<<20), tooLarge))
	}
	for _, in := range []string{
		"", "[]", "{", `"ghcr.io"`, "ghcr.io", `{"ServerURL":"ghcr.io","Username":"u","Secret":"` + "\xff" + `"}`,
		`{"ServerURL":"ghcr.io","Username":"u","Secret":"\ud800"}`, `{"ServerURL":"ghcr.io","Username":1,"Secret":"` + canary + `"}`,
		`{"ServerURL":"evil.example","ServerURL":"ghcr.io","Username":"u","Secret":"s"}`,
		`{"ServerURL":"evil.example","serverurl":"ghcr.io","Username":"u","Secret":"s"}`,
		`{"ServerURL":"ghcr.io","Username":"u","USERNAME":"v","Secret":"s"}`,
		`{"ServerURL":"ghcr.io","Username":"u","Secret":"s","secret":"t"}`,
		`{"x":` + strings.Repeat("[", 65) + strings.Repeat("]", 65) + `,"ServerURL":"ghcr.io","Username":"u","Secret":"s"}`,
		`{"ServerURL":"ghcr.io","Username":"` + canary + `","Secret":s}`,
	} {
		rows = append(rows, dockerFails(fmt.Sprintf("rows 3a, 6: %.60q", in), "store", in, badJSON))
	}
	rows = append(rows,
		dockerFails("row 6: null", "store", "null", noServer),
		dockerFails("row 6: {}", "store", "{}", noServer),
		dockerFails("DOC-19: no user", "store", `{"ServerURL":"ghcr.io","Secret":"s"}`, noUser),
		dockerFails("row 5: 1 MiB and a byte", "store", `{"ServerURL":"ghcr.io","Username":"u","Secret":"`+strings.Repeat("x", 1<<20)+`"}`, tooLarge),
		dockerFails("row 14a: a host outside ASCII", "store", `{"ServerURL":"bücher.example","Username":"u","Secret":"s"}`, badServer),
		dockerFails("row 16a: two @", "store", `{"ServerURL":"a@b@ghcr.io","Username":"u","Secret":"s"}`, badServer),
		dockerFails("DOC-46: plain http", "store", `{"ServerURL":"http://ghcr.io","Username":"u","Secret":"s"}`, "keyglot: plain http is not allowed for ghcr.io\n"),
		dockerFails("DOC-5: an unknown action", "frobnicate", "ghcr.io", "keyglot docker: unknown action: frobnicate\n"),
		attack{name: "row 14a: a host outside ASCII", verb: "docker get", in: "bücher.example", out: notFound, rc: 1},
		attack{name: "row 14a: a host outside ASCII", verb: "docker erase", in: "bücher.example"},
	)
	vault{"docker input", []attack{dockerStored("ghcr.io", "alice", canary)}}.run(t, rows)
}

// DOC-40 to DOC-47, SEC-27, SEC-90, and rows 12 to 19: who answers, who does not, and that
// what does not answer is not erased.
func TestAttackDockerServers(t *testing.T) {
	t.Parallel()
	const hub = "https://index.docker.io/v1/"
	for _, v := range []struct {
		fill   []string // server strings, each stored with its number as the user
		finds  map[string]int
		misses []string
	}{
		{
			fill:   []string{"ghcr.io", "ghcr.io/team", "xn--bcher-kva.example"},
			finds:  map[string]int{"ghcr.io": 0, "GHCR.IO": 0, "Https://Ghcr.io/": 0, "ghcr.io\r\n": 0, "https://ghcr.io:443": 0, "ghcr.io/v2/": 0, "https://alice@ghcr.io": 0, "https://ghcr.io?x=y": 0, "ghcr.io/team/app": 1, "ghcr.io/teams/app": 0, "xn--bcher-kva.example": 2},
			misses: []string{"http://ghcr.io", "ghcr.io:8443", "ghcr.io.evil.example", "evil.example/ghcr.io", "ghcr.io/team/../x", "ghcr.io/team/%2e%2e/x", `ghcr.io/team/%5cx`, "bücher.example", "nerdctl-experimental://ghcr.io"},
		},
		{
			fill:   []string{"ghcr.io/team"},
			finds:  map[string]int{"ghcr.io/team": 0, "ghcr.io/team/app": 0},
			misses: []string{"ghcr.io", "ghcr.io/teams/app", "ghcr.io/Team", "ghcr.io/team/../x", "ghcr.io/other", "ghcr.io/te", "ghcr.io//team"},
		},
		{
			fill:   []string{"docker.io"},
			finds:  map[string]int{hub: 0, "index.docker.io": 0, "registry-1.docker.io": 0, "https://docker.io/v2/": 0, "index.docker.io/library/x": 0},
			misses: []string{hub + "refresh-token", hub + "access-token", "http://docker.io", "docker.io:5000", "hub.docker.io"},
		},
		{
			fill:   []string{hub + "access-token"},
			finds:  map[string]int{hub + "access-token": 0},
			misses: []string{"docker.io", hub, "index.docker.io", hub + "refresh-token", hub + "access-token/", "index.docker.io/v1/access-token"},
		},
		{
			fill:   []string{"https://h:2376/v1", "[::1]:5000", "127.0.0.1:5000", "http://127.0.0.1:5001", "nerdctl-experimental://h.example/x"},
			finds:  map[string]int{"h:2376": 0, "[::1]:5000": 1, "[0:0::1]:5000": 1, "127.0.0.1:5000": 2, "http://127.0.0.1:5001": 3, "nerdctl-experimental://h.example/x": 4},
			misses: []string{"h", "[::1]", "127.0.0.1", "http://127.0.0.1:5000", "127.0.0.1:5001", "localhost:5000", "nerdctl-experimental://h.example/x/y", "h.example/x"},
		},
	} {
		var fill, rows []attack
		for i, server := range v.fill {
			fill = append(fill, dockerStored(server, fmt.Sprint("user-", i), canary))
		}
		for server, i := range v.finds {
			a := dockerGets(server, fmt.Sprint("user-", i), canary)
			a.name = server
			rows = append(rows, a)
		}
		for _, server := range v.misses {
			a := dockerMisses(server)
			a.name = server
			rows = append(rows, a)
			if !strings.HasPrefix(server, "127.0.0.1:5001") { // without a scheme an erase means the http form too
				rows = append(rows, attack{name: server, verb: "docker erase", in: server})
			}
		}
		vault{v.fill[0], fill}.run(t, rows)
	}
}

// The comparison of docker.md with the official helpers (DOC-40, DOC-44): what is stored,
// what is asked, and whether it is found.
func TestAttackDockerComparison(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		stored, asked string
		found         bool
	}{
		{"https://h", "h", true},
		{"h", "https://h/", true},
		{"https://h:2376/v1", "h", false},
		{"https://h/team", "h", false},
		{"https://h/team", "h/team/x", true},
		{"https://h", "http://h", false},
		{"https://h", "h:8443", false},
		{"https://h/team", "h/other", false},
		{"https://h", "https://h?x=y", true},
	} {
		a := dockerMisses(row.asked)
		if row.found {
			a = dockerGets(row.asked, "u", canary)
		}
		a.name = row.stored + " stored, " + row.asked + " asked"
		vault{strings.ReplaceAll(a.name, "/", "|"), []attack{dockerStored(row.stored, "u", canary)}}.run(t, []attack{a})
	}
}

// Rows 4, 8 to 11b, 27 and 28 of docker.md 4, SEC-8, SEC-27: what is kept and what goes.
func TestAttackDockerChanges(t *testing.T) {
	t.Parallel()
	list := func(want string) attack { return attack{verb: "docker list", in: "unused", out: want + "\n"} }
	erase := func(server string) attack { return attack{verb: "docker erase", in: server} }
	rows := []attack{
		{name: "a miss is no failure (DOC-25)", verb: "docker erase", in: "other.example"},
		{name: "what is stored already (DOC-23)", verb: "docker store", in: `{"serverurl":"h.example","username":"alice","secret":"` + canary + `","x":1} trailing`},
		list(`{"h.example":"alice"}`),
		{name: "row 10", verb: "docker store", in: `{"ServerURL":"h.example","Username":"bob","Secret":"2"}`, then: []attack{
			dockerGets("h.example", "bob", "2"), erase("h.example"), dockerMisses("h.example"), list("{}"),
		}},
		{name: "row 14", verb: "docker store", in: `{"ServerURL":"docker.io","Username":"u","Secret":"s"}`, then: []attack{
			dockerGets("https://index.docker.io/v1/", "u", "s"), list(`{"docker.io":"u","h.example":"alice"}`),
			erase("https://index.docker.io/v1/access-token"), dockerGets("docker.io", "u", "s"), erase("index.docker.io"), dockerMisses("docker.io"),
		}},
		{name: "row 28", verb: "docker store", in: `{"ServerURL":"h.example","Username":"<token>","Secret":"RT"}`, then: []attack{
			{verb: "docker get", in: "h.example", out: `{"ServerURL":"h.example","Username":"\u003ctoken\u003e","Secret":"RT"}` + "\n"},
			gitGets("protocol=https\nhost=h.example\n", ""),
			{verb: "git erase", in: "protocol=https\nhost=h.example\npassword=RT\n"},
			{verb: "docker get", in: "h.example", out: `{"ServerURL":"h.example","Username":"\u003ctoken\u003e","Secret":"RT"}` + "\n"},
		}},
		{name: "row 27", verb: "git store", in: "protocol=https\nhost=github.com\n" + pair("u", "p"), then: []attack{
			list(`{"h.example":"alice"}`), dockerGets("github.com", "u", "p"),
		}},
		{name: "DOC-26: other paths stay", verb: "docker store", in: `{"ServerURL":"h.example/team","Username":"t","Secret":"s"}`, then: []attack{
			erase("h.example"), dockerGets("h.example/team", "t", "s"), dockerMisses("h.example"), erase("h.example/team/app"), dockerGets("h.example/team", "t", "s"),
		}},
		{name: "DOC-26: with a scheme only its form", verb: "docker store", in: `{"ServerURL":"http://127.0.0.1:5000","Username":"p","Secret":"s"}`, then: []attack{
			dockerStored("127.0.0.1:5000", "q", "s"), erase("https://127.0.0.1:5000"), dockerMisses("127.0.0.1:5000"), dockerGets("http://127.0.0.1:5000", "p", "s"),
			erase("127.0.0.1:5000"), dockerMisses("http://127.0.0.1:5000"),
		}},
	}
	for name, secret := range map[string]string{
		"70000 bytes": strings.Repeat("x", 70_000), "500000 bytes": strings.Repeat("y", 500_000), "empty": "",
		"a line feed at the end": `s\n`, "NUL": `a\u0000b`, "signs": `\"<>&\u2028`,
	} {
		for _, user := range []string{"alice", `DOMAIN/alice`, `a:b`, `../../x`, strings.Repeat("u", 300), "Zoë", `line\nfeed`} {
			printed := strings.NewReplacer("<", `\u003c`, ">", `\u003e`, "&", `\u0026`).Replace(secret)
			rows = append(rows, attack{
				name: "rows 4, 8, 9: " + name + " of " + user, verb: "docker store",
				in:   fmt.Sprintf(`{"ServerURL":"big.example","Username":"%s","Secret":"%s"}`, user, secret),
				then: []attack{{verb: "docker get", in: "big.example", out: fmt.Sprintf(`{"ServerURL":"big.example","Username":"%s","Secret":"%s"}`+"\n", user, printed)}},
			})
			if len(secret) > 1000 {
				break
			}
		}
	}
	vault{"docker", []attack{dockerStored("h.example", "alice", canary)}}.run(t, rows)

	logins := []attack{logIn("h.example", "alice"), logIn("h.example", "bob"), logIn("l.example", "alice")}
	vault{"logins", logins}.run(t, []attack{
		dockerGets("h.example", "bob", canary),
		{name: "row 11", verb: "docker store", in: `{"ServerURL":"h.example","Username":"carol","Secret":"3"}`, then: []attack{
			dockerGets("h.example", "carol", "3"), erase("h.example"), dockerMisses("h.example"),
			gitGets("protocol=https\nhost=h.example\nusername=alice\n", pair("alice", canary)), gitGets("protocol=https\nhost=h.example\nusername=bob\n", pair("bob", canary)),
			list("{}"), gitGets("protocol=https\nhost=h.example\n", ""),
		}},
		{name: "row 11b", verb: "docker store", in: `{"ServerURL":"l.example","Username":"bob","Secret":"2"}`, then: []attack{
			dockerGets("l.example", "bob", "2"), erase("l.example"), dockerMisses("l.example"), dockerStored("l.example", "alice", "A"), dockerGets("l.example", "alice", "A"),
		}},
	})
}
