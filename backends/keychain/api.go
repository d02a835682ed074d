package keychain

import (
	"errors"
	"fmt"

	"keyglot/helper"
)

// secAPI is the part of Security.framework that is needed, for generic
// passwords. Its errors are status.
// https://developer.apple.com/documentation/security/keychain-services
type secAPI interface {
	// CopyMatching returns the data of the one item that q matches if q.Data
	// is set, else the attributes of all of them. None is itemNotFound.
	CopyMatching(q query) ([]item, error)
	Add(i item) error
	// Update gives what q matches the label, description, generic and data of i.
	Update(q query, i item) error
	Delete(q query) error
}

// query is what an item must have; an empty member is not asked for.
type query struct {
	Service, Account, Description string
	Data                          bool
}

type item struct {
	Service, Account, Label, Description string
	Generic, Data                        []byte
}

// status is an OSStatus of Security.framework that is not 0.
type status int32

// https://developer.apple.com/documentation/security/security-framework-result-codes
const (
	userCanceled          status = -128
	noKeychain            status = -25307
	notAvailable          status = -25291
	authFailed            status = -25293
	noSuchKeychain        status = -25294
	duplicateItem         status = -25299
	itemNotFound          status = -25300
	interactionNotAllowed status = -25308
	missingEntitlement    status = -34018
	badSignature          status = -67030
)

func (n status) Error() string { return fmt.Sprintf("status %d", int32(n)) }

// sort says which of our results an error of the system is (STO-72).
func sort(err error) error {
	if err == nil {
		return nil
	}
	n, ok := errors.AsType[status](err)
	if !ok {
		return fmt.Errorf("%w: %w", err, helper.ErrUnavailable)
	}
	switch n {
	case itemNotFound:
		return helper.ErrNotFound
	case interactionNotAllowed:
		return helper.Advise(fmt.Errorf("the keychain may not ask here (%w): %w", n, helper.ErrLocked),
			"security unlock-keychain ~/Library/Keychains/login.keychain-db")
	case userCanceled, authFailed:
		return fmt.Errorf("%w: %w", n, helper.ErrDenied)
	case notAvailable, noSuchKeychain, noKeychain:
		return fmt.Errorf("there is no keychain (%w): %w", n, helper.ErrUnavailable)
	case missingEntitlement, badSignature:
		return fmt.Errorf("macOS does not accept this program's signature (%w): %w", n, helper.ErrUnavailable)
	}
	return fmt.Errorf("%w: %w", n, helper.ErrUnavailable)
}
