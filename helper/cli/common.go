package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"keyglot/helper"
)

// common are the options that every command and every protocol verb takes.
type common struct {
	profile  string
	backend  string
	config   string
	only     []string
	timeout  time.Duration
	insecure bool // --insecure-storage: the plain store, by its own flag
	authFile string
	noEnv    bool // --no-env: variables that hold credentials are not read
	offline  bool // --offline: no server is asked
}

// parse reads the common options that stand before a protocol's operation. It
// stops at the first word that is none, or that is itself an operation.
func (c *common) parse(words, operations []string) (rest []string, problem error) {
	for len(words) > 0 {
		word := words[0]
		if !strings.HasPrefix(word, "-") || slices.Contains(operations, word) || word == "--help" || word == "-h" {
			break
		}
		name, value, given := strings.Cut(word, "=")
		words = words[1:]
		if !given && len(words) > 0 {
			value, words = words[0], words[1:]
		}
		if err := c.set(name, value); err != nil {
			return words, err
		}
	}
	return words, nil
}

// set sets one common option. The error names the option, not the value.
func (c *common) set(name, value string) error {
	if value == "" {
		return fmt.Errorf("unknown option, or one without its value: %w", helper.ErrUsage)
	}
	switch name {
	case "--profile":
		c.profile = value
	case "--backend":
		c.backend = value
	case "--config":
		c.config = value
	case "--only":
		c.only = append(c.only, value)
	case "--timeout":
		timeout, err := time.ParseDuration(value)
		if err != nil || timeout <= 0 {
			return fmt.Errorf("--timeout: not a time such as 8s: %w", helper.ErrUsage)
		}
		c.timeout = timeout
	default:
		return fmt.Errorf("unknown option: %w", helper.ErrUsage)
	}
	return nil
}
