package integration_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode"

	"keyglot/helper"
	"keyglot/helper/helpertest"
	"keyglot/helper/publicsuffix"
	"keyglot/helper/service"
	"keyglot/protocol/docker"
	"keyglot/protocol/git"
	"keyglot/protocol/protocoltest"
)

// SEC-92, SEC-10: for any record and any question, all protocols and the commands agree; another way
// to write the same question changes nothing; and a question for another place, as net/url
// understands it, is never told the secret.
func FuzzMatch(f *testing.F) {
	for _, row := range targets {
		for _, stored := range []string{"https://git.example", "https://reg.example:8443/team", "*.cdn.example", "http://127.0.0.1:5000"} {
			f.Add(stored, row.asked)
		}
	}
	f.Add("https://h.example/a%2fb", "https://h.example/a%2Fb/c")
	f.Add("h.example/simple", "https://h.example/x")
	f.Add("docker.io", "https://index.docker.io/v1/")
	f.Add("a", "A#://")
	f.Add("bücher.example", "https://xn--bcher-kva.example")
	f.Fuzz(func(t *testing.T, stored, asked string) {
		typed, err := service.Reader{}.Read(stored)
		if err != nil || typed.Target.Scheme == helper.SchemeS3 {
			return
		}
		w := helpertest.New("file").Add(helper.Credential{
			Entry:  helper.Entry{Key: helper.Key{Target: typed.Target, User: helper.Named("ann")}, Kind: helper.Basic, Origin: helper.OriginLogin},
			Secret: helper.NewSecret(canary),
		})
		w.Policy.Registrable = publicsuffix.Registrable
		told := answers(t, w, asked)
		if !mayAnswer(typed.Target, asked) && told != [3]bool{} {
			t.Fatalf("%q stored, %q asked: told to git, docker, people: %v", stored, asked, told)
		}
		if told[1] != told[2] && comparable(asked) {
			t.Errorf("%q stored, %q asked: told to docker %v, to people %v", stored, asked, told[1], told[2])
		}
		if told[0] != told[1] && comparable(asked) && !strings.Contains(asked, "%") {
			t.Errorf("%q stored, %q asked: told to git %v, to docker %v", stored, asked, told[0], told[1])
		}
		for _, other := range spellings(asked) {
			if again := answers(t, w, other); again != told {
				t.Errorf("%q stored, %q asked: %v, but as %q: %v", stored, asked, told, other, again)
			}
		}
	})
}

// answers reports who is told the secret when asked is the question: git,
// docker, people.
func answers(t *testing.T, w *helpertest.World, asked string) (told [3]bool) {
	for i, p := range []helper.Protocol{git.Protocol(), docker.Protocol()} {
		in := asked
		if i == 0 {
			in = "url=" + asked + "\n"
		}
		out := protocoltest.Client{Protocol: p, Service: w.Helper, Secrets: []string{canary}}.Run(t, in, "get")
		told[i] = strings.Contains(out.Stdout, canary)
	}
	if s, err := (service.Reader{}).Read(asked); err == nil {
		a, err := w.Get(t.Context(), helper.Query{Target: s.Target, User: s.User})
		told[2] = err == nil && a.Secret.Reveal() == canary
	}
	return told
}

// mayAnswer is a second matcher over net/url, of hosts alone, that lets through
// whatever it does not understand in the same way: another script, for people.
func mayAnswer(stored helper.Target, asked string) bool {
	text := strings.TrimSpace(asked)
	if strings.HasPrefix(text, "//") {
		text = "https:" + text
	}
	if scheme, _, ok := strings.Cut(text, "://"); !ok || strings.ContainsAny(scheme, "/?#@") {
		text = "https://" + text
	}
	for _, name := range []string{"sparse+", "git+"} {
		text = strings.TrimPrefix(strings.ToLower(text[:min(len(text), len(name))]), name) + text[min(len(text), len(name)):]
	}
	u, err := url.Parse(text)
	if err != nil || strings.ContainsFunc(u.Host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return true
	}
	scheme := map[string]string{"oci": "https", "grpcs": "https"}[u.Scheme]
	if scheme == "" {
		scheme = u.Scheme
	}
	host, port := strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), strings.TrimLeft(u.Port(), "0")
	if strings.Contains(host, ":") {
		return true // IPv6 has many spellings
	}
	if port != "" && port != map[string]string{"https": "443", "http": "80"}[scheme] {
		host += ":" + port
	}
	if base, wild := strings.CutPrefix(stored.Host, "*"); wild && scheme == "https" {
		return strings.HasSuffix(host, base) && host != base
	}
	hub := func(h string) bool { return h == "docker.io" || h == "index.docker.io" || h == "registry-1.docker.io" }
	return scheme == stored.Scheme && (host == stored.Host || hub(host) && hub(stored.Host))
}

// comparable reports whether git, docker and people mean the same by a text: no
// user, no host of another script, no alias, no path that one of them reads in a
// way of its own.
func comparable(asked string) bool {
	lower := strings.ToLower(asked)
	a, err := helper.SplitAddress(asked)
	return err == nil && (a.Scheme == "https" || a.Scheme == "http") && !a.HasUser && helper.IsASCII(asked) && strings.TrimSpace(asked) == asked &&
		!strings.Contains(lower, "docker.io") && !strings.Contains(asked, "*") && !strings.Contains(lower, "simple") && !strings.Contains(a.Host, "%") &&
		!strings.HasPrefix(a.Path, "/v1") && !strings.HasPrefix(a.Path, "/v2") && !helper.Evasive(a.Path)
}

// spellings are other ways to write an address of the common form.
func spellings(asked string) []string {
	a, err := helper.SplitAddress(asked)
	if err != nil || !comparable(asked) || a.Host == "" || strings.HasPrefix(a.Host, "[") {
		return nil
	}
	list := []string{strings.ToUpper(a.Scheme) + "://" + strings.ToUpper(a.Host) + a.Path + a.Rest}
	if host, port, ok := strings.Cut(a.Host, ":"); ok && port != "" && !strings.Contains(port, ":") {
		list = append(list, a.Scheme+"://"+host+":0"+port+a.Path+a.Rest)
	} else if !ok {
		list = append(list, a.Scheme+"://"+a.Host+":"+map[string]string{"https": "443", "http": "80"}[a.Scheme]+a.Path+a.Rest, a.Scheme+"://"+a.Host+":"+a.Path+a.Rest)
		if !strings.HasSuffix(a.Host, ".") {
			list = append(list, a.Scheme+"://"+a.Host+"."+a.Path+a.Rest)
		}
	}
	return list
}
