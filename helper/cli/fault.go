package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"keyglot/helper"
	"keyglot/helper/atomicfile"
	"keyglot/helper/lock"
	"keyglot/helper/service"
)

// fault is an error of the commands with a fixed text, by which people and
// JSON output know it (AUTH-3, the table of error texts).
type fault struct {
	Reason, Message, Advice string
	Err                     error // what it is for ExitCode; nil: usage
}

func (f *fault) Error() string { return f.Message }

// Unwrap gives the fault its exit code and its advice.
func (f *fault) Unwrap() error {
	err := f.Err
	if err == nil {
		err = helper.ErrUsage
	}
	return helper.Advise(err, f.Advice)
}

// errFailed is the cause of a fault that is none of the contract's: code 1.
var errFailed = errors.New("failed")

// advice returns what to tell besides the error's text.
func advice(err error) string {
	if p, ok := errors.AsType[*service.Problem](err); ok {
		return p.Advice
	}
	if f, ok := errors.AsType[*fault](err); ok {
		return f.Advice
	}
	if hint := helper.Advice(err); hint != "" {
		return hint
	}
	if refused, ok := errors.AsType[*atomicfile.Refused](err); ok {
		return refused.Fix
	}
	if closed, ok := errors.AsType[*fs.PathError](err); ok && errors.Is(closed, fs.ErrPermission) {
		return atomicfile.Regain(closed.Path)
	}
	return ""
}

// interrupted is the exit code of a command that a signal ended.
const interrupted = 130

// exitNames are the names of the exit codes in JSON (AUTH-3).
var exitNames = [...]string{1: "failed", 2: "usage", 3: "login_required", 4: "not_found", 5: "denied", 6: "temporary"}

// failure is an error in the form that programs read (AUTH-8).
type failure struct {
	Schema string      `json:"schema"`
	Error  failureBody `json:"error"`
}

type failureBody struct {
	Code    string  `json:"code" oneof:"failed usage login_required not_found denied temporary interrupted"`
	Exit    int     `json:"exit"`
	Reason  string  `json:"reason"`
	Message string  `json:"message"`
	Hint    *string `json:"hint"`
	Service *string `json:"service"`
}

// report prints an error and its advice, each on a line or as JSON, and
// returns the exit code (AUTH-2, AUTH-3).
func (a *app) report(err error) int {
	if err == nil {
		return 0
	}
	if exit, ok := errors.AsType[*helper.Exit](err); ok && exit.Err == nil {
		return exit.Code
	}
	err = a.asFault(err)
	code := helper.ExitCode(err)
	name := "failed"
	if code < len(exitNames) {
		name = exitNames[code]
	}
	if errors.Is(err, errInterrupted) {
		code, name = interrupted, "interrupted"
	}
	message, hint := strings.ReplaceAll(err.Error(), "\n", "; "), advice(err)
	message = strings.TrimSuffix(message, ": "+helper.ErrUsage.Error()) // the code says so, and the word nothing
	if a.talk.form != formJSON && a.talk.form != formLines {
		a.speak(message)
		if hint != "" {
			a.speak("hint: " + hint)
		}
		return code
	}
	_ = writeJSON(a.Stderr, failure{"error/1", failureBody{
		Code: name, Exit: code, Reason: reason(err, name), Message: message, Hint: optional(hint), Service: optional(a.subject),
	}}, "")
	return code
}

// reason is the fixed word for an error; without one of its own it is the
// code's name.
func reason(err error, name string) string {
	if p, ok := errors.AsType[*service.Problem](err); ok {
		return p.Reason
	}
	if f, ok := errors.AsType[*fault](err); ok {
		return f.Reason
	}
	return name
}

// asFault gives what stores report the fixed text of its cause.
func (a *app) asFault(err error) error {
	if late, ok := errors.AsType[*lock.TimeoutError](err); ok {
		return &fault{Reason: "lock_wait", Message: "another process still holds the lock " + show(late.Path), Advice: "try again", Err: helper.ErrTemporary}
	}
	if errors.Is(err, helper.ErrPolicy) && !errors.Is(err, helper.ErrPlainHTTP) && advice(err) == "" {
		return helper.Advise(err, rulesAdvice)
	}
	stores := storeErrors(err)
	if slices.ContainsFunc(stores, func(failed *helper.StoreError) bool {
		return failed.Store == authFileName && errors.Is(failed, helper.ErrUnsupported)
	}) {
		return unfit()
	}
	if _, is := errors.AsType[*fault](err); is {
		return err
	}
	for _, failed := range stores {
		if f := a.storeFault(failed); f != nil {
			return f
		}
	}
	return err
}

// unlockAdvice is for a store whose key keyglot does not have.
const unlockAdvice = "unlock it, or use --backend file"

// storeFault is the fixed text for what is wrong with a store, or nil if there
// is none.
func (a *app) storeFault(failed *helper.StoreError) *fault {
	hint := cmp.Or(advice(failed), unlockAdvice)
	if strings.HasPrefix(failed.Store, helper.SourcePrefix) {
		hint = cmp.Or(advice(failed), "unlock it, or take it out of sources in config.toml")
	}
	late, isLate := a.lateness(failed)
	switch {
	case errors.Is(failed, helper.ErrLocked):
		return &fault{Reason: "locked", Message: theStore(failed) + " is locked" + cause(failed, helper.ErrLocked), Advice: hint, Err: helper.ErrLocked}
	case isLate:
		return &fault{Reason: "locked", Message: theStore(failed) + " " + late, Advice: hint, Err: helper.ErrTemporary}
	case errors.Is(failed, helper.ErrDenied) && advice(failed) == "" && !errors.Is(failed, helper.ErrPolicy):
		return &fault{Reason: "prompt_denied", Message: theStore(failed) + " refused" + cause(failed, helper.ErrDenied), Advice: "choose another store with --backend", Err: helper.ErrDenied}
	}
	return nil
}

// theStore names a store or source in a sentence.
func theStore(failed *helper.StoreError) string {
	if strings.HasPrefix(failed.Store, helper.SourcePrefix) {
		return "the " + failed.Store
	}
	return "the store " + failed.Store
}

// optional is nil for "", for JSON's null.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// cause is what a store says beside the word for what happened.
func cause(failed *helper.StoreError, what error) string {
	why, _ := strings.CutSuffix(failed.Err.Error(), what.Error())
	if why = strings.TrimSuffix(why, ": "); why == "" {
		return ""
	}
	return ": " + show(why)
}
