package setup

// helmFolder is helm's own: $XDG_CONFIG_HOME/helm, else in the library.
func (e *Env) helmFolder() (string, error) {
	if dir, err := e.folder("XDG_CONFIG_HOME"); dir != "" || err != nil {
		return dir + "/helm", err
	}
	return e.below("Library", "Preferences", "helm")
}
