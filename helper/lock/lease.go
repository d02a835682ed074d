package lock

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strconv"
	"time"
)

// A lease stands in for a lock where the file system has none (some network
// shares): a file beside the lock file that only one process can make. Shared
// ones are exclusive here. It names its holder's process, machine and boot, and
// counts for nothing when that process is gone, or after leaseTime on any
// machine. It cannot be as good as a lock: a holder that takes longer than
// leaseTime loses it without being told.
const (
	leaseTime = 60 * time.Second
	leasePoll = 20 * time.Millisecond

	nowhere = "-" // a place that cannot be told from others
)

func acquireLease(ctx context.Context, path string) (*Held, error) {
	path += ".lease"
	tick := time.NewTicker(leasePoll)
	defer tick.Stop()
	patient, end := begin(ctx)
	defer end()
	for {
		theirs, err := os.ReadFile(path)
		switch {
		case err == nil && stale(theirs, time.Now()):
			err = breakLease(path, theirs)
			theirs = nil
		case errors.Is(err, fs.ErrNotExist):
			err = nil
		}
		if err == nil && theirs == nil {
			mine := fmt.Appendf(nil, "%d %s %d\n", os.Getpid(), place(), time.Now().Add(leaseTime).UnixNano())
			if err = makeLease(path, mine); err == nil {
				return &Held{release: func() error { return dropLease(path, mine) }}, nil
			}
		}
		if err != nil && !errors.Is(err, fs.ErrExist) { // ErrExist: another process was faster
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		select {
		case <-tick.C:
		case <-patient.Done():
			return nil, expired(ctx, path, patient.Err())
		}
	}
}

// makeLease lets the lease appear with its content: another process must not
// find it empty.
func makeLease(path string, content []byte) error {
	temp := path + "." + strconv.FormatUint(rand.Uint64(), 36)
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	_, err = file.Write(content)
	if err := errors.Join(err, file.Chmod(0o600), file.Close()); err != nil {
		return err
	}
	return os.Link(temp, path)
}

func dropLease(path string, mine []byte) error {
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, mine) {
		return nil // it ran out and is somebody else's now
	}
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// stale says whether the holder of a lease is gone, or its time.
func stale(lease []byte, now time.Time) bool {
	var pid int
	var where string
	var until int64
	if _, err := fmt.Sscanf(string(lease), "%d %s %d\n", &pid, &where, &until); err != nil {
		return true // nothing we wrote
	}
	return now.UnixNano() > until || where != nowhere && where == place() && !alive(pid)
}

// breakLease takes a stale lease away. One process at a time does so, and looks
// again: what was read may be gone, and the lease by now another's.
func breakLease(path string, stale []byte) error {
	claim := path + ".break"
	file, err := os.OpenFile(claim, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		if info, err := os.Stat(claim); err == nil && time.Since(info.ModTime()) > leaseTime { // who was at it is gone
			_ = os.Remove(claim)
		}
		return err
	}
	if err != nil {
		return err
	}
	defer os.Remove(claim)
	if err := file.Close(); err != nil {
		return err
	}
	if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, stale) {
		return nil
	}
	return os.Remove(path)
}
