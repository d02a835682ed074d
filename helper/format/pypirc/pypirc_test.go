package pypirc_test

import (
	"slices"
	"strings"
	"testing"

	"keyglot/helper"
	"keyglot/helper/format/pypirc"
	"keyglot/helper/helpertest"
)

// AUTH-66: .pypirc.
func TestParse(t *testing.T) {
	t.Parallel()
	helpertest.Codec(pypirc.Parse).Table(t,
		helpertest.Row("as the specification shows it", `[distutils]
index-servers =
    pypi
    testpypi
    private

[pypi]
username = __token__
password = pypi-AgE

[testpypi]
username = __token__
password = pypi-Test

[private]
repository = https://Packages.example:443/up/
username = ann
password = 100%done
`, `7 https://upload.pypi.org/legacy - bearer "pypi-AgE"`, `11 https://test.pypi.org/legacy - bearer "pypi-Test"`,
			`15 https://packages.example/up "ann" basic "100%done"`),
		helpertest.Row("without a list, colons, keys in capitals, comments", "; c\n[pypi]\nUserName: ann\n# c\nPASSWORD : p=q ; r #s\n",
			`2 https://upload.pypi.org/legacy "ann" basic "p=q ; r #s"`),
		helpertest.Row("quotes and blanks are the password's own", "[pypi]\r\nusername=a b\r\npassword= \"p  q\" \r\n",
			`1 https://upload.pypi.org/legacy "a b" basic "\"p  q\""`),
		helpertest.Row("the old form", "[server-login]\nusername:ann\npassword:p\n", `1 https://upload.pypi.org/legacy "ann" basic "p"`),
		helpertest.Row("no user name", "[pypi]\npassword = t\n", `1 https://upload.pypi.org/legacy - bearer "t"`),
		helpertest.Row("nothing", ""),
		helpertest.Row("what is no entry", strings.Join([]string{
			"[distutils]", "index-servers = a b c d e f",
			"[a]", "repository = ftp://a.example", "password = p",
			"[b]", "repository = https://b.example", "username = u",
			"[c]", "repository = https://c.example", "password = p", "  q",
			"[d]", "repository = https://d.example@e.example@f.example/", "password = p",
			"[e]", "repository = https://a.example/../x", "password = p",
			"[g]", "repository = https://g.example", "password = p",
			"[f]", "repository = https://f.example/?q", "password = p",
		}, "\n"), "3 skipped: the repository is not an address", "6 skipped: no password", "9 skipped: a password of more than one line",
			"13 skipped: the repository is not an address", "16 skipped: the repository is not an address",
			"19 skipped: index-servers does not list it", "22 skipped: the repository is not an address"),
		helpertest.Row("an account twice", "[distutils]\nindex-servers = a b\n[a]\nrepository=https://x.example\npassword=1\n[b]\nrepository=https://X.example/\npassword=2\n",
			`3 https://x.example - bearer "1"`, `6 https://x.example - bearer "2"`),
		helpertest.Row("a section twice", "[pypi]\n[pypi]\n", "line 2: a section given twice: not valid"),
		helpertest.Row("an option twice", "[pypi]\npassword=CANARY\nPassword=x\n", "line 3: an option given twice: not valid"),
		helpertest.Row("no section", "password=CANARY\n", "line 1: not what a .pypirc holds: not valid"),
		helpertest.Row("no option", "[pypi]\nCANARY\n", "line 2: not what a .pypirc holds: not valid"),
		helpertest.Row("not UTF-8", "[pypi]\npassword=\xff\n", "not UTF-8: not valid"),
	)
}

// AUTH-66: the password goes, the rest stays byte for byte.
func TestRemove(t *testing.T) {
	t.Parallel()
	const file = "# mine\r\n[distutils]\nindex-servers = a\n  b\n\n[a]\nrepository = https://a.example/\nusername = ann\npassword = p ; no comment\n\n[b]\n  password: q\nrepository: https://b.example\n"
	got, err := pypirc.Remove([]byte(file), func(c helper.Credential) bool { return c.Target.Host == "a.example" })
	if want := strings.Replace(file, "password = p ; no comment\n", "", 1); err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	if got, err = pypirc.Remove([]byte(file), func(helper.Credential) bool { return false }); err != nil || string(got) != file {
		t.Errorf("%v\n%s", err, got)
	}
	if _, err = pypirc.Remove([]byte("[a"), func(helper.Credential) bool { return true }); err == nil {
		t.Error("a broken file was edited")
	}
}

// No error repeats the file, and what Remove leaves has the other entries.
func FuzzRemove(f *testing.F) {
	f.Add("[distutils]\nindex-servers=a\n b\n[a]\nrepository=https://a.example\npassword=CANARY\n[b]\nrepository=https://b.example\npassword=q\n", "a.example")
	f.Fuzz(func(t *testing.T, text, host string) {
		before, _, err := pypirc.Parse([]byte(text))
		if err != nil {
			if strings.Contains(err.Error(), "CANARY") {
				t.Fatal(err)
			}
			return
		}
		rest, err := pypirc.Remove([]byte(text), func(c helper.Credential) bool { return c.Target.Host == host })
		if err != nil {
			t.Fatal(err)
		}
		after, _, err := pypirc.Parse(rest)
		if err != nil {
			t.Fatalf("%q became %q: %v", text, rest, err)
		}
		for _, i := range before {
			stays := slices.ContainsFunc(after, func(a helper.Item) bool { return a.Key == i.Key && a.Secret.Equal(i.Secret) })
			if i.Target.Host != host && !stays {
				t.Fatalf("%q became %q", text, rest)
			}
		}
	})
}
