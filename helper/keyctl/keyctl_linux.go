package keyctl

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// away is why there is no keyring.
const away = "the kernel keyring is not available"

// The kernel's types for what a program of the user may read back, and for
// what holds such keys.
const (
	keyType  = "user"
	ringType = "keyring"
)

// Put is as the function Put, in this ring.
func (r Ring) Put(description string, payload []byte, ttl time.Duration) error {
	return r.with(true, func(ring int) error {
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

// tries is how often a key is looked up that is replaced again and again
// between looking up and reading.
const tries = 100

// Get is as the function Get, in this ring.
func (r Ring) Get(description string) (payload []byte, err error) {
	err = r.with(false, func(ring int) error {
		for try := 1; ; try++ {
			key, err := unix.KeyctlSearch(ring, keyType, description, 0)
			if err != nil {
				return err
			}
			payload, err = read(key)
			// A key that was replaced or removed since is nobody's.
			if err == nil || try == tries || !errors.Is(err, unix.EACCES) && !gone(err) {
				return err
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return payload, nil
}

// Remove is as the function Remove, in this ring.
func (r Ring) Remove(description string) error {
	err := r.with(false, func(ring int) error {
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

// Names lists the descriptions of the keys in the ring; a ring that is not
// there has none. Some may be gone when they are asked for. The ring must be the
// same afterwards: a key that was not there yet may stand for one that has gone.
func (r Ring) Names() (names []string, err error) {
	err = r.with(false, func(ring int) error {
		list, err := read(ring)
		for tries := 20; err == nil; tries-- {
			before := list
			names = describe(list)
			if list, err = read(ring); tries == 0 || bytes.Equal(list, before) {
				break
			}
		}
		return err
	})
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return names, err
}

// Room is ErrQuota if the kernel has no room for so many more keys of this user,
// or bytes in them. What it does not tell is nil.
func Room(keys, bytes int) error {
	text, err := os.ReadFile("/proc/key-users")
	if err != nil {
		return nil
	}
	return room(string(text), os.Geteuid(), keys, bytes)
}

// room is Room by the text of the file, proc_key-users(5).
func room(text string, user, keys, bytes int) error {
	for line := range strings.Lines(text) {
		var uid, usage, all, made, counted, most, used, limit int
		n, _ := fmt.Sscanf(line, "%d: %d %d/%d %d/%d %d/%d", &uid, &usage, &all, &made, &counted, &most, &used, &limit)
		if n == 8 && uid == user && (counted+keys > most || used+bytes > limit) {
			return ErrQuota
		}
	}
	return nil
}

// describe returns the names of the keys in a keyring that has this content.
func describe(ring []byte) (names []string) {
	for ; len(ring) >= 4; ring = ring[4:] {
		text, err := unix.KeyctlString(unix.KEYCTL_DESCRIBE, int(int32(binary.NativeEndian.Uint32(ring))))
		if err != nil {
			continue // gone or expired since
		}
		// type;uid;gid;permissions;description: keyctl_describe(3)
		if parts := strings.SplitN(text, ";", 5); len(parts) == 5 && parts[0] == keyType {
			names = append(names, parts[4])
		}
	}
	return names
}

// read returns what a key or keyring holds.
func read(key int) ([]byte, error) {
	for data := make([]byte, 1024); ; {
		size, err := unix.KeyctlBuffer(unix.KEYCTL_READ, key, data, 0)
		if err != nil {
			return nil, err
		}
		if size <= len(data) {
			return data[:size], nil
		}
		data = make([]byte, size)
	}
}

// with calls do with the ring. Its place is linked into the process keyring
// first. Without that link a process whose session keyring does not lead there
// (ssh, cron, containers) may add a key but not read it: it does not possess
// it, keyrings(7). The process keyring belongs to a thread's credentials,
// hence the locked thread.
func (r Ring) with(create bool, do func(ring int) error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	ring, err := r.place()
	if err == nil && r.Name != "" {
		ring, err = named(ring, r.Name, create)
	}
	if err == nil {
		err = do(ring)
	}
	switch {
	case err == nil:
		return nil
	case gone(err):
		return ErrNotFound
	case errors.Is(err, unix.EDQUOT):
		return ErrQuota
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES), errors.Is(err, unix.EOPNOTSUPP):
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return fmt.Errorf("kernel keyring: %w", err)
}

// gone reports whether a key is not there, or not any more. ENOENT is a link
// that another process has just taken away.
func gone(err error) bool {
	for _, e := range []error{unix.ENOKEY, unix.EKEYEXPIRED, unix.EKEYREVOKED, unix.ENOENT} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// place returns the keyring of r.Place, possessed by this process.
func (r Ring) place() (int, error) {
	const me = -1
	switch r.Place {
	case Session:
		return unix.KEY_SPEC_SESSION_KEYRING, nil
	case Lasting, Persistent:
		ring, err := unix.KeyctlInt(unix.KEYCTL_GET_PERSISTENT, me, unix.KEY_SPEC_PROCESS_KEYRING, 0, 0)
		if err == nil || r.Place == Persistent {
			return ring, err
		}
	}
	const ring = unix.KEY_SPEC_USER_KEYRING
	return ring, call(unix.KEYCTL_LINK, ring, unix.KEY_SPEC_PROCESS_KEYRING)
}

// named returns the keyring of that name in another one.
func named(place int, name string, create bool) (int, error) {
	ring, err := unix.KeyctlSearch(place, ringType, name, 0)
	if !create || !errors.Is(err, unix.ENOKEY) {
		return ring, err
	}
	// Of several processes that make it one must win: a keyring that is added
	// or linked takes the place of another of its name, with the keys in it.
	ring, err = unix.AddKey(ringType, name, nil, unix.KEY_SPEC_PROCESS_KEYRING)
	if err != nil {
		return 0, err
	}
	_, err = unix.KeyctlInt(unix.KEYCTL_MOVE, ring, unix.KEY_SPEC_PROCESS_KEYRING, place, unix.KEYCTL_MOVE_EXCL)
	if err == nil {
		return ring, nil
	}
	defer call(unix.KEYCTL_UNLINK, ring, unix.KEY_SPEC_PROCESS_KEYRING)
	if errors.Is(err, unix.EEXIST) {
		return unix.KeyctlSearch(place, ringType, name, 0)
	}
	if errors.Is(err, unix.EOPNOTSUPP) { // before Linux 5.3
		return ring, call(unix.KEYCTL_LINK, ring, place)
	}
	return 0, err
}

func call(command, key, argument int) error {
	_, err := unix.KeyctlInt(command, key, argument, 0, 0)
	return err
}
