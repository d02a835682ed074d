package setup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/child"
)

// gitConfig reads and writes git's configuration files with git itself, which
// runs outside of any repository and never on the user's own file (SEC-76).
type gitConfig struct {
	program string
	environ []string
	folder  string // keyglot's own, for the copies that git edits
}

// setting is one line of a configuration file: git's name of it, section and
// key in lower case, and its value.
type setting struct{ origin, key, value string }

func (e *Env) git() (*gitConfig, error) {
	program, err := child.Find("git", e.Getenv("PATH"))
	if err != nil {
		return nil, helper.Advise(err, "install git, or add its folder to PATH")
	}
	g := &gitConfig{program: program, folder: e.State}
	for _, entry := range child.Clean(e.Environ) {
		if name, _, _ := strings.Cut(entry, "="); !strings.HasPrefix(strings.ToUpper(name), "GIT_") {
			g.environ = append(g.environ, entry)
		}
	}
	return g, nil
}

// run returns what git prints. Code 1 is git's word for "no such setting".
func (g *gitConfig) run(ctx context.Context, stdin []byte, environ []string, args ...string) (out []byte, code int, err error) {
	bounded, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	result, err := child.Run(bounded, child.Command{
		Path: g.program, Args: args, Env: slices.Concat(g.environ, environ), Stdin: stdin, Limit: atomicfile.MaxSize,
	})
	if err != nil {
		return nil, 0, err
	}
	if result.Code > 1 {
		return nil, result.Code, refusal(result.Code)
	}
	return result.Stdout, result.Code, nil
}

// refusal is what git config's code says: git-config(1). Its text is not
// repeated, since a helper line may hold a password.
func refusal(code int) error {
	if code == 4 {
		return errors.New("git config cannot write: the disk may be full")
	}
	return helper.Advise(errors.New("git config cannot read it"), "git config --list names the line")
}

// list returns the settings in text, in order, without what it includes.
func (g *gitConfig) list(ctx context.Context, text []byte) ([]setting, error) {
	if len(text) == 0 {
		return nil, nil
	}
	out, _, err := g.run(ctx, text, nil, "config", "--file", "-", "--null", "--list")
	return parseSettings(out, false), err
}

// effective returns the helpers and path switches of system and user, in the
// order in which git reads them, by the files that git would read.
func (g *gitConfig) effective(ctx context.Context, e *Env, global string) ([]setting, error) {
	environ := []string{"GIT_CONFIG_GLOBAL=" + global}
	if e.Getenv("GIT_CONFIG_GLOBAL") == "" {
		environ = nil // git reads two files then
	}
	for _, name := range []string{"GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM"} {
		if value := e.Getenv(name); value != "" {
			environ = append(environ, name+"="+value)
		}
	}
	out, _, err := g.run(ctx, nil, environ, "config", "--show-origin", "--null", "--get-regexp", `^credential\..*(helper|usehttppath)$`)
	return parseSettings(out, true), err
}

// parseSettings reads git's --null form: [origin NUL] key [LF value] NUL.
func parseSettings(out []byte, origin bool) []setting {
	var list []setting
	fields := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	for i := 0; i < len(fields) && len(out) > 0; i++ {
		s := setting{}
		if origin {
			s.origin = strings.TrimPrefix(fields[i], "file:")
			if i++; i == len(fields) {
				break
			}
		}
		s.key, s.value, _ = strings.Cut(fields[i], "\n")
		list = append(list, s)
	}
	return list
}

// edit lets git change a copy of text.
func (g *gitConfig) edit(ctx context.Context, text []byte, commands ...[]string) ([]byte, error) {
	if err := atomicfile.MkdirAll(g.folder); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(g.folder, "setup-") // 0700
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "config")
	if err := atomicfile.Create(file, text); err != nil {
		return nil, err
	}
	for _, args := range commands {
		_, code, err := g.run(ctx, nil, nil, append([]string{"config", "--file", file}, args...)...)
		if err == nil && code != 0 {
			err = errors.New("git config refuses the change")
		}
		if err != nil {
			return nil, err
		}
	}
	return atomicfile.Read(file, atomicfile.Private, atomicfile.MaxSize)
}

// append adds values of key where git puts them: behind the others of its kind.
func (g *gitConfig) append(ctx context.Context, text []byte, key string, values ...string) ([]byte, error) {
	var commands [][]string
	for _, value := range values {
		commands = append(commands, []string{"--add", key, value})
	}
	return g.edit(ctx, text, commands...)
}

// remove takes away all values of key that are exactly value.
func (g *gitConfig) remove(ctx context.Context, text []byte, key, value string) ([]byte, error) {
	settings, err := g.list(ctx, text)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(settings, func(s setting) bool { return sameKey(s.key, key) && s.value == value }) {
		return text, nil
	}
	return g.edit(ctx, text, []string{"--unset-all", key, "^" + literally(value) + "$"})
}

// literally is the regular expression of git that fits text and nothing else.
func literally(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if strings.IndexByte(`\.+*?()|[]{}^$`, text[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

// sameKey compares two names as git does: the middle part by its bytes.
func sameKey(a, b string) bool {
	first := func(s string) (string, string, string) {
		i, j := strings.IndexByte(s, '.'), strings.LastIndexByte(s, '.')
		if i < 0 || i == j {
			return s[:max(i, 0)], "", s[j+1:]
		}
		return s[:i], s[i+1 : j], s[j+1:]
	}
	s1, m1, k1 := first(a)
	s2, m2, k2 := first(b)
	return strings.EqualFold(s1, s2) && m1 == m2 && strings.EqualFold(k1, k2)
}

// globalFile is the file that `git config --global` writes to: git-config(1), FILES.
func globalFile(e *Env) (string, error) {
	if file, err := e.folder("GIT_CONFIG_GLOBAL"); file != "" || err != nil {
		return file, err
	}
	file, err := e.below(".gitconfig")
	if err != nil {
		return "", err
	}
	if _, err := os.Lstat(file); err == nil {
		return file, nil
	}
	if other := filepath.Join(e.Config, "git", "config"); e.Config != "" {
		if _, err := os.Stat(other); err == nil {
			return other, nil
		}
	}
	return file, nil
}

// verify holds an edited file to saying what the old one said, and the values
// of key in one place.
func (g *gitConfig) verify(ctx context.Context, old, text []byte, key string, values []string) error {
	before, err := g.list(ctx, old)
	if err != nil {
		return err
	}
	after, err := g.list(ctx, text)
	if err != nil {
		return err
	}
	at := 0
	for at < len(before) && at < len(after) && before[at] == after[at] {
		at++
	}
	rest := after[at:]
	for _, value := range values {
		if len(rest) == 0 || !sameKey(rest[0].key, key) || rest[0].value != value {
			return errHarm
		}
		rest = rest[1:]
	}
	if !slices.Equal(rest, before[at:]) {
		return errHarm
	}
	return nil
}

var errHarm = helper.Cause("cannot be changed without harm to other lines", &helper.ErrUnsupported)
