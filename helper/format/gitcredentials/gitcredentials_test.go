package gitcredentials_test

import (
	"strings"
	"testing"
	"time"

	"keyglot/helper"
	"keyglot/helper/format/gitcredentials"
	"keyglot/helper/helpertest"
)

// AUTH-66, GIT-81: git's own file.
func TestParse(t *testing.T) {
	t.Parallel()
	helpertest.Codec(gitcredentials.Parse).Table(t,
		helpertest.Row("a password", "https://ann:s3cret@git.example\n", `1 https://git.example "ann" basic "s3cret" exact`),
		helpertest.Row("escapes", "https://a%40b:p%3A%2F%25@git.example%3a8443/org/r%20x.git", `1 https://git.example:8443/org/r%20x.git "a@b" basic "p:/%" exact`),
		helpertest.Row("IPv6, which git encodes", "http://u:p@%5b::1%5D%3A80/\n", `1 http://[::1] "u" basic "p" exact`),
		helpertest.Row("mail", "smtp://u:p@mail.example%3a587\n", `1 smtp://mail.example:587 "u" basic "p" exact`),
		helpertest.Row("a client certificate's password", "cert://:p@/home/u/c.pem\n", `1 cert:///home/u/c.pem "" basic "p" exact`),
		helpertest.Row("a token", "https://__token__:t@pypi.example/\n", `1 https://pypi.example - bearer "t" exact`),
		helpertest.Row("Windows line ends, blank lines, comments", "# mine\r\n\r\nhttps://u:p@h.example\r\n", `3 https://h.example "u" basic "p" exact`),
		helpertest.Row("two of one account", "https://u:1@h.example\nhttps://u:2@H.example:443/\n",
			`1 https://h.example "u" basic "1" exact`, `2 https://h.example "u" basic "2" exact`),
		helpertest.Row("an empty user name and an empty password are given", "https://:@h.example", `1 https://h.example "" basic "" exact`),
		helpertest.Row("what is no entry", strings.Join([]string{
			"u:p@h.example", "https://h.example", "https://u@h.example", "https://u:p@", "https://u:p@a@b.example", "https://u:p@h.example?x=1",
			`https://u:p@h\.example`, "https://u%0a:p@h.example", "https://u:p%0d@h.example", "https://u:p@h.example/%00", "https://u:%zz@h.example",
			"https://u:p@h%2eexample", "https://u:p@*.example.com", "https://u:p@faß.example", "https://u:p@127.1", "https://u:p@h.example:0", "x y",
		}, "\n"),
			"1 skipped: no protocol", "2 skipped: no user name and password", "3 skipped: no user name and password", "4 skipped: not a host name",
			"5 skipped: not an address", "6 skipped: a query or fragment", "7 skipped: not an address",
			"8 skipped: a broken escape, or a control character behind one", "9 skipped: a broken escape, or a control character behind one",
			"10 skipped: a broken escape, or a control character behind one", "11 skipped: a broken escape, or a control character behind one",
			"12 skipped: not a host name", "13 skipped: not a host name", "14 skipped: not a host name", "15 skipped: not a host name",
			"16 skipped: not a host name", "17 skipped: not an address"),
	)
}

// AUTH-67: what a line cannot hold is skipped.
func TestPrint(t *testing.T) {
	t.Parallel()
	at := helper.Target{Scheme: "https", Host: "h.example:8443", Path: "a%20b/c"}
	plain := helper.Foreign(at, helper.Named("a@b"), helper.NewSecret("p:/ü"))
	token := helper.Foreign(helper.Target{Scheme: "https", Host: "h.example"}, helper.User{}, helper.NewSecret("t"))
	change := func(f func(*helper.Credential)) helper.Credential {
		c := plain
		f(&c)
		return c
	}
	text, skipped := gitcredentials.Print([]helper.Credential{
		plain, token,
		change(func(c *helper.Credential) { c.Kind = helper.S3 }),
		change(func(c *helper.Credential) { c.User = helper.User{} }),
		change(func(c *helper.Credential) { c.Target.Host = "*.example.com" }),
		change(func(c *helper.Credential) { c.Target.Scheme = helper.SchemeItem }),
		change(func(c *helper.Credential) { c.Expiry = time.Unix(1, 0) }),
		change(func(c *helper.Credential) { c.Refresh = helper.NewSecret("r") }),
		change(func(c *helper.Credential) { c.Secret = helper.NewSecret("a\nb") }),
	})
	want := "https://a%40b:p%3A%2F%C3%BC@h.example%3a8443/a%20b/c\nhttps://__token__:t@h.example\n"
	if string(text) != want || len(skipped) != 7 {
		t.Errorf("%q, %v", text, skipped)
	}
}

// What is put into a file comes first and takes the place of the same account's
// lines; the rest stays byte for byte (AUTH-67).
func TestInto(t *testing.T) {
	t.Parallel()
	ann := helper.Foreign(helper.Target{Scheme: "https", Host: "h.example"}, helper.Named("ann"), helper.NewSecret("new"))
	kept := ann
	kept.Kind = helper.S3 // a line cannot hold it
	for name, row := range map[string]struct{ file, want string }{
		"nothing":           {"", "https://ann:new@h.example\n"},
		"an old one, twice": {"https://ann:1@H.example:443/\nhttps://ann:2@h.example", "https://ann:new@h.example\n"},
		"the rest":          {"#c\r\n\nhttps://bob:1@h.example\nhttps://ann:1@h.example/p\nx y", "https://ann:new@h.example\n#c\r\n\nhttps://bob:1@h.example\nhttps://ann:1@h.example/p\nx y"},
	} {
		if got, err := gitcredentials.Into([]byte(row.file), []helper.Credential{ann, kept}); err != nil || string(got) != row.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// AUTH-68: what was printed is read back as it was, and nothing makes the
// reader panic or repeat what it reads.
func FuzzParse(f *testing.F) {
	f.Add("https://ann:s3cret@git.example/org\nhttps://a%40b:p%3A@[::1]%3a80/x y")
	f.Add("cert://:p@/c.pem\n\n#x")
	f.Fuzz(func(t *testing.T, text string) {
		items, skipped, _ := gitcredentials.Parse([]byte(text))
		for _, s := range skipped {
			if s.Line == 0 || len(s.Reason) > 100 {
				t.Fatalf("%+v", s)
			}
		}
		var records []helper.Credential
		for _, i := range items {
			records = append(records, i.Credential)
		}
		printed, left := gitcredentials.Print(records)
		again, wrong, _ := gitcredentials.Parse(printed)
		if len(wrong) > 0 || len(again)+len(left) != len(items) {
			t.Fatalf("%q: %d of %d come back, %v", printed, len(again), len(items), wrong)
		}
		for _, i := range again {
			found := false
			for _, c := range records {
				found = found || c.Same(i.Credential)
			}
			if !found {
				t.Fatalf("%s was not in %q", helpertest.Tell(i), text)
			}
		}
	})
}

// STO-152: what git's other stores keep behind the password.
func TestSecret(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"p":                             `"p"`,
		"p\r":                           `"p\r"`,
		"":                              `""`,
		"p\npassword_expiry_utc=86400":  `"p" until=1970-01-02`,
		"p\noauth_refresh_token=r\n":    `"p" refresh=r`,
		"p\r\noauth_refresh_token=r":    `"p" refresh=r`,
		"p\npassword_expiry_utc=soon":   `"p"`,
		"p\nnot an attribute of git's":  "skipped: a password of more than one line",
		"p\npassword_expiry_utc=-1\n\n": `"p"`,
	} {
		var c helper.Credential
		got := gitcredentials.Secret(&c, text)
		if got == "" {
			got = helpertest.Tell(helper.Item{Credential: c})
			got = got[strings.Index(got, `"`):]
		} else {
			got = "skipped: " + got
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
