package setup

import "path/filepath"

// helmFolder is helm's own: %XDG_CONFIG_HOME%\helm, else %APPDATA%\helm.
func (e *Env) helmFolder() (string, error) {
	for _, name := range []string{"XDG_CONFIG_HOME", "APPDATA"} {
		if dir, err := e.folder(name); dir != "" || err != nil {
			return filepath.Join(dir, "helm"), err
		}
	}
	return e.below("AppData", "Roaming", "helm")
}
