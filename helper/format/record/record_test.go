package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"keyglot/helper"
)

// full is a record with every member.
func full() helper.Credential {
	return helper.Credential{
		Entry: helper.Entry{
			Key: helper.Key{
				Profile: "default",
				Target:  helper.Target{Scheme: "https", Host: "git.example.com", Path: "org/repo.git"},
				User:    helper.Named("alice"),
			},
			Known: true, Kind: helper.Bearer, Exact: true, Origin: "git",
			Login: "oauth2", Alias: "https://git.example.com/",
		},
		Secret: helper.NewSecret("s3<&>cret"), Refresh: helper.NewSecret("r"),
		Expiry: time.Date(2026, 11, 23, 2, 45, 26, 0, time.UTC),
		Extra:  map[string]helper.Secret{"session": helper.NewSecret("x"), "bad": helper.NewSecret("\xff")},
		Attr:   map[string]string{"provider": "github", "a": "1"},
		Gen:    7, Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Updated: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC),
	}
}

// STO-3: the members, their order, what is left out, and no HTML escaping.
func TestEncodeSTO3(t *testing.T) {
	t.Parallel()
	minimal := func(change func(*helper.Credential)) helper.Credential {
		c := helper.Credential{Entry: helper.Entry{Known: true}}
		change(&c)
		return c
	}
	for _, row := range []struct {
		name string
		c    helper.Credential
		want string
	}{
		{"every member", full(), `{"v":1,"profile":"default","scheme":"https","host":"git.example.com","path":"org/repo.git",` +
			`"username":"alice","kind":"bearer","exact":true,"origin":"git","login":"oauth2","alias":"https://git.example.com/",` +
			`"secret":"s3<&>cret","refresh":"r","expiry":"2026-11-23T02:45:26Z","extra":{"session":"x"},"extra_b64":{"bad":"/w=="},` +
			`"attr":{"a":"1","provider":"github"},"gen":7,"created":"2026-01-02T03:04:05Z","updated":"2026-01-02T03:04:05.000006Z"}`},
		{"nothing", minimal(func(*helper.Credential) {}), `{"v":1}`},
		{"an empty user and an empty secret", minimal(func(c *helper.Credential) {
			c.User, c.Secret = helper.Named(""), helper.NewSecret("")
		}), `{"v":1,"username":"","secret":""}`},
		{"bytes that are not UTF-8", minimal(func(c *helper.Credential) {
			c.User, c.Secret, c.Refresh = helper.Named("\xfe"), helper.NewSecret("a\x80"), helper.NewSecret("\xff")
		}), `{"v":1,"username_b64":"/g==","secret_b64":"YYA=","refresh_b64":"/w=="}`},
		{"control characters", minimal(func(c *helper.Credential) {
			c.Secret = helper.NewSecret("\x00\t\n\r\x1f\x7f\"\\/\u2028")
		}), `{"v":1,"secret":"\u0000\t\n\r\u001f` + "\x7f" + `\"\\/` + "\u2028" + `"}`},
		{"a time of another zone", minimal(func(c *helper.Credential) {
			c.Expiry = time.Date(2026, 1, 1, 1, 0, 0, 0, time.FixedZone("", 3600))
		}), `{"v":1,"expiry":"2026-01-01T00:00:00Z"}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			got, err := Encode(row.c)
			if err != nil || string(got) != row.want {
				t.Fatalf("Encode = %s, %v\nwant %s", got, err, row.want)
			}
			back, err := Decode(got)
			if err != nil || !same(back, row.c) {
				t.Fatalf("Decode = %#v, %v", back, err)
			}
		})
	}
}

// same compares everything, times too.
func same(a, b helper.Credential) bool {
	return a.Same(b) && a.Gen == b.Gen && a.Created.Equal(b.Created) && a.Updated.Equal(b.Updated)
}

func TestEncodeRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]helper.Credential{
		"a year of five digits":           {Expiry: time.Date(12026, 1, 1, 0, 0, 0, 0, time.UTC)},
		"an attribute name not UTF-8":     {Attr: map[string]string{"\xff": "x"}},
		"the name of an extra, not UTF-8": {Extra: map[string]helper.Secret{"\xff": helper.NewSecret("x")}},
	} {
		if _, err := Encode(c); !errors.Is(err, helper.ErrUnsupported) {
			t.Errorf("%s: %v, want ErrUnsupported", name, err)
		}
	}
}

// Malformed records are ErrInvalid with the line, and the text is not repeated.
func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, data string }{
		{"nothing", ``},
		{"another type", `[]`},
		{"no version", `{"secret":"canary"}`},
		{"version as text", `{"v":"1"}`},
		{"a fraction as version", `{"v":1.0}`},
		{"a sign", `{"v":+1}`},
		{"leading zero", `{"v":01}`},
		{"cut", `{"v":1,"secret":"canary`},
		{"text behind the end", `{"v":1} canary`},
		{"a second value", `{"v":1}{"v":1}`},
		{"a NUL behind the end", "{\"v\":1}\x00"},
		{"a member twice", `{"v":1,"secret":"canary","secret":"canary2"}`},
		{"a member twice in another case", `{"v":1,"secret":"canary","Secret":"canary2"}`},
		{"an unknown member twice", `{"v":1,"new":1,"new":2}`},
		{"a text in both forms", `{"v":1,"secret":"canary","secret_b64":"eA=="}`},
		{"an extra in both forms", `{"v":1,"extra":{"a":"canary"},"extra_b64":{"a":"eA=="}}`},
		{"an attribute twice", `{"v":1,"attr":{"a":"canary","a":"b"}}`},
		{"bad base64", `{"v":1,"secret_b64":"canary!"}`},
		{"loose base64", `{"v":1,"secret_b64":"eB=="}`},
		{"a number as secret", `{"v":1,"secret":12}`},
		{"null as secret", `{"v":1,"secret":null}`},
		{"not a time", `{"v":1,"expiry":"canary"}`},
		{"exact as text", `{"v":1,"exact":"true"}`},
		{"a negative generation", `{"v":1,"gen":-1}`},
		{"a lone surrogate", `{"v":1,"secret":"\ud800canary"}`},
		{"a reversed pair", `{"v":1,"secret":"\udc00\ud800"}`},
		{"invalid UTF-8", "{\"v\":1,\"secret\":\"\xff\"}"},
		{"a raw line feed in a text", "{\"v\":1,\"secret\":\"a\ncanary\"}"},
		{"an unknown escape", `{"v":1,"secret":"\x41"}`},
		{"a trailing comma", `{"v":1,}`},
		{"a leading comma", `{,"v":1}`},
		{"a word of no meaning", `{"v":1,"new":nul}`},
		{"too deep", `{"v":1,"new":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			_, err := Decode([]byte(row.data))
			if !errors.Is(err, helper.ErrInvalid) || errors.Is(err, ErrNewer) {
				t.Fatalf("%v, want ErrInvalid", err)
			}
			if strings.Contains(err.Error(), "canary") || !strings.HasPrefix(err.Error(), "line ") {
				t.Fatalf("error %q", err)
			}
		})
	}
}

func TestDecodeAccepts(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, data, secret string }{
		{"unknown members", `{"new":[1,-2.5e+3,{"a":null,"A":true}],"v":1,"secret":"x","x_b64":false}`, "x"},
		{"spaces", " {\n\t\"v\" : 1 ,\r\n\"secret\":\"x\" } \n", "x"},
		{"escapes", `{"v":1,"secret":"\"\\\/\b\f\n\r\t\u00fc\ud83d\ude00"}`, "\"\\/\b\f\n\r\tü😀"},
		{"a value as deep as allowed", `{"v":1,"secret":"x","new":` + strings.Repeat("[", 63) + strings.Repeat("]", 63) + `}`, "x"},
	} {
		c, err := Decode([]byte(row.data))
		if err != nil || c.Secret.Reveal() != row.secret {
			t.Errorf("%s: %q, %v", row.name, c.Secret.Reveal(), err)
		}
	}
}

// STO-3: an unknown version is told apart from damage.
func TestNewerSTO3(t *testing.T) {
	t.Parallel()
	if _, err := Decode([]byte(`{"v":2,"secret":{"sealed":1}}`)); !errors.Is(err, ErrNewer) || !errors.Is(err, helper.ErrInvalid) {
		t.Errorf("record: %v", err)
	}
	if _, err := DecodeRealm([]byte(`{"v":2}`), helper.Realm{}); !errors.Is(err, ErrNewer) {
		t.Errorf("realm: %v", err)
	}
	if _, err := DecodeRealm([]byte(`{"v":1,"realm":"https://h","records":[{"v":3}]}`), helper.Realm{Scheme: "https", Host: "h"}); !errors.Is(err, ErrNewer) {
		t.Errorf("record in a realm: %v", err)
	}
	if _, err := DecodeList([]byte(`{"version":2}`)); !errors.Is(err, ErrNewer) {
		t.Errorf("list: %v", err)
	}
}

// STO-42, STO-5: a realm's document names its realm, and so does each record.
func TestRealmSTO42(t *testing.T) {
	t.Parallel()
	realm := full().Target.Realm()
	data, err := EncodeRealm(realm, []helper.Credential{full()})
	if err != nil || !bytes.HasPrefix(data, []byte(`{"v":1,"realm":"https://git.example.com","records":[{"v":1,"profile":"default",`)) || !bytes.HasSuffix(data, []byte("}]}\n")) {
		t.Fatalf("%s, %v", data, err)
	}
	if back, err := DecodeRealm(data, realm); err != nil || len(back) != 1 || !same(back[0], full()) {
		t.Fatalf("%v, %v", back, err)
	}
	if name, back, err := DecodeAnyRealm(data); err != nil || name != realm.String() || len(back) != 1 {
		t.Fatalf("%q, %v, %v", name, back, err)
	}
	other := helper.Realm{Scheme: "https", Host: "evil.example"}
	for name, text := range map[string]string{
		"another realm":            string(data),
		"a record of another":      strings.Replace(string(data), `"realm":"https://git.example.com"`, `"realm":"https://evil.example"`, 1),
		"two records of one key":   `{"v":1,"realm":"https://evil.example","records":[{"v":1,"scheme":"https","host":"evil.example"},{"v":1,"scheme":"https","host":"evil.example"}]}`,
		"no records":               `{"v":1,"realm":"https://evil.example"}`,
		"no realm":                 `{"v":1,"records":[]}`,
		"no version":               `{"realm":"https://evil.example","records":[]}`,
		"a plain store's document": `{"version":1,"credentials":[]}`,
	} {
		if _, err := DecodeRealm([]byte(text), other); !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := DecodeAnyRealm([]byte(text)); name != "another realm" && !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("%s, any realm: %v", name, err)
		}
	}
}

// STO-115: the plain store's document is indented and ends in a line feed.
func TestListSTO115(t *testing.T) {
	t.Parallel()
	want := "{\n  \"version\": 1,\n  \"credentials\": [\n    {\n      \"v\": 1,\n      \"secret\": \"<x>\"\n    }\n  ]\n}\n"
	data, err := EncodeList([]helper.Credential{{Secret: helper.NewSecret("<x>")}})
	if err != nil || string(data) != want {
		t.Fatalf("%s, %v", data, err)
	}
	if back, err := DecodeList(data); err != nil || len(back) != 1 || back[0].Secret.Reveal() != "<x>" {
		t.Fatalf("%v, %v", back, err)
	}
	if _, err := DecodeList([]byte("{\"version\":1,\n\"credentials\":[\n{\"v\":1,\"secret\":\"canary\" \"x\"}]}")); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("error %v does not name line 3", err)
	}
}

// decode(encode(x)) is x, whatever bytes it is made of (STO-3, STO-12).
func FuzzRoundTrip(f *testing.F) {
	f.Add("default", "host", "path", "alice", true, "secret", "refresh", "name", "value", int64(1), uint64(3))
	f.Add("\xff", "\xfe", "\x00", "", false, "\u2028", "\xed\xa0\x80", "n", "\xff", int64(-1), uint64(0))
	f.Fuzz(func(t *testing.T, profile, host, path, user string, set bool, secret, refresh, name, value string, seconds int64, gen uint64) {
		c := helper.Credential{
			Entry:  helper.Entry{Key: helper.Key{Profile: profile, Target: helper.Target{Scheme: "item", Host: host, Path: path}}, Known: true, Kind: helper.Kind(value), Login: user, Exact: set},
			Secret: helper.NewSecret(secret),
			Extra:  map[string]helper.Secret{name: helper.NewSecret(value)},
			Attr:   map[string]string{name: secret},
			Gen:    gen, Expiry: time.Unix(seconds, seconds&0xffff),
		}
		if set {
			c.User, c.Refresh = helper.Named(user), helper.NewSecret(refresh)
		}
		data, err := Encode(c)
		if err != nil {
			return // tested above: a year or a name that JSON cannot say
		}
		if !json.Valid(data) {
			t.Fatalf("not JSON: %q", data)
		}
		back, err := Decode(data)
		if err != nil || !same(back, c) {
			t.Fatalf("%q: %v\n%#v", data, err, back)
		}
		list, err := EncodeList([]helper.Credential{c})
		if err != nil {
			t.Fatal(err)
		}
		if all, err := DecodeList(list); err != nil || len(all) != 1 || !same(all[0], c) {
			t.Fatalf("list %q: %v", list, err)
		}
	})
}

// What the reader accepts encoding/json accepts too, with the same values, and
// nothing makes it panic.
func FuzzDecode(f *testing.F) {
	data, _ := Encode(full())
	f.Add(data)
	f.Add([]byte(`{"v":1,"secret":"\ud83d\ude00","new":[1.5e-3,{"a":[]}]}`))
	f.Add([]byte(`{"v":1,"path":"x","extra":{"a":"b"},"exact":false}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = DecodeRealm(data, helper.Realm{})
		_, _ = DecodeList(data)
		c, err := Decode(data)
		if err != nil {
			return
		}
		var oracle struct {
			Path   string
			Secret *string
			Extra  map[string]string
			Gen    uint64
		}
		if err := json.Unmarshal(data, &oracle); err != nil {
			t.Fatalf("encoding/json refuses %q: %v", data, err)
		}
		var members map[string]json.RawMessage
		if json.Unmarshal(data, &members); members["path"] != nil && oracle.Path != c.Target.Path {
			t.Fatalf("path %q, want %q", c.Target.Path, oracle.Path)
		}
		if members["secret"] != nil && !reflect.DeepEqual(*oracle.Secret, c.Secret.Reveal()) {
			t.Fatalf("secret %q, want %q", c.Secret.Reveal(), *oracle.Secret)
		}
		again, err := Encode(c)
		if err != nil {
			t.Fatalf("encode what was decoded: %v", err)
		}
		if back, err := Decode(again); err != nil || !same(back, c) {
			t.Fatalf("%q: %v", again, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	data, _ := EncodeRealm(full().Target.Realm(), []helper.Credential{full()})
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := DecodeRealm(data, full().Target.Realm()); err != nil {
			b.Fatal(err)
		}
	}
}
