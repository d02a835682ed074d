package plainname

import (
	"strings"
	"testing"

	"keyglot/helper"
)

// STO-4
func TestText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"git.example.com":                  "git.example.com",
		"git.example.com:8443":             "git.example.com=3A8443",
		"*.example.com":                    "=2A.example.com",
		"DOMAIN/alice":                     "DOMAIN=2Falice",
		`DOMAIN\alice`:                     "DOMAIN=5Calice",
		"../x":                             "=2E.=2Fx",
		".":                                "=2E",
		"-rf":                              "=2Drf",
		"a.b-c_d":                          "a.b-c_d",
		"_":                                "=5F",
		"__":                               "__",
		"":                                 "=",
		"=":                                "=3D",
		"a@b":                              "a=40b",
		"a\x00\n\xff":                      "a=00=0A=FF",
		"ü":                                "=C3=BC",
		strings.Repeat("a", 110):           strings.Repeat("a", 110),
		strings.Repeat("a", 111):           "=~6374f73208854473827f6f6a3f43b1f5",
		strings.Repeat("/", 36) + "aa":     strings.Repeat("=2F", 36) + "aa",
		strings.Repeat("/", 36) + "aaa":    "=~",
		"=~" + strings.Repeat("0", 32):     "=3D=7E" + strings.Repeat("0", 32),
		"keyglot.git.example.com:8443.gpg": "keyglot.git.example.com=3A8443.gpg",
	} {
		got := Text(text)
		long := strings.HasPrefix(want, "=~")
		if !strings.HasPrefix(got, want) || len(got) != len(want) && want != "=~" || IsDigest(got) != long {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
		if long {
			continue
		}
		if back, ok := ReadText(got); !ok || back != text {
			t.Errorf("%q: read back %q, %v", text, back, ok)
		}
	}
	if User(helper.User{}) != "_" || User(helper.Named("")) != "=" || User(helper.Named("_")) != "=5F" {
		t.Error("an absent, an empty and an odd user")
	}
}

// SEC-80: a name that Text never writes is nobody's.
func TestReadText(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"", "=2f", "=2", "=G0", "a=", "=41", ".a", "-a", "a/b", "a b", "_", "a\x00", "ü", "=~00",
		"=~" + strings.Repeat("0", 32), strings.Repeat("a", 111),
	} {
		if s, ok := ReadText(name); ok {
			t.Errorf("%q: read %q", name, s)
		}
	}
	if u, ok := ReadUser("_"); !ok || u.Set {
		t.Errorf("the absent user: %v, %v", u, ok)
	}
	for _, name := range []string{"=~" + strings.Repeat("g", 32), "=~" + strings.Repeat("A", 32), "=~", "~", "=~" + strings.Repeat("0", 31)} {
		if IsDigest(name) {
			t.Errorf("%q is no digest", name)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add("DOMAIN/alice", "_")
	f.Add("../x", "=2E.=2Fx")
	f.Add("", "=")
	f.Fuzz(func(t *testing.T, text, other string) {
		name := Text(text)
		if name == "" || len(name) > max || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-=~") != "" || name[0] == '.' || name[0] == '-' || name == absent {
			t.Errorf("the name is %q", name)
		}
		if back, ok := ReadText(name); ok == IsDigest(name) || ok && back != text {
			t.Errorf("read back %q, %v", back, ok)
		}
		if text != other && name == Text(other) {
			t.Errorf("%q and %q have one name", text, other)
		}
		if back, ok := ReadText(other); ok && Text(back) != other {
			t.Errorf("%q is read although it is not written", other)
		}
		for _, u := range []helper.User{{}, helper.Named(text)} {
			if back, ok := ReadUser(User(u)); ok && back != u || !ok && !IsDigest(User(u)) {
				t.Errorf("%v: read back %v, %v", u, back, ok)
			}
		}
	})
}
