package wincred

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf16"

	"keyglot/helper"
)

// fake is a Credential Manager in a folder, for several processes at once. It
// has the limits that Windows documents and Wine has not, and each call is as
// whole as one of Windows: no lock holds two together.
type fake struct {
	dir string
	// before is called with each operation; its error is what Windows says.
	before func(op, target string) error
}

// fakeBackend keeps its credentials in the World's home.
func fakeBackend() helper.Backend {
	b := Backend()
	b.Name = "fake"
	b.Open = func(_ context.Context, env helper.Env) (helper.Store, error) {
		return &Store{api: &fake{dir: fakeDir(env.Home)}, namespace: namespace, now: env.Now}, nil
	}
	return b
}

func fakeDir(home string) string { return filepath.Join(home, "credentials") }

// answer makes every call answer with the number until the file is gone.
func (f *fake) answer() string { return f.dir + ".answer" }

func (f *fake) begin(op, target string) error {
	if text, err := os.ReadFile(f.answer()); err == nil {
		n, err := strconv.Atoi(string(text))
		return errors.Join(err, status(n))
	}
	if f.before != nil {
		return f.before(op, target)
	}
	return nil
}

// path is a credential's file: Windows does not tell upper from lower case.
func (f *fake) path(target string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(target)))
	return filepath.Join(f.dir, hex.EncodeToString(sum[:]))
}

func (f *fake) Read(target string) (credential, error) {
	if err := f.begin("read", target); err != nil {
		return credential{}, err
	}
	return f.open(f.path(target))
}

func (f *fake) open(path string) (c credential, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, notFound
	}
	info, statErr := os.Stat(path)
	if errors.Is(statErr, fs.ErrNotExist) {
		return c, notFound
	}
	if err := errors.Join(err, statErr, json.Unmarshal(data, &c)); err != nil {
		return c, err
	}
	c.Written = info.ModTime()
	return c, nil
}

func (f *fake) List(filter string) ([]credential, error) {
	if err := f.begin("list", filter); err != nil {
		return nil, err
	}
	prefix, ok := strings.CutSuffix(filter, "*")
	if !ok || strings.Contains(prefix, "*") {
		return nil, notFound // the filter is a prefix
	}
	names, err := filepath.Glob(filepath.Join(f.dir, strings.Repeat("?", 64)))
	if err != nil {
		return nil, err
	}
	rand.Shuffle(len(names), func(i, j int) { names[i], names[j] = names[j], names[i] })
	var all []credential
	for _, name := range names {
		c, err := f.open(name)
		if errors.Is(err, notFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if strings.HasPrefix(strings.ToLower(c.Target), strings.ToLower(prefix)) {
			all = append(all, c)
		}
	}
	if len(all) == 0 {
		return nil, notFound
	}
	return all, nil
}

func (f *fake) Write(c credential) error {
	if err := f.begin("write", c.Target); err != nil {
		return err
	}
	units := func(text string) int { return len(utf16.Encode([]rune(text))) }
	switch {
	case c.Target == "", units(c.Target) > 32767, units(c.Comment) > maxComment,
		strings.Contains(c.Target+c.User+c.Comment, "\x00"):
		return invalidParameter
	case units(c.User) > maxUser:
		return status(2202)
	case len(c.Blob) > maxBlob:
		return badStubData
	}
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(f.dir, "new")
	if err != nil {
		return err
	}
	_, err = temp.Write(data)
	return errors.Join(err, temp.Close(), os.Rename(temp.Name(), f.path(c.Target)))
}

func (f *fake) Delete(target string) error {
	if err := f.begin("delete", target); err != nil {
		return err
	}
	err := os.Remove(f.path(target))
	if errors.Is(err, fs.ErrNotExist) {
		return notFound
	}
	return err
}
