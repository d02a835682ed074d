//go:build !windows

package netrc

import "keyglot/helper"

// names are those of the file.
func names() []string { return []string{".netrc"} }

func homeOf(env helper.Env) string { return env.Home }
