package file

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"

	"keyglot/helper"
)

// The key file is wrapped for the user's account by DPAPI: a comment, and a
// line of base64. A key file in clear is read as well, for who puts one back.
// https://learn.microsoft.com/en-us/windows/win32/api/dpapi/

const (
	accountHead     = "# The key of keyglot's encrypted store, wrapped for this Windows account. Without it the store is lost.\n"
	accountProtects = ", wrapped for your Windows account: that protects copies of the store and of the key, not from programs that run as you."
	accountRescue   = `
Here keyglot.key is wrapped for your Windows account. PowerShell, run by you,
unwraps it for age:

	Add-Type -AssemblyName System.Security
	$wrapped = [Convert]::FromBase64String((Get-Content keyglot.key | Select-Object -Last 1))
	$key = [Security.Cryptography.ProtectedData]::Unprotect($wrapped, $null, "CurrentUser")
	[IO.File]::WriteAllBytes("$PWD\KEY", $key)
`
)

// wrapForAccount returns the key file that holds an identity file.
func wrapForAccount(identity []byte) ([]byte, error) {
	var out windows.DataBlob
	err := windows.CryptProtectData(blob(identity), nil, nil, 0, nil, windows.CRYPTPROTECT_UI_FORBIDDEN, &out)
	if err != nil {
		return nil, fmt.Errorf("wrap the key for this Windows account: %w: %w", err, helper.ErrUnavailable)
	}
	return []byte(accountHead + base64.StdEncoding.EncodeToString(taken(out)) + "\n"), nil
}

// unwrapForAccount is the reverse.
func unwrapForAccount(file []byte) ([]byte, error) {
	text, ok := strings.CutPrefix(string(file), accountHead)
	if !ok {
		return file, nil
	}
	wrapped, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(text))
	if err != nil || len(wrapped) == 0 {
		return nil, fmt.Errorf("is not a wrapped key: %w", helper.ErrInvalid)
	}
	var out windows.DataBlob
	if err := windows.CryptUnprotectData(blob(wrapped), nil, nil, 0, nil, windows.CRYPTPROTECT_UI_FORBIDDEN, &out); err != nil {
		return nil, fmt.Errorf("this Windows account cannot unwrap it: %w: %w", err, helper.ErrUnavailable)
	}
	return taken(out), nil
}

func blob(data []byte) *windows.DataBlob {
	return &windows.DataBlob{Size: uint32(len(data)), Data: unsafe.SliceData(data)}
}

// taken copies what Windows allocated and gives it back empty.
func taken(b windows.DataBlob) []byte {
	defer func() { _, _ = windows.LocalFree(windows.Handle(unsafe.Pointer(b.Data))) }()
	theirs := unsafe.Slice(b.Data, b.Size)
	defer clear(theirs)
	return append([]byte(nil), theirs...)
}
