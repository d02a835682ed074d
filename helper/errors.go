package helper

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// The results that callers act on. Everything keyglot returns wraps one of
// them or is a failure of its own. ErrLocked, ErrDenied, ErrUnavailable and
// ErrTemporary are never turned into ErrNotFound, and never lead to a deletion.
var (
	ErrNotFound      = errors.New("nothing stored")
	ErrLocked        = errors.New("locked")
	ErrDenied        = errors.New("denied")
	ErrUnavailable   = errors.New("not available")
	ErrTemporary     = errors.New("temporary failure")
	ErrLoginRequired = errors.New("login required")
	ErrUnsupported   = errors.New("not supported")
	ErrInvalid       = errors.New("not valid")
	ErrAmbiguous     = errors.New("several accounts match")
	ErrUsage         = errors.New("usage")
)

// ErrPolicy is a denial by the user's own rules, ErrPlainHTTP that of a secret
// over plain http (SEC-23). A protocol may keep silent about them, about no
// other denial.
var (
	ErrPolicy    = error(&cause{"", &ErrDenied, " by the policy"})
	ErrPlainHTTP = Cause("plain http", &ErrPolicy)
)

// ErrNoHome is a store that has no folder to lie in.
var ErrNoHome = Cause("there is no home folder (HOME is unset or not absolute)", &ErrUnavailable)

// ErrOffline is a login that has expired and that nobody is asked to renew.
var ErrOffline = Cause("the login has expired, and it is not renewed offline", &ErrTemporary)

// Cause is *err with a text before it: fmt.Errorf("text: %w", *err) for package
// variables. It is made when the program is built, and costs no start; hence the
// address, which is known then.
func Cause(text string, err *error) error { return &cause{text, err, ""} }

type cause struct {
	before string
	err    *error
	after  string
}

func (c *cause) Error() string {
	text := (*c.err).Error() + c.after
	if c.before != "" {
		text = c.before + ": " + text
	}
	return text
}

// Unwrap returns the cause.
func (c *cause) Unwrap() error { return *c.err }

// Ambiguous says which accounts match a question that names none.
type Ambiguous struct {
	Profile string // theirs; "" for what has none
	Target  Target // theirs, which may be wider than what was asked
	Users   []User
}

func (e *Ambiguous) Error() string {
	return fmt.Sprintf("%d accounts match", len(e.Users))
}

// Unwrap makes errors.Is find ErrAmbiguous.
func (e *Ambiguous) Unwrap() error { return ErrAmbiguous }

// SourcePrefix stands before the name of a source in a StoreError.
const SourcePrefix = "source "

// StoreError says in which store what failed.
type StoreError struct {
	Store string // the backend's name
	Op    string // what was asked of it: open, find, list, load, save, remove, lock, ...
	Err   error
}

func (e *StoreError) Error() string { return e.Store + ": " + e.Op + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *StoreError) Unwrap() error { return e.Err }

// Hint is an error with advice that names the exact command. The advice is
// printed on its own line and is no part of the error's text.
type Hint struct {
	Err    error
	Advice string
}

func (h *Hint) Error() string { return h.Err.Error() }

// Unwrap returns the error that the advice is for.
func (h *Hint) Unwrap() error { return h.Err }

// Advise gives err an advice. A nil error stays nil.
func Advise(err error, advice string) error {
	if err == nil {
		return nil
	}
	return &Hint{err, advice}
}

// Advice returns the outermost advice in err's chain, or "".
func Advice(err error) string {
	if h, ok := errors.AsType[*Hint](err); ok {
		return h.Advice
	}
	return ""
}

// Unreachable says that err is about reaching a store. One that knows the way
// out, as that about a file which must not be used does, advises it. A nil error
// stays nil.
func Unreachable(err error) error {
	if err == nil {
		return nil
	}
	wrapped := fmt.Errorf("%w: %w", err, ErrUnavailable)
	known, ok := errors.AsType[interface {
		error
		Remedy() string
	}](err)
	if !ok || known.Remedy() == "" {
		return wrapped
	}
	return Advise(wrapped, known.Remedy())
}

// Exit is how a protocol or a command ends with a code of its own. A nil Err
// ends without a message.
type Exit struct {
	Code int
	Err  error
}

func (e *Exit) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit %d", e.Code)
	}
	return e.Err.Error()
}

// Unwrap returns the message's error.
func (e *Exit) Unwrap() error { return e.Err }

// ExitCode is the process exit code for err, the same for every command that a
// person runs: 1 failed, 2 usage, 3 login required, 4 not found, 5 denied,
// 6 temporary. A protocol that has codes of its own returns an Exit.
func ExitCode(err error) int {
	if err == nil {
		return 0
	}
	if exit, ok := errors.AsType[*Exit](err); ok {
		return exit.Code
	}
	for _, row := range []struct {
		err  error
		code int
	}{
		{ErrUsage, 2},
		{ErrLoginRequired, 3},
		{ErrLocked, 6},
		{ErrUnavailable, 6},
		{ErrTemporary, 6},
		{ErrDenied, 5},
		{ErrNotFound, 4},
	} {
		switch {
		case !errors.Is(err, row.err):
		case row.code == 6 && row.err != ErrLocked && lasting(err):
			return 1
		default:
			return row.code
		}
	}
	return 1
}

// lasting reports whether trying again is of no use until a person has mended
// folders or files: there is no home, or it must not or cannot be used.
func lasting(err error) bool {
	_, refused := errors.AsType[interface {
		error
		Remedy() string
	}](err)
	return refused || errors.Is(err, ErrNoHome) || errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.ENOTDIR)
}

// join puts two failures into one line, for both to be found by errors.Is.
func join(a, b error) error {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return fmt.Errorf("%w; %w", a, b)
}
