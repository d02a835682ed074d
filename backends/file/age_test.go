package file

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"filippo.io/age"

	"keyglot/helper"
	"keyglot/helper/format/agefile"
)

var sizes = []int{0, 1, 500, agefile.Chunk - 1, agefile.Chunk, agefile.Chunk + 1, 2 * agefile.Chunk, 2*agefile.Chunk + 1, 1 << 20}

// The format is age's: what is sealed here filippo.io/age opens, and the reverse (STO-42).
func TestAgeBothWays(t *testing.T) {
	t.Parallel()
	id, err := newIdentity()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := age.ParseIdentities(bytes.NewReader(id.file()))
	if err != nil || theirs[0].(*age.X25519Identity).Recipient().String() != id.recipient {
		t.Fatalf("identity: %v", err)
	}
	for _, size := range sizes {
		text := bytes.Repeat([]byte("x"), size)
		sealed, err := seal(id.recipient, text)
		if err != nil {
			t.Fatal(err)
		}
		r, err := age.Decrypt(bytes.NewReader(sealed), theirs...)
		if err != nil {
			t.Fatalf("%d bytes: age does not open what was sealed: %v", size, err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%d bytes: age reads %d, %v", size, len(got), err)
		}
		if got, err := unseal(id, sealed); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%d bytes: unseal: %v", size, err)
		}
		other, _ := age.GenerateHybridIdentity()
		another, _ := age.GenerateX25519Identity()
		got, err := unseal(id, sealedByAge(t, text, other.Recipient(), another.Recipient(), theirs[0].(*age.X25519Identity).Recipient()))
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("%d bytes: unseal what age sealed for three: %v", size, err)
		}
		if _, err := unseal(id, sealedByAge(t, text, another.Recipient())); !errors.Is(err, agefile.ErrWrongKey) {
			t.Errorf("%d bytes: another's file: %v, want agefile.ErrWrongKey", size, err)
		}
	}
}

func sealedByAge(t *testing.T, text []byte, to ...age.Recipient) []byte {
	t.Helper()
	// Hybrid and plain recipients do not mix in filippo.io/age: a stanza of an
	// unknown kind takes the hybrid one's place.
	for i, r := range to {
		if _, hybrid := r.(*age.HybridRecipient); hybrid {
			to[i] = grease{}
		}
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to...)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// grease is a recipient of a kind that nobody knows, with a body of full lines.
type grease struct{}

func (grease) Wrap([]byte) ([]*age.Stanza, error) {
	return []*age.Stanza{{Type: "x-grease", Args: []string{"a", "b"}, Body: make([]byte, 96)}, {Type: "y-grease"}}, nil
}

// STO-45: a wrapped key is what `age -p` writes and reads, and costs are bounded (SEC-84).
func TestPassphraseBothWays(t *testing.T) {
	t.Parallel()
	word := helper.NewSecret("correct horse")
	sealed, err := agefile.SealPassphrase(word, agefile.WorkFactor, []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	theirs, _ := age.NewScryptIdentity("correct horse")
	r, err := age.Decrypt(bytes.NewReader(sealed), theirs)
	if err != nil {
		t.Fatalf("age does not open it: %v", err)
	}
	if got, err := io.ReadAll(r); err != nil || string(got) != "text" {
		t.Errorf("age reads %q, %v", got, err)
	}
	if got, err := agefile.UnsealPassphrase(word, sealed); err != nil || string(got) != "text" {
		t.Errorf("unseal: %q, %v", got, err)
	}
	if _, err := agefile.UnsealPassphrase(helper.NewSecret("wrong"), sealed); !errors.Is(err, agefile.ErrWrongPassphrase) {
		t.Errorf("wrong passphrase: %v", err)
	}
	recipient, _ := age.NewScryptRecipient("correct horse")
	recipient.SetWorkFactor(10)
	cheap := sealedByAge(t, []byte("text"), recipient)
	if got, err := agefile.UnsealPassphrase(word, cheap); err != nil || string(got) != "text" {
		t.Errorf("unseal what age sealed: %q, %v", got, err)
	}
	for _, work := range []string{"19", "30", "99999999999999999999", "010", "0", "-1", "x", ""} {
		planted := bytes.Replace(cheap, []byte(" 10\n"), []byte(" "+work+"\n"), 1)
		if _, err := agefile.UnsealPassphrase(word, planted); !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("work factor %q: %v, want ErrInvalid", work, err)
		}
	}
}

// SEC-84: every flipped bit, cut and addition is seen, and none is a panic.
func TestDamageIsSeen(t *testing.T) {
	t.Parallel()
	id, _ := newIdentity()
	sealed, err := seal(id.recipient, []byte("{\"v\":1}"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range sealed {
		for bit := range 8 {
			bad := bytes.Clone(sealed)
			bad[i] ^= 1 << bit
			if _, err := unseal(id, bad); !errors.Is(err, helper.ErrInvalid) && !errors.Is(err, agefile.ErrWrongKey) {
				t.Errorf("bit %d of byte %d: %v", bit, i, err)
			}
		}
		if _, err := unseal(id, sealed[:i]); !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
	if _, err := unseal(id, append(bytes.Clone(sealed), 0)); !errors.Is(err, helper.ErrInvalid) {
		t.Errorf("a byte behind: %v", err)
	}
	long, _ := seal(id.recipient, make([]byte, 3*agefile.Chunk))
	at := len(long) - 3*(agefile.Chunk+16)
	first, second := long[at:at+agefile.Chunk+16], long[at+agefile.Chunk+16:at+2*(agefile.Chunk+16)]
	for name, bad := range map[string][]byte{
		"a agefile.Chunk dropped": append(bytes.Clone(long[:at]), long[at+agefile.Chunk+16:]...),
		"the last cut":            long[:len(long)-agefile.Chunk-16],
		"chunks swapped":          bytes.Join([][]byte{long[:at], second, first, long[at+2*(agefile.Chunk+16):]}, nil),
	} {
		if _, err := unseal(id, bad); !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is opened here filippo.io/age opens too, with the same text, and
// nothing makes either panic.
func FuzzUnseal(f *testing.F) {
	id, err := parseIdentity([]byte("AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX\n"))
	if err != nil {
		f.Fatal(err)
	}
	theirs, err := age.ParseIdentities(bytes.NewReader(id.file()))
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{"", "text"} {
		sealed, _ := seal(id.recipient, []byte(text))
		f.Add(sealed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = agefile.UnsealPassphrase(helper.NewSecret("x"), bytes.Replace(data, []byte("scrypt"), nil, -1))
		got, err := unseal(id, data)
		if err != nil {
			return
		}
		r, err := age.Decrypt(bytes.NewReader(data), theirs...)
		if err != nil {
			t.Fatalf("age refuses what was opened: %v", err)
		}
		if want, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%q, age reads %q, %v", got, want, err)
		}
	})
}

func TestIdentityFiles(t *testing.T) {
	t.Parallel()
	const key = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
	for _, row := range []struct {
		name, text string
		good       bool
	}{
		{"a key", key + "\n", true},
		{"no line feed", key, true},
		{"what age-keygen writes", "# created: 2026-01-01T00:00:00Z\n# public key: age1x\n" + key + "\n", true},
		{"CRLF and blank lines", "\r\n# x\r\n\r\n" + key + "\r\n", true},
		{"lower case", strings.ToLower(key), false},
		{"mixed case", "age" + key[3:], false},
		{"a typing error", strings.Replace(key, "GFPYY", "GFPYQ", 1), false},
		{"a cut", key[:len(key)-1], false},
		{"a recipient", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p", false},
		{"another kind", "AGE-SECRET-KEY-PQ-1GFPYYSJZ", false},
		{"nothing", "", false},
		{"a letter that folds to ASCII", strings.Replace(key, "K", "\u212a", 1), false},
	} {
		id, err := parseIdentity([]byte(row.text))
		if (err == nil) != row.good || err != nil && !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("%s: %v", row.name, err)
		}
		if err == nil && !strings.Contains(string(id.file()), key) {
			t.Errorf("%s: became %s", row.name, fmt.Sprintf("%.40s", id.file()))
		}
		_, theirs := age.ParseIdentities(strings.NewReader(row.text))
		if (theirs == nil) != row.good {
			t.Errorf("%s: age says %v", row.name, theirs)
		}
	}
	for _, text := range []string{"", "age1", "age1x", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8q", "AGE1QL3Z7HJY54PW3HYWW5AYYFG7ZQGVC7W3J2ELW8ZMRJ2KG5SFN9AQMCAC8P", key} {
		if _, err := seal(text, nil); !errors.Is(err, helper.ErrInvalid) {
			t.Errorf("recipient %q: %v, want ErrInvalid", text, err)
		}
	}
}
