//go:build !windows

package file

// The key file is the identity file: the system has nothing to wrap it with.

const (
	accountProtects = ": that protects copies of the store, not from anyone who can read files as you."
	accountRescue   = ""
)

func wrapForAccount(identity []byte) ([]byte, error) { return identity, nil }

func unwrapForAccount(file []byte) ([]byte, error) { return file, nil }
