package helper

import (
	"crypto/subtle"
	"fmt"
)

// redacted is what every printer, logger and encoder shows of a Secret.
const redacted = "[redacted]"

// Secret is a value that must not be shown. Like a user name it may be absent,
// empty or given, which are three things; the zero Secret is absent. Reveal is
// the only way out, so that a search for it is the audit.
//
// The text is behind a pointer, because fmt shows the fields of a value whose
// verb it does not know (%p, %w), whatever its methods say.
type Secret struct{ text *string }

// NewSecret returns a given secret, also for the empty text.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal returns the secret itself: for the encoder of an answer, for a
// backend that stores it, and for nobody else.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsSet tells a given secret, also an empty one, from an absent one.
func (s Secret) IsSet() bool { return s.text != nil }

// Equal compares in a time that depends on the lengths alone. An absent secret
// equals only an absent one.
func (s Secret) Equal(other Secret) bool {
	return s.IsSet() == other.IsSet() && subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other.Reveal())) == 1
}

// String, GoString, Format, MarshalJSON and MarshalText all hide the secret.
// They are enough for log/slog too, whose handlers use the last two.
func (s Secret) String() string { return redacted }

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return redacted }

// Format hides the secret from every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// MarshalJSON hides the secret from JSON encoders.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }

// MarshalText hides the secret from text encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
