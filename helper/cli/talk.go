package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"keyglot/helper/visible"
)

// errInterrupted is the end of a command by SIGINT or SIGTERM.
var errInterrupted = errors.New("interrupted; nothing was stored")

// talk is how much is said and in which form, and whether anything may be
// asked.
type talk struct {
	quiet    bool
	verbose  int
	ask      bool
	progress bool   // what keeps people waiting is named
	form     string // of results
	filter   filter // of their values; nil: none
	color    bool
}

// say prints a result that has no JSON form.
func (a *app) say(format string, args ...any) error {
	if a.talk.filter != nil {
		return noJSON()
	}
	if a.talk.form == formNone {
		return nil
	}
	if _, err := fmt.Fprintf(a.Stdout, format+"\n", args...); err != nil {
		return errStdout
	}
	return nil
}

// warn tells people something on stderr, each thing once, and keeps it for the
// result's JSON.
func (a *app) warn(text string) {
	if slices.Contains(a.warnings, text) {
		return
	}
	a.warnings = append(a.warnings, text)
	a.tell(text)
}

// tell is chatter on stderr: the result does not hold it.
func (a *app) tell(text string) {
	if a.talk.quiet {
		return
	}
	a.speak(text)
}

// speak prints a line for people. On a terminal it breaks between words, where
// the terminal itself would break them.
func (a *app) speak(text string) {
	text = a.broken(2, "keyglot: "+showWords(text))
	a.speaks.Lock()
	defer a.speaks.Unlock()
	fmt.Fprintln(a.Stderr, text)
}

// sentence is a line of a result that people read, for standard output.
func (a *app) sentence(text string) string { return a.broken(1, text) }

// broken is a line with breaks where the terminal on a descriptor has no room.
func (a *app) broken(fd int, text string) string {
	if a.Width == nil {
		return text
	}
	width := a.Width(fd)
	if width <= 0 {
		return text
	}
	return fold(phrases(text), 0, 2, width)
}

// phrases are the words of a text. A command of keyglot's is one of them, so
// that it can be copied whole.
func phrases(text string) []string {
	var list []string
	command := false
	words := strings.Split(text, " ")
	for i, word := range words {
		if command {
			list[len(list)-1] += " " + word
		} else {
			list = append(list, word)
		}
		begins := word == "keyglot" && i+1 < len(words) && slices.Contains([]string{"auth", "setup", "doctor"}, words[i+1])
		command = (command || begins) && !strings.HasSuffix(word, ",") && !strings.HasSuffix(word, ";")
	}
	return list
}

// show makes text from outside safe for a terminal. An A-label host is shown
// as it is stored.
func show(text string) string { return visible.Text(text) }

// showWords makes a long text safe for a terminal without cutting it.
func showWords(text string) string {
	words := strings.Split(text, " ")
	for i, word := range words {
		words[i] = show(word)
	}
	return strings.Join(words, " ")
}

// notifyContext ends when a person interrupts.
func notifyContext(ctx context.Context, first os.Signal) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, first, syscall.SIGTERM)
}

// plural is "1 account" or "2 accounts".
func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %s", n, strings.TrimSuffix(what, "s")+"s")
}
