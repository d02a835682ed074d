//go:build seckeychaintest && linux

package keychain

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/ebitengine/purego"

	"keyglot/backends/backendtest"
	"keyglot/helper"
)

// The library of testdata, and the folder of its items: for children too.
const (
	libraryVariable = "KEYGLOT_TEST_SECURITY"
	itemsVariable   = "KEYGLOT_TEST_ITEMS"
)

func TestMain(m *testing.M) {
	if os.Getenv(libraryVariable) == "" {
		if err := build(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	backendtest.Main(m, libraryBackend())
}

// build leaves its folder in the system's folder for temporary files.
func build() error {
	dir, err := os.MkdirTemp("", "keyglot-keychain-")
	if err != nil {
		return err
	}
	library, items := filepath.Join(dir, "libsecurity.so"), filepath.Join(dir, "items")
	out, err := exec.Command("gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, "testdata/security.c", "-lpthread").CombinedOutput()
	if err != nil {
		return fmt.Errorf("gcc: %w\n%s", err, out)
	}
	return errors.Join(os.Mkdir(items, 0o700), os.Setenv(libraryVariable, library), os.Setenv(itemsVariable, items))
}

func library() security {
	path := os.Getenv(libraryVariable)
	return lazily(path, path)
}

// libraryBackend gives each World a namespace of its own, and each a file that
// makes every call answer with one status.
func libraryBackend() helper.Backend {
	b := Backend()
	b.Open = func(_ context.Context, env helper.Env) (helper.Store, error) {
		return &Store{api: answering{library(), statusFile(env.Home)}, namespace: ownNamespace(env.Home)}, nil
	}
	return b
}

func ownNamespace(home string) string {
	sum := sha256.Sum256([]byte(home))
	return "keyglot-test-" + hex.EncodeToString(sum[:8]) + ":"
}

func statusFile(home string) string { return filepath.Join(home, "status") }

type answering struct {
	secAPI
	file string
}

func (a answering) CopyMatching(q query) ([]item, error) {
	if text, err := os.ReadFile(a.file); err == nil {
		n, err := strconv.Atoi(string(text))
		return nil, errors.Join(err, status(n))
	}
	return a.secAPI.CopyMatching(q)
}

// fake calls a function of the library that only it has.
func fake(t *testing.T, name string, args ...uintptr) uintptr {
	t.Helper()
	handle, err := purego.Dlopen(os.Getenv(libraryVariable), purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		t.Fatal(err)
	}
	function, err := purego.Dlsym(handle, name)
	if err != nil {
		t.Fatal(err)
	}
	result, _, _ := purego.SyscallN(function, args...)
	return result
}

// clean fails the test if objects are alive, or calls were not as documented.
func clean(t *testing.T, after string) {
	t.Helper()
	if n := fake(t, "fake_live"); n != 0 {
		t.Errorf("after %s %d objects are alive", after, n)
	}
	if n := fake(t, "fake_faults"); n != 0 {
		address := fake(t, "fake_fault")
		text, _, _ := strings.Cut(string(unsafe.Slice(*(**byte)(unsafe.Pointer(&address)), 200)), "\x00")
		t.Fatalf("after %s: %d faults, the last: %s", after, n, text)
	}
}

// The contract over the calls as macOS would get them. It does not run beside
// other tests, for the objects to be counted at its end.
func TestLibraryContract(t *testing.T) {
	t.Run("suite", func(t *testing.T) {
		backendtest.Run(t, backendtest.Suite{
			Backend: libraryBackend(),
			New:     backendtest.Folders,
			States: []backendtest.State{
				{Name: "locked", Err: helper.ErrLocked, Enter: says(interactionNotAllowed)},
				{Name: "refused", Err: helper.ErrDenied, Enter: says(userCanceled)},
				{Name: "no keychain", Err: helper.ErrUnavailable, Enter: says(noKeychain)},
				{Name: "damaged", Err: helper.ErrInvalid, Enter: damage},
			},
		})
	})
	clean(t, "the suite")
}

func says(n status) func(*testing.T, backendtest.World) func() {
	return func(t *testing.T, w backendtest.World) func() {
		if err := os.WriteFile(statusFile(w.Home), []byte(strconv.Itoa(int(n))), 0o600); err != nil {
			t.Fatal(err)
		}
		return func() {
			if err := os.Remove(statusFile(w.Home)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// damage cuts the one item short.
func damage(t *testing.T, w backendtest.World) func() {
	s := &Store{api: library(), namespace: ownNamespace(w.Home)}
	entries, err := s.List(t.Context())
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	q := s.exactly(entries[0].Key)
	good, err := s.load(entries[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := s.item(good)
	if err != nil {
		t.Fatal(err)
	}
	bad := whole
	bad.Generic, bad.Data = bad.Generic[:9], bad.Data[:9]
	if err := s.api.Update(q, bad); err != nil {
		t.Fatal(err)
	}
	return func() {
		q.Data = true
		now, err := s.api.CopyMatching(q)
		if err != nil || !bytes.Equal(now[0].Data, bad.Data) {
			t.Errorf("not left alone: %v", err)
		}
		if err := s.api.Update(q, whole); err != nil {
			t.Fatal(err)
		}
	}
}

// STO-71: every call, with success and with every status of STO-72, releases
// each object it made once, and passes its arguments as documented.
func TestLibraryCalls(t *testing.T) {
	s := library()
	i := item{
		Service: "calls:ünï", Account: "a#1", Label: "label", Description: "for this test",
		Generic: []byte("generic\x00"), Data: []byte{0, 1, 0xff},
	}
	q := query{Service: i.Service, Account: i.Account}
	withData := q
	withData.Data = true
	operations := []struct {
		name string
		call func() error
	}{
		{"add", func() error { return s.Add(i) }},
		{"copy data", func() error { _, err := s.CopyMatching(withData); return err }},
		{"copy attributes", func() error { _, err := s.CopyMatching(query{Service: i.Service}); return err }},
		{"update", func() error { return s.Update(q, i) }},
		{"delete", func() error { return s.Delete(q) }},
	}
	for _, n := range []status{
		itemNotFound, interactionNotAllowed, userCanceled, authFailed, notAvailable, noSuchKeychain,
		noKeychain, missingEntitlement, badSignature, duplicateItem, -1, 1,
	} {
		for _, o := range operations {
			fake(t, "fake_status", 0, uintptr(n))
			if err := o.call(); !errors.Is(err, n) {
				t.Errorf("%s: %v, want %v", o.name, err, n)
			}
			clean(t, fmt.Sprintf("%s with %v", o.name, n))
		}
	}
	for _, o := range operations[:4] {
		if err := o.call(); err != nil {
			t.Errorf("%s: %v", o.name, err)
		}
		clean(t, o.name)
	}
	if err := s.Add(i); !errors.Is(err, duplicateItem) {
		t.Errorf("a second add: %v", err)
	}
	data, err := s.CopyMatching(withData)
	if err != nil || len(data) != 1 || !bytes.Equal(data[0].Data, i.Data) {
		t.Errorf("data: %v, %v", data, err)
	}
	empty := i
	empty.Account, empty.Data = "a#2", nil
	if err := s.Add(empty); err != nil {
		t.Errorf("no data: %v", err)
	}
	for _, q := range []query{{Service: i.Service}, {Description: i.Description}} {
		all, err := s.CopyMatching(q)
		if err != nil || len(all) != 2 {
			t.Fatalf("%d items, %v", len(all), err)
		}
		for _, got := range all {
			if got.Data != nil || got.Service != i.Service || got.Label != i.Label || got.Description != i.Description || !bytes.Equal(got.Generic, i.Generic) {
				t.Errorf("attributes: %+v", got)
			}
		}
	}
	for _, q := range []query{q, {Service: i.Service, Account: "a#2"}} {
		if err := s.Delete(q); err != nil {
			t.Errorf("delete: %v", err)
		}
		if err := s.Delete(q); !errors.Is(err, itemNotFound) {
			t.Errorf("delete again: %v", err)
		}
	}
	bad := i
	bad.Label = "\xff"
	if err := s.Add(bad); err == nil || strings.Contains(err.Error(), "generic") {
		t.Errorf("a text that is none: %v", err)
	}
	clean(t, "all calls")
}

// Nothing is opened before the first call, and what cannot be opened is
// ErrUnavailable, not "nothing stored".
func TestLibraryIsMissing(t *testing.T) {
	s := &Store{api: lazily("/nowhere/Security", "/nowhere/CoreFoundation"), namespace: namespace}
	if _, err := s.Load(t.Context(), credential("h", "", "u", "").Key); !errors.Is(err, helper.ErrUnavailable) || errors.Is(err, helper.ErrNotFound) {
		t.Errorf("load: %v", err)
	}
}
