package wincred

import (
	"errors"
	"fmt"
	"time"

	"keyglot/helper"
)

// api is the part of the Credential Manager that is needed. Errors of Windows
// come as status.
type api interface {
	Read(target string) (credential, error)
	List(filter string) ([]credential, error) // filter: a prefix and "*", or "*"; nothing there is notFound
	Write(c credential) error
	Delete(target string) error
}

// credential is a generic credential. Attributes are other tools': keyglot
// writes none.
type credential struct {
	Target, User, Comment string
	Blob                  []byte
	Written               time.Time // by Windows
	Attributes            map[string][]byte
}

// maxBlob is what Windows takes. Some headers define the constant as 512.
const maxBlob = 5 * 512

// status is an error number of Windows.
type status uint32

// https://learn.microsoft.com/en-us/windows/win32/debug/system-error-codes
const (
	accessDenied     status = 5
	invalidParameter status = 87
	notFound         status = 1168
	noSuchSession    status = 1312
	badStubData      status = 1783
)

func (n status) Error() string { return fmt.Sprintf("error %d", uint32(n)) }

// tooLarge is the refusal of STO-13.
func tooLarge(bytes int, per string) error {
	return helper.Advise(fmt.Errorf("wincred holds at most %d bytes per %s: %w", bytes, per, helper.ErrUnsupported), "use --backend file")
}

// sort says which of our results an error of Windows is (STO-83).
func sort(err error) error {
	if err == nil {
		return nil
	}
	n, ok := errors.AsType[status](err)
	switch {
	case !ok:
		return fmt.Errorf("%w: %w", err, helper.ErrUnavailable)
	case n == accessDenied:
		return fmt.Errorf("%w: %w", n, helper.ErrDenied)
	case n == noSuchSession:
		return fmt.Errorf("no logon session that has credentials (%w): %w", n, helper.ErrUnavailable)
	case n == badStubData, n == invalidParameter:
		return fmt.Errorf("%w: %w", n, tooLarge(limit, "credential"))
	}
	return fmt.Errorf("%w: %w", n, helper.ErrUnavailable)
}

// read returns a credential, or helper.ErrNotFound.
func (s *Store) read(target string) (credential, error) {
	c, err := s.api.Read(target)
	if errors.Is(err, notFound) {
		return c, helper.ErrNotFound
	}
	return c, sort(err)
}

func (s *Store) list(filter string) ([]credential, error) {
	all, err := s.api.List(filter)
	if errors.Is(err, notFound) {
		return nil, nil
	}
	return all, sort(err)
}

// wipe overwrites the blobs of a listing (SEC-35).
func wipe(listed []credential) {
	for _, c := range listed {
		clear(c.Blob)
	}
}

func (s *Store) delete(target string) error {
	err := s.api.Delete(target)
	if errors.Is(err, notFound) {
		return nil
	}
	return sort(err)
}
