package pass

import (
	"errors"
	"testing"

	"keyglot/helper"
)

// STO-20, STO-94: what a failed gpg comes to. A record that was decrypted whole is not
// damaged, whatever else went wrong: it would count as lost.
func TestVerdict(t *testing.T) {
	t.Parallel()
	const sealed = "[GNUPG:] ENC_TO 5619A552C7DC7DE8 18 0\n"
	const opened = sealed + "[GNUPG:] DECRYPTION_KEY A B u\n[GNUPG:] BEGIN_DECRYPTION\n[GNUPG:] DECRYPTION_INFO 2 9 0\n"
	for report, want := range map[string]error{
		sealed + "[GNUPG:] DECRYPTION_FAILED\ngpg: decryption failed: No secret key\n":                           helper.ErrLocked,
		opened + "[GNUPG:] DECRYPTION_FAILED\ngpg: WARNING: encrypted message has been manipulated!\n":           helper.ErrInvalid,
		"[GNUPG:] NODATA 1\ngpg: no valid OpenPGP data found.\n":                                                 helper.ErrInvalid,
		opened + "[GNUPG:] DECRYPTION_OKAY\n[GNUPG:] GOODMDC\ngpg: can't allocate lock for 'pubring.kbx'\n":      helper.ErrUnavailable,
		"gpg: can't allocate lock for 'pubring.kbx'\ngpg: can't connect to the agent: No space left on device\n": helper.ErrUnavailable,
	} {
		if err := verdict("name", report); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", report, err, want)
		}
	}
}
