package keyctl

import (
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// keyType is the kernel's type for what a program of the user may read back.
const keyType = "user"

// Put keeps payload, 1 to 32767 bytes, for ttl, which is rounded up to whole
// seconds; as the kernel counts them, the last one may be short. It replaces what has the same description. The description is no
// secret: /proc/keys shows it to the user.
func Put(description string, payload []byte, ttl time.Duration) error {
	return withRing(func(ring int) error {
		// Finished in the process keyring first, so that it is never found
		// without its time-out.
		key, err := unix.AddKey(keyType, description, payload, unix.KEY_SPEC_PROCESS_KEYRING)
		if err != nil {
			return err
		}
		defer call(unix.KEYCTL_UNLINK, key, unix.KEY_SPEC_PROCESS_KEYRING)
		seconds := max(1, int((ttl+time.Second-1)/time.Second)) // 0 would mean for ever
		if err := call(unix.KEYCTL_SET_TIMEOUT, key, seconds); err != nil {
			return err
		}
		return call(unix.KEYCTL_LINK, key, ring)
	})
}

// Get returns the payload, or ErrNotFound.
func Get(description string) (payload []byte, err error) {
	err = withRing(func(ring int) error {
		key, err := unix.KeyctlSearch(ring, keyType, description, 0)
		if err != nil {
			return err
		}
		payload = make([]byte, 1024)
		for {
			size, err := unix.KeyctlBuffer(unix.KEYCTL_READ, key, payload, 0)
			if err != nil {
				return err
			}
			if size <= len(payload) {
				payload = payload[:size]
				return nil
			}
			payload = make([]byte, size)
		}
	})
	if err != nil {
		return nil, err
	}
	return payload, nil
}

// Remove forgets the key. Removing nothing succeeds.
func Remove(description string) error {
	err := withRing(func(ring int) error {
		key, err := unix.KeyctlSearch(ring, keyType, description, 0)
		if err != nil {
			return err
		}
		return call(unix.KEYCTL_UNLINK, key, ring)
	})
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// withRing calls do with a keyring that the user's later processes find again:
// the persistent one, else the user keyring. Either is linked into the process
// keyring first. Without that link a process whose session keyring does not
// lead there (ssh, cron, containers) may add a key but not read it: it does not
// possess it, keyrings(7). The process keyring belongs to a thread's
// credentials, hence the locked thread.
func withRing(do func(ring int) error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const me = -1
	ring, err := unix.KeyctlInt(unix.KEYCTL_GET_PERSISTENT, me, unix.KEY_SPEC_PROCESS_KEYRING, 0, 0)
	if err != nil {
		ring = unix.KEY_SPEC_USER_KEYRING
		err = call(unix.KEYCTL_LINK, ring, unix.KEY_SPEC_PROCESS_KEYRING)
	}
	if err == nil {
		err = do(ring)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.ENOKEY), errors.Is(err, unix.EKEYEXPIRED), errors.Is(err, unix.EKEYREVOKED):
		return ErrNotFound
	case errors.Is(err, unix.EDQUOT):
		return ErrQuota
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return fmt.Errorf("kernel keyring: %w", err)
}

func call(command, key, argument int) error {
	_, err := unix.KeyctlInt(command, key, argument, 0, 0)
	return err
}
