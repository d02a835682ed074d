package tpm

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"keyglot/backends/backendtest"
)

// STO-45, level 3
func TestSeal(t *testing.T) {
	t.Parallel()
	chip := backendtest.TPM(t)
	for _, secret := range [][]byte{{0}, []byte("a secret of 32 bytes............"), bytes.Repeat([]byte{0xff}, MaxSecret)} {
		blob, err := Seal(chip, secret)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(blob, secret) && len(secret) > 1 {
			t.Error("the secret is in the blob")
		}
		for range 10 { // no handle is left behind: a chip has three
			if got, err := Unseal(chip, blob); err != nil || !bytes.Equal(got, secret) {
				t.Fatalf("%d bytes: got %d, %v", len(secret), len(got), err)
			}
		}
	}
	for _, n := range []int{0, MaxSecret + 1} {
		if _, err := Seal(chip, make([]byte, n)); err == nil {
			t.Errorf("%d bytes were sealed", n)
		}
	}
}

// STO-45, SEC-84: another TPM, a damaged blob, no TPM.
func TestFaults(t *testing.T) {
	t.Parallel()
	chip, other := backendtest.TPM(t), backendtest.TPM(t)
	blob, err := Seal(chip, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Unseal(other, blob); !errors.Is(err, ErrRefused) {
		t.Errorf("another TPM: %v", err)
	}
	lines := bytes.Split(blob, []byte("\n"))
	flipped := bytes.Clone(blob)
	if at := len(magic) + 20; flipped[at] == 'A' {
		flipped[at] = 'B'
	} else {
		flipped[at] = 'A'
	}
	for name, c := range map[string]struct {
		blob []byte
		want error
	}{
		"empty":         {nil, ErrDamaged},
		"cut":           {blob[:len(blob)-1], ErrDamaged},
		"swapped":       {bytes.Join([][]byte{lines[0], lines[2], lines[1], nil}, []byte("\n")), ErrRefused},
		"not base64":    {[]byte(magic + "\n*\n*\n"), ErrDamaged},
		"a bit flipped": {flipped, ErrRefused},
		"too long":      {append(append([]byte(magic+"\n"), bytes.Repeat([]byte("AAAA"), 2000)...), "\nAAAA\n"...), ErrDamaged},
	} {
		if _, err := Unseal(chip, c.blob); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	plain := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, device := range []string{plain, filepath.Dir(plain), filepath.Join(filepath.Dir(plain), "nothing"), "/dev/null", ""} {
		if _, err := Seal(device, []byte("x")); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: %v", device, err)
		}
	}
}

// script answers each command with the next of its responses, byte by byte.
type script struct {
	responses [][]byte
	now       []byte
}

func (s *script) Write(p []byte) (int, error) {
	if len(s.responses) > 0 {
		s.now, s.responses = s.responses[0], s.responses[1:]
	}
	return len(p), nil
}

func (s *script) Read(p []byte) (int, error) {
	n := copy(p, s.now[:min(1, len(s.now))])
	s.now = s.now[n:]
	return n, nil
}

// SEC-84: what no TPM answers is refused.
func TestAnswers(t *testing.T) {
	t.Parallel()
	for name, response := range map[string][]byte{
		"nothing":               nil,
		"half a header":         {0x80, 2, 0, 0, 0},
		"shorter than a header": {0x80, 2, 0, 0, 0, 9, 0, 0, 0, 0},
		"endless":               {0x80, 2, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0},
		"shorter than it says":  {0x80, 2, 0, 0, 0, 20, 0, 0, 0, 0, 1},
		"busy":                  {0x80, 1, 0, 0, 0, 10, 0, 0, 0x09, 0x02},
		"no parameters":         {0x80, 2, 0, 0, 0, 10, 0, 0, 0, 0},
		"a size and nothing":    {0x80, 2, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9},
	} {
		c := chip{&script{responses: [][]byte{response}}}
		if secret, err := c.unseal(1); !errors.Is(err, ErrUnavailable) || secret != nil {
			t.Errorf("%s: %q, %v", name, secret, err)
		}
	}
	good := chip{&script{responses: [][]byte{{0x80, 2, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 'x'}}}}
	if secret, err := good.unseal(1); err != nil || string(secret) != "x" {
		t.Errorf("byte by byte: %q, %v", secret, err)
	}
}

// BenchmarkUnseal is what a question to a store sealed by this TPM costs more.
func BenchmarkUnseal(b *testing.B) {
	chip := backendtest.TPM(b)
	blob, err := Seal(chip, make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := Unseal(chip, blob); err != nil {
			b.Fatal(err)
		}
	}
}
