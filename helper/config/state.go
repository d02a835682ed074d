package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/lock"
)

// StateName is the state file's name in the state folder.
const StateName = "state.json"

// maxState is what the file may hold: a file of our own, as large as any. It is
// some hundred thousand targets with two accounts each.
const maxState = atomicfile.MaxSize

// State is the state file: current profile, current accounts, records set
// aside, stores that were written to. It implements helper.Memory. It is
// written whole under a lock of its own, and holds no secret.
type State struct {
	Dir    string            // the state folder; "" if there is none: nothing is remembered, and no change is possible
	Notice func(text string) // tells of a damaged file
}

var _ helper.Memory = State{}

// Read returns what is remembered. A damaged file is told of and counts as
// absent, never as "no credentials"; so does one that is too large (AUTH-29).
func (s State) Read(context.Context) (helper.State, error) {
	state, _, err := s.read()
	return state, err
}

// read also says whether the file is damaged.
func (s State) read() (state helper.State, damaged bool, err error) {
	if s.Dir == "" {
		return helper.State{}, false, nil
	}
	path := filepath.Join(s.Dir, StateName)
	data, err := atomicfile.Read(path, atomicfile.Sealed, maxState)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return helper.State{}, false, nil
	case err != nil && !tooLarge(path):
		return helper.State{}, false, fmt.Errorf("state file: %w", err)
	case err == nil:
		if state, ok := decodeState(data); ok {
			return state, false, nil
		}
	}
	if s.Notice != nil {
		s.Notice(path + " is damaged; which accounts were current is forgotten")
	}
	return helper.State{}, true, nil
}

func tooLarge(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().IsRegular() && info.Size() > maxState
}

// Update changes what is remembered. A damaged file is moved aside first. What
// could not be read back is not written: the file stays as it was.
func (s State) Update(ctx context.Context, change func(*helper.State) error) error {
	if s.Dir == "" {
		return fmt.Errorf("state file: no folder for it (HOME is not set): %w", helper.ErrUnavailable)
	}
	if err := atomicfile.MkdirAll(s.Dir); err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	path := filepath.Join(s.Dir, StateName)
	held, err := lock.Acquire(ctx, path+".lock", lock.Exclusive)
	if err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	defer held.Release()
	state, damaged, err := s.read()
	if err != nil {
		return err
	}
	if err := change(&state); err != nil {
		return err
	}
	data, err := encodeState(state)
	if err == nil && damaged {
		err = os.Rename(path, path+".damaged")
	}
	if err == nil {
		err = atomicfile.Write(path, data)
	}
	if err != nil {
		return fmt.Errorf("state file: %w", err)
	}
	return nil
}
