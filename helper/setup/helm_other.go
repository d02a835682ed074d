//go:build !darwin && !windows

package setup

import (
	"errors"
	"path/filepath"
)

// helmFolder is helm's own: $XDG_CONFIG_HOME/helm or ~/.config/helm.
func (e *Env) helmFolder() (string, error) {
	if e.Config == "" {
		return "", errors.New("there is no folder of yours (HOME is not set)")
	}
	return filepath.Join(e.Config, "helm"), nil
}
