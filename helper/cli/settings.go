package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/config"
)

// settings are what the files and variables say.
type settings struct {
	folders
	config.Config
	file   string   // config.toml, also where it is not there; "" if there is no place for it
	passed []passed // stores passed over by the automatic choice
}

// settings reads the configuration, once.
func (a *app) settings() (*settings, error) {
	if a.read != nil {
		return a.read, nil
	}
	dirs, err := a.folders()
	if err != nil {
		return nil, err
	}
	path := a.common.config
	if path == "" {
		path = config.Path(dirs.config)
	} else if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, &fault{Reason: "no_config", Message: "--config: there is no such file"} // that denies what it should
	}
	s := &settings{folders: dirs}
	if dirs.config != "" || a.common.config != "" {
		s.file = path
		if s.Config, err = config.Read(path, a.protocolNames()); err != nil {
			return nil, badConfig(err)
		}
	}
	if err := a.checkTables(&s.Config); err != nil {
		return nil, badConfig(fmt.Errorf("%s: %w", path, err))
	}
	if len(s.Sources) > 0 {
		known := names(a.answering())
		for _, name := range s.Sources {
			if !slices.Contains(known, name) {
				return nil, badConfig(fmt.Errorf("%s: sources: there is no source of that name; known here: %s", path, strings.Join(known, ", ")))
			}
		}
	}
	if s.Policy.Only, err = s.Targets(a.common.only); err != nil {
		return nil, fmt.Errorf("--only: %w", err)
	}
	a.read = s
	return s, nil
}

// checkTables reads the tables of all protocols and stores, whoever is asked: an
// unknown key in one of them ends every command, as one elsewhere does.
func (a *app) checkTables(c *config.Config) error {
	for _, p := range a.protocols {
		var options any
		if p.Options != nil {
			options = p.Options()
		}
		if err := c.Protocol(p.Name, options); err != nil {
			return err
		}
	}
	for name := range c.Stores() {
		i := slices.IndexFunc(a.backends, func(b helper.Backend) bool { return b.Name == name })
		if i < 0 {
			return fmt.Errorf("[backends]: there is no backend of that name; known here: %s", strings.Join(names(a.backends), ", "))
		}
		var options any
		if a.backends[i].Options != nil {
			options = a.backends[i].Options()
		}
		if err := c.Backend(name, options); err != nil {
			return err
		}
	}
	return nil
}

// badConfig is an error in config.toml: nothing is answered until it is
// mended, because the file may hold rules that deny.
func badConfig(err error) error {
	err = fmt.Errorf("config: %w", err)
	if advice(err) != "" {
		return err
	}
	return helper.Advise(err, "correct that file (docs/config.md has its keys), or name another one with --config")
}

func (a *app) protocolNames() []string {
	var names []string
	for _, p := range a.protocols {
		names = append(names, p.Name)
	}
	return names
}
