package command

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Error says what is wrong with a command line, in fixed words: none of those
// that were typed.
type Error struct {
	Command *Command // as far as it was understood
	problem string
}

func (e *Error) Error() string { return e.problem }

const (
	noFlag    = "there is no such flag: ..."
	noValue   = `a flag has no value; one that begins with "-" is given as --flag=VALUE`
	badValue  = "a flag has a value that is not one of its own"
	badWord   = "an argument is not one of those that are known"
	extraWord = "there is a word too many: ..."
	noArg     = "an argument is missing"
	noCommand = "a command is missing"
	newWord   = "there is no such command: ..."
)

// reader goes through the words once.
type reader struct {
	at      *Command
	words   []string
	arg     int  // the next argument of at
	plain   bool // no more flags
	stopped bool // a flag was given that stands for a command
}

// Parse reads words into the grammar's structs, once, and returns the command
// that they name. After a flag of the type stop nothing is missing or wrong. The
// error is an *Error.
func (c *Command) Parse(words []string) (*Command, error) {
	r := &reader{at: c, words: words}
	problem := r.read()
	if problem == "" && !r.stopped {
		problem = r.end()
	}
	if problem != "" && !r.stopped {
		return nil, &Error{r.at, problem}
	}
	return r.at, nil
}

func (r *reader) read() (problem string) {
	for len(r.words) > 0 && problem == "" {
		word := r.words[0]
		r.words = r.words[1:]
		switch {
		case r.plain || word == "-" || !strings.HasPrefix(word, "-"):
			problem = r.word(word)
		case word == "--":
			r.plain = true
		case strings.HasPrefix(word, "--"):
			name, value, given := strings.Cut(word[2:], "=")
			problem = r.flag(func(f *Flag) bool { return f.named(name) }, value, given)
		default:
			problem = r.letters(word[1:])
		}
	}
	return problem
}

// word reads a word that is no flag: an argument or a command.
func (r *reader) word(word string) (problem string) {
	if r.arg < len(r.at.Args) {
		arg := r.at.Args[r.arg]
		if !arg.Repeated {
			r.arg++
		}
		r.plain = r.plain || arg.rest
		if arg.set(word) != nil {
			return badWord
		}
		return ""
	}
	i := slices.IndexFunc(r.at.Commands, func(c *Command) bool { return c.Name == word })
	if i < 0 {
		if len(r.at.Commands) > 0 {
			return newWord
		}
		return extraWord
	}
	r.at = r.at.Commands[i]
	return ""
}

// letters reads "-vv", "-u NAME" and "-uNAME".
func (r *reader) letters(letters string) (problem string) {
	for letters != "" && problem == "" {
		letter := letters[:1]
		letters = letters[1:]
		takes := false
		problem = r.flag(func(f *Flag) bool {
			takes = f.Short == letter && !f.Switch
			return f.Short == letter
		}, letters, false)
		if takes {
			return problem
		}
	}
	return problem
}

// flag reads one flag of the command or of those above it. The value stands
// behind a "=" if it is given; else a value that is not empty is a letter's, and
// an empty one is the next word.
func (r *reader) flag(is func(*Flag) bool, value string, given bool) (problem string) {
	for c := r.at; c != nil; c = c.Parent {
		i := slices.IndexFunc(c.Flags, is)
		if i < 0 {
			continue
		}
		f := c.Flags[i]
		switch {
		case given || !f.Switch && value != "":
		case f.Switch:
			value = ""
		case len(r.words) == 0 || strings.HasPrefix(r.words[0], "-") && r.words[0] != "-":
			return noValue
		default:
			value, r.words = r.words[0], r.words[1:]
		}
		if _, plain := f.into.(*string); plain && value == "" && len(f.Choices) == 0 {
			return noValue // a variable that is not set must not pass for no flag
		}
		if f.Switch && !given {
			f.turn()
		} else if f.set(value) != nil {
			return badValue
		}
		if on, ok := f.into.(*bool); ok && *on && f.stop {
			r.stopped = true
		}
		return ""
	}
	return noFlag
}

// end chooses the command that goes without a name, and says what is missing.
func (r *reader) end() (problem string) {
	if r.at.fallback != nil {
		r.at = r.at.fallback
	}
	if len(r.at.Commands) > 0 {
		return noCommand
	}
	for c := r.at; c != nil; c = c.Parent {
		for _, f := range c.Flags {
			if f.required && !f.given {
				return "--" + f.Name + " is missing"
			}
		}
	}
	for _, arg := range r.at.Args {
		if !arg.Optional && !arg.given {
			return noArg
		}
	}
	return ""
}

// turn reads a switch without a value.
func (f *Flag) turn() {
	f.given = true
	switch into := f.into.(type) {
	case *bool:
		*into = true
	case *int:
		*into++
	case **string:
		*into = new(string)
	}
}

// set reads a value. What it cannot be is a strconv.ErrSyntax, without the value.
func (v *value) set(text string) error {
	if len(v.Choices) > 0 && !slices.Contains(v.Choices, text) {
		return strconv.ErrSyntax
	}
	v.given = true
	var err error
	switch into := v.into.(type) {
	case *string:
		*into = text
	case **string:
		*into = &text
	case *[]string:
		*into = append(*into, text)
	case *time.Duration:
		*into, err = time.ParseDuration(text)
	case *bool:
		*into, err = strconv.ParseBool(text)
	case *int:
		*into, err = strconv.Atoi(text)
	}
	if err != nil {
		return strconv.ErrSyntax
	}
	return nil
}
