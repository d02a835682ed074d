package keychain

import (
	"context"

	"keyglot/helper"
)

const frameworks = "/System/Library/Frameworks/"

// open opens nothing yet: a process that asks the keychain nothing does not
// pay for its libraries.
func open(_ context.Context, env helper.Env) (helper.Store, error) {
	return &Store{api: system(), namespace: namespace, getenv: env.Getenv}, nil
}

// system is macOS, whose libraries are opened with the first call.
func system() secAPI {
	return lazily(frameworks+"Security.framework/Security", frameworks+"CoreFoundation.framework/CoreFoundation")
}
