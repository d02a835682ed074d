package docker

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"keyglot/backends/source"
	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/child"
	"keyglot/helper/format/dockerconfig"
)

// folder is where docker-credential-pass keeps its items in the password store:
// a folder named by the server in base64, and a file for each user name.
// https://github.com/docker/docker-credential-helpers/blob/master/pass/pass.go
const folder = "docker-credential-helpers"

// password is the store of docker-credential-pass. Names tell what is stored,
// so nothing is decrypted to find out.
type password struct {
	env    helper.Env
	dir    string
	names  map[helper.Key]string // of what was found, without .gpg
	loaded map[helper.Key]helper.Credential
}

func newPassword(env helper.Env) *password {
	return &password{env: env, dir: source.Folder(env, "PASSWORD_STORE_DIR", ".password-store"), loaded: map[helper.Key]helper.Credential{}}
}

// entries lists the items. A name that is none of the helper's is left out.
func (p *password) entries(ctx context.Context) ([]helper.Entry, error) {
	p.names = map[helper.Key]string{}
	root, err := filepath.EvalSymlinks(source.Below(p.dir, folder))
	if p.dir == "" || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var entries []helper.Entry
	if err == nil {
		err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil || d.IsDir() || filepath.Ext(path) != ".gpg" {
				return err
			}
			name, err := filepath.Rel(root, strings.TrimSuffix(path, ".gpg"))
			if err != nil {
				return err
			}
			if e, ok := entry(filepath.ToSlash(name)); ok && p.names[e.Key] == "" {
				p.names[e.Key] = folder + "/" + filepath.ToSlash(name)
				entries = append(entries, e)
			}
			return nil
		})
	}
	if err != nil {
		return nil, fmt.Errorf("the password store cannot be read: %w", helper.ErrUnavailable)
	}
	return entries, nil
}

// entry is what a name says. A user name may hold slashes, which then are
// folders.
func entry(name string) (helper.Entry, bool) {
	coded, user, ok := strings.Cut(name, "/")
	server, err := base64.URLEncoding.DecodeString(coded)
	if !ok || err != nil {
		return helper.Entry{}, false
	}
	c, reason := dockerconfig.Credential(string(server), user, "")
	c.Origin = "docker"
	return c.Entry, reason == ""
}

// load decrypts an item that entries has found.
func (p *password) load(ctx context.Context, k helper.Key) (helper.Credential, error) {
	name, ok := p.names[k]
	if !ok {
		return helper.Credential{}, helper.ErrNotFound
	}
	e, _ := entry(strings.TrimPrefix(name, folder+"/"))
	gpg, err := child.Find("gpg2", p.env.Getenv("PATH"))
	if err != nil {
		gpg, err = child.Find("gpg", p.env.Getenv("PATH"))
	}
	if err != nil {
		return helper.Credential{}, fmt.Errorf("program gpg not found: %w", helper.ErrUnavailable)
	}
	sealed, err := atomicfile.Read(filepath.Join(p.dir, filepath.FromSlash(name)+".gpg"), atomicfile.Foreign, helper.MaxInput)
	if err != nil {
		return helper.Credential{}, fmt.Errorf("%w: %w", err, helper.ErrUnavailable)
	}
	done, err := child.Run(ctx, child.Command{
		Path: gpg, Args: []string{"--batch", "--quiet", "--no-tty", "--status-fd=2", "--decrypt"},
		Env: child.Clean(p.env.Environ()), Stdin: sealed, Limit: helper.MaxInput,
	})
	switch {
	case err != nil:
		return helper.Credential{}, fmt.Errorf("gpg did not answer: %w", helper.ErrUnavailable)
	case done.Code != 0 && bytes.Contains(done.Stderr, []byte("NODATA")):
		return helper.Credential{}, fmt.Errorf("gpg finds nothing encrypted in it: %w", helper.ErrInvalid)
	case done.Code != 0:
		return helper.Credential{}, helper.Advise(fmt.Errorf("gpg has no key for it, or no passphrase: %w", helper.ErrLocked), "run pass show on it in a terminal, which asks for the passphrase")
	}
	return helper.Credential{Entry: e, Secret: helper.NewSecret(strings.TrimRight(string(done.Stdout), "\r\n"))}, nil
}

// remove removes an item with pass, which keeps the store's history.
func (p *password) remove(ctx context.Context, k helper.Key) error {
	name, ok := p.names[k]
	if !ok {
		return nil
	}
	pass, err := child.Find("pass", p.env.Getenv("PATH"))
	if err != nil {
		return fmt.Errorf("program pass not found: %w", helper.ErrUnavailable)
	}
	env := child.Set(child.Clean(p.env.Environ()), "PASSWORD_STORE_DIR", p.dir)
	done, err := child.Run(ctx, child.Command{Path: pass, Args: []string{"rm", "-f", name}, Env: env, Limit: helper.MaxInput})
	if err == nil && done.Code != 0 {
		err = errors.New("pass could not remove it")
	}
	if err != nil {
		return fmt.Errorf("%w: %w", err, helper.ErrUnavailable)
	}
	delete(p.names, k)
	if _, err := os.Lstat(filepath.Join(p.dir, filepath.FromSlash(name)+".gpg")); err == nil {
		return fmt.Errorf("pass did not remove it: %w", helper.ErrUnavailable)
	}
	return nil
}
