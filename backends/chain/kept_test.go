//go:build !windows

package chain

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/docker/docker-credential-helpers/credentials"
)

const (
	// keptVariable names the folder in which docker-credential-kept keeps things.
	keptVariable = "KEPT"
	// fault is a file there: what to say, behind the code to end with.
	fault = "fault"
	// requests is a file there: a line for each thing it was asked to do.
	requests = "requests"
)

// kept is an honest docker credential helper: a file for each server.
type kept struct{ dir string }

// serveKept is the helper's main.
func serveKept() {
	k := kept{os.Getenv(keptVariable)}
	if text, err := os.ReadFile(filepath.Join(k.dir, fault)); err == nil {
		_, _ = os.Stdout.Write(text[1:])
		os.Exit(int(text[0]))
	}
	if err := k.note(os.Args[1]); err != nil {
		os.Exit(2)
	}
	credentials.Serve(k)
}

// note writes a request down.
func (k kept) note(request string) error {
	file, err := os.OpenFile(filepath.Join(k.dir, requests), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(request + "\n")
	return errors.Join(err, file.Close())
}

func (k kept) path(server string) string {
	return filepath.Join(k.dir, "of-"+url.QueryEscape(server))
}

func (k kept) read(server string) (c credentials.Credentials, err error) {
	text, err := os.ReadFile(k.path(server))
	if errors.Is(err, fs.ErrNotExist) {
		return c, credentials.NewErrCredentialsNotFound()
	}
	if err == nil {
		err = json.Unmarshal(text, &c)
	}
	return c, err
}

func (k kept) Add(c *credentials.Credentials) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(k.dir, "new-")
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close(), os.Rename(file.Name(), k.path(c.ServerURL)))
}

func (k kept) Get(server string) (string, string, error) {
	c, err := k.read(server)
	return c.Username, c.Secret, err
}

func (k kept) Delete(server string) error {
	err := os.Remove(k.path(server))
	if errors.Is(err, fs.ErrNotExist) {
		return credentials.NewErrCredentialsNotFound()
	}
	return err
}

func (k kept) List() (map[string]string, error) {
	files, err := os.ReadDir(k.dir)
	users := map[string]string{}
	for _, file := range files {
		name, ours := strings.CutPrefix(file.Name(), "of-")
		if !ours {
			continue
		}
		server, _ := url.QueryUnescape(name)
		c, failed := k.read(server)
		if failed != nil {
			return nil, failed
		}
		users[server] = c.Username
	}
	return users, err
}
