package keychain

import (
	"errors"
	"fmt"

	"keyglot/helper"
)

// secAPI is the part of Security.framework that is needed. Its errors are
// status.
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

// query is what a password must have; an empty member is not asked for.
type query struct {
	Internet                              bool // internet passwords, else generic ones
	Service, Server, Account, Description string
	// Exactly is the only item that is meant, instead of all the above. Also what
	// it does not have is asked for.
	Exactly *item
	Data    bool
}

// item is a password. What is no text of UTF-8 in it is "".
type item struct {
	Internet bool // an internet password, else a generic one

	Account, Label, Description string
	Generic, Data               []byte // Generic: of generic ones

	Service string // of generic ones

	// Of internet ones. Protocol and Type are the system's codes of four letters.
	Server, Domain, Protocol, Type, Path string
	Port                                 int32
}

// same reports whether a and b are one item: by what no two items share.
func (a item) same(b item) bool {
	return a.Internet == b.Internet && a.Account == b.Account && a.Service == b.Service &&
		a.Server == b.Server && a.Domain == b.Domain && a.Protocol == b.Protocol &&
		a.Type == b.Type && a.Path == b.Path && a.Port == b.Port
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
	invalidOwnerEdit      status = -25244
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
	case invalidOwnerEdit:
		return fmt.Errorf("another program's item (%w): %w", n, helper.ErrDenied)
	case notAvailable, noSuchKeychain, noKeychain:
		return fmt.Errorf("there is no keychain (%w): %w", n, helper.ErrUnavailable)
	case missingEntitlement, badSignature:
		return fmt.Errorf("macOS does not accept this program's signature (%w): %w", n, helper.ErrUnavailable)
	}
	return fmt.Errorf("%w: %w", n, helper.ErrUnavailable)
}
