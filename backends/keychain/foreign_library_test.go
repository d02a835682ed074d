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

// others puts items into the library's folder as other programs would.
func others(t *testing.T, all []item) {
	t.Helper()
	for n, i := range all {
		var data []byte
		for _, attribute := range [][]byte{[]byte(i.Service), []byte(i.Account), []byte("label"), nil, nil, i.Data} {
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
		t.Cleanup(func() {
			if err := os.Remove(path); err != nil {
				t.Error(err)
			}
		})
	}
}

// STO-71, STO-150: the sources over the calls as macOS would get them. An
// account that is no text, of whatever program, hides nothing.
func TestLibraryForeign(t *testing.T) {
	const suffix = ".library.example"
	others(t, append(neighbours(suffix), generic("any program", "\xff", "x")))
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
	for call := range uintptr(2) {
		fake(t, "fake_status", call, uintptr(refused))
		if _, err := f.Load(t.Context(), key); !errors.Is(err, helper.ErrLocked) {
			t.Errorf("call %d: %v", call, err)
		}
		clean(t, "a load that may not ask")
	}
}
