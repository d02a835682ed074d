package keychain

import (
	"context"

	"keyglot/helper"
)

const frameworks = "/System/Library/Frameworks/"

// open opens nothing yet: a process that asks the keychain nothing does not
// pay for its libraries.
func open(context.Context, helper.Env) (helper.Store, error) {
	api := lazily(frameworks+"Security.framework/Security", frameworks+"CoreFoundation.framework/CoreFoundation")
	return &Store{api: api, namespace: namespace}, nil
}
