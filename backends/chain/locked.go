package chain

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"keyglot/helper"
)

const (
	// silent is docker's helper for the Secret Service. Of a locked keyring it says
	// what it says of an empty one: "not found".
	silent = "docker-credential-secretservice"
	// labelled begins the names in its list since version 0.9, which gives labels
	// for server strings.
	labelled = "Registry credentials for "
)

// missed is what "not found" means: a miss, or a keyring that is locked. Its list
// then has the server, or something without a name, which is what GNOME Keyring
// shows of a keyring that was never opened. A list may ask for the keyring's
// password; where somebody could see that dialog the question before it has asked
// already, and is not repeated.
func (s *Store) missed(ctx context.Context, server string) error {
	if filepath.Base(s.program) != silent || s.getenv("DISPLAY") != "" || s.getenv("WAYLAND_DISPLAY") != "" {
		return helper.ErrNotFound
	}
	listed, err := s.list(ctx)
	if err != nil {
		return err
	}
	for name := range listed {
		if name == "" || name == server {
			return helper.Advise(fmt.Errorf("%s lists what it does not hand out, as of a locked keyring: %w", silent, helper.ErrLocked),
				"unlock the keyring on your desktop, or use --backend file")
		}
	}
	return helper.ErrNotFound
}

// unlabelled are the servers in a list.
func unlabelled(listed map[string]string) map[string]string {
	servers := make(map[string]string, len(listed))
	for name, user := range listed {
		servers[strings.TrimPrefix(name, labelled)] = user
	}
	return servers
}
