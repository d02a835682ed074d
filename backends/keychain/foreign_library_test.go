//go:build seckeychaintest && linux

package keychain

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"keyglot/helper"
)

// others gives the library a folder with items as other programs would store
// them.
func others(t *testing.T, all []item) {
	t.Helper()
	t.Setenv(itemsVariable, t.TempDir())
	for n, i := range all {
		var internet uint64
		var port []byte
		if i.Internet {
			internet = 1
			port = binary.NativeEndian.AppendUint32(nil, uint32(i.Port))
		}
		data := binary.NativeEndian.AppendUint64(nil, internet)
		text := func(value string) []byte {
			if value == "" {
				return nil
			}
			return []byte(value)
		}
		for _, attribute := range [][]byte{
			text(i.Service), text(i.Account), text(i.Label), nil, text(i.Server), text(i.Domain), text(i.Protocol),
			text(i.Type), text(i.Path), port, nil, i.Data,
		} {
			count := int64(len(attribute))
			if attribute == nil {
				count = -1
			}
			data = append(binary.NativeEndian.AppendUint64(data, uint64(count)), attribute...)
		}
		path := filepath.Join(os.Getenv(itemsVariable), fmt.Sprintf("foreign%09d", n))
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// STO-71, STO-150: the sources over the calls as macOS would get them. An
// account that is no text, of whatever program, hides nothing.
func TestLibraryForeign(t *testing.T) {
	const suffix = ".library.example"
	others(t, append(neighbours(suffix), generic("any program", "\xff", "x"), internet("any\xff", 0, "htps", "", "\xff", "x")))
	for name, tool := range tools(suffix) {
		if got := tell(t, tool.schema, library()); !slices.Equal(got, tool.lines) {
			t.Errorf("%s: %q, want %q", name, got, tool.lines)
		}
		clean(t, name)
	}
	f := &Foreign{schema: ghSchema(), api: library()}
	key := ghKey()
	key.Target.Host = "gh" + suffix
	refused := interactionNotAllowed
	for call := range uintptr(3) {
		fake(t, "fake_status", call, uintptr(refused))
		if _, err := f.Load(t.Context(), key); !errors.Is(err, helper.ErrLocked) {
			t.Errorf("call %d: %v", call, err)
		}
		clean(t, "a load that may not ask")
	}
}

// STO-153: a removal names one item, also one that lacks what others have.
func TestLibraryForget(t *testing.T) {
	const host = "forget.example"
	stays := []item{
		docker(host, 5000, "htps", "", "ann", "1"),
		docker(host, 0, "htps", "/v1/x", "ann", "2"),
		internet(host, 0, "htps", "", "ann", "git's"),
	}
	others(t, append(stays, docker(host, 0, "htps", "", "ann", "0")))
	s := dockerSchema().open(library())
	k := helper.Key{Profile: helper.DefaultProfile, Target: target(host, ""), User: helper.Named("ann")}
	for range 2 {
		if err := s.(helper.Forgetter).Forget(t.Context(), k); err != nil {
			t.Fatal(err)
		}
		clean(t, "a logout")
	}
	left, err := library().CopyMatching(query{Internet: true})
	if err != nil || len(left) != len(stays) {
		t.Fatalf("%+v, %v", left, err)
	}
	for _, i := range stays {
		if !slices.ContainsFunc(left, i.same) {
			t.Errorf("%+v is gone", i)
		}
	}
	if err := library().Delete(query{Exactly: &item{Internet: true, Server: "nobody"}}); !errors.Is(err, itemNotFound) {
		t.Error(err)
	}
	refused := invalidOwnerEdit
	fake(t, "fake_status", 2, uintptr(refused))
	k.Target.Host += ":5000"
	if err := s.(helper.Forgetter).Forget(t.Context(), k); !errors.Is(err, helper.ErrDenied) {
		t.Error(err)
	}
	clean(t, "all removals")
}

// AUTH-66: an import takes away its tool's items, each named alone.
func TestLibraryYield(t *testing.T) {
	const suffix = ".yield.example"
	for tool, its := range tools(suffix) {
		others(t, neighbours(suffix))
		n, err := imports(t, its.schema, library(), everything)
		items := len(neighbours(suffix))
		for _, internet := range []bool{false, true} {
			left, err := library().CopyMatching(query{Internet: internet})
			if err != nil {
				t.Fatal(err)
			}
			items -= len(left)
		}
		if want := yields()[tool]; n != want[0] || items != want[1] || err != nil {
			t.Errorf("%s: %d credentials and %d items went, %v", tool, n, items, err)
		}
		clean(t, tool)
	}
}
