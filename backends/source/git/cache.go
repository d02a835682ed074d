package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"keyglot/backends/source"
	"keyglot/helper"
	"keyglot/helper/atomicfile"
)

// cache is git-credential-cache: a daemon behind a socket that answers one
// question and cannot be listed.
type cache struct {
	dirs    []string // where its socket may lie; the first that is there counts
	answers map[helper.Key]helper.Credential
}

// cacheDirs is where git looks for the socket's folder
// (builtin/credential-cache.c, get_socket_path).
func cacheDirs(env helper.Env) []string {
	return []string{
		source.Below(env.Home, ".git-credential-cache"),
		source.Below(source.Folder(env, "XDG_CACHE_HOME", ".cache"), "git", "credential"),
	}
}

// maxAnswer is what an answer may have.
const maxAnswer = helper.MaxInput

// ask asks as git does. There being no daemon is no match.
func (c *cache) ask(ctx context.Context, q helper.Query) ([]helper.Entry, error) {
	question, ok := question(q)
	if !ok {
		return nil, nil
	}
	answer, err := c.exchange(ctx, question)
	if err != nil || len(answer) == 0 {
		return nil, err
	}
	found, ok := read(q.Target, answer)
	if !ok {
		return nil, nil
	}
	if c.answers == nil {
		c.answers = map[helper.Key]helper.Credential{}
	}
	c.answers[found.Key] = found
	return []helper.Entry{found.Entry}, nil
}

// question is git's request. Never without protocol and host: the daemon would
// answer with anything.
func question(q helper.Query) (string, bool) {
	path, err := helper.Unescape(q.Target.Path)
	if err != nil || q.Target.Scheme == "" || q.Target.Host == "" || q.Target.Scheme == helper.SchemeItem || q.Target.Realm().IsWildcard() {
		return "", false
	}
	text := "action=get\ntimeout=900\nprotocol=" + q.Target.Scheme + "\nhost=" + q.Target.Host + "\n"
	if path != "" {
		text += "path=" + path + "\n"
	}
	if q.User.Set {
		text += "username=" + q.User.Name + "\n"
	}
	return text, !strings.Contains(path+q.User.Name, "\n") && !strings.ContainsAny(text, "\x00\r")
}

// exchange sends the question and reads the answer to its end.
func (c *cache) exchange(ctx context.Context, question string) ([]byte, error) {
	dir := ""
	for _, d := range c.dirs {
		if _, err := os.Lstat(d); d != "" && err == nil {
			dir = d
			break
		}
	}
	if dir == "" {
		return nil, nil
	}
	if err := atomicfile.CheckDir(dir); err != nil {
		return nil, fmt.Errorf("%w: %w", err, helper.ErrUnavailable)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(dir, "socket"))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, nil
	}
	if err != nil {
		return nil, unanswered(ctx)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // what is read ends now
	defer stop()
	if _, err := io.WriteString(conn, question); err != nil {
		return nil, unanswered(ctx)
	}
	if err := conn.(*net.UnixConn).CloseWrite(); err != nil {
		return nil, unanswered(ctx)
	}
	answer, err := io.ReadAll(io.LimitReader(conn, maxAnswer+1))
	if err != nil || len(answer) > maxAnswer {
		return nil, unanswered(ctx)
	}
	return answer, nil
}

func unanswered(ctx context.Context) error {
	if ctx.Err() != nil {
		return fmt.Errorf("git-credential-cache did not answer in time: %w", helper.ErrUnavailable)
	}
	return fmt.Errorf("git-credential-cache did not answer: %w", helper.ErrUnavailable)
}

// read reads an answer. It names neither host nor path: it is for what was
// asked, and for nothing else.
func read(t helper.Target, answer []byte) (c helper.Credential, ok bool) {
	values := map[string]string{}
	for line := range strings.Lines(string(answer)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if _, twice := values[name]; twice && !strings.HasSuffix(name, "[]") {
			return c, false
		}
		values[name] = value
	}
	user, hasUser := values["username"]
	password, hasPassword := values["password"]
	if !hasUser || !hasPassword || helper.HasControl(user) || strings.ContainsRune(password, 0) {
		return c, false
	}
	c = helper.Foreign(t, helper.Named(user), helper.NewSecret(password))
	c.Exact, c.Origin = true, "git"
	if token, ok := values["oauth_refresh_token"]; ok {
		c.Refresh = helper.NewSecret(token)
	}
	if n, err := strconv.ParseInt(values["password_expiry_utc"], 10, 64); err == nil && n > 0 && n < 1<<40 {
		c.Expiry = time.Unix(n, 0).UTC()
	}
	return c, true
}
