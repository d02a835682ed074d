// Package record is the JSON form of a credential that every store uses which
// holds more than a password, and of the two files made of it: the realm of
// the encrypted store and the list of the plain one (STO-3, STO-42, STO-115).
//
// A text that is not valid UTF-8 is written in base64 under the member's name
// and "_b64", because JSON cannot carry it. Unknown members are ignored and
// not kept. The reader is stricter than encoding/json: no member twice, no
// invalid UTF-8, no lone surrogates, nothing behind the value, 64 levels.
package record

import (
	"fmt"

	"keyglot/helper"
)

// version is the "v" of a record and of a realm, and the "version" of a list.
const version = 1

// ErrNewer is the refusal of a record of a later version. It must be left as
// it is.
var ErrNewer = helper.Cause("newer keyglot needed", &helper.ErrInvalid)

// suffix marks a member whose text is in base64.
const suffix = "_b64"

// Encode returns c as one line of JSON without a line feed. Absent and empty
// members are left out, except a given user, secret or refresh token that is
// empty. It refuses with ErrUnsupported what JSON or RFC 3339 cannot say: a
// name in Extra or Attr that is not UTF-8, a year beyond 9999.
func Encode(c helper.Credential) ([]byte, error) {
	var w writer
	w.credential(c)
	return w.out, w.err
}

// Decode is the reverse of Encode. Errors wrap helper.ErrInvalid, say the line
// and never repeat the data.
func Decode(data []byte) (helper.Credential, error) {
	r := newReader(data)
	c := r.credential()
	return c, r.end()
}

// EncodeRealm returns the document that holds all records of one realm.
func EncodeRealm(realm helper.Realm, records []helper.Credential) ([]byte, error) {
	var w writer
	w.out = append(w.out, `{"v":1`...)
	w.text("realm", realm.String())
	w.list("records", records)
	w.out = append(w.out, "}\n"...)
	return w.out, w.err
}

// DecodeRealm is the reverse of EncodeRealm. A document of another realm, or
// with a record of another realm, or with two of one key is ErrInvalid: files
// may have been swapped (STO-5).
func DecodeRealm(data []byte, realm helper.Realm) ([]helper.Credential, error) {
	records, name, err := decodeRealm(data)
	if err != nil {
		return nil, err
	}
	if name != realm.String() {
		return nil, fmt.Errorf("holds another realm: %w", helper.ErrInvalid)
	}
	for _, c := range records {
		if c.Target.Realm() != realm {
			return nil, fmt.Errorf("holds a record of another realm: %w", helper.ErrInvalid)
		}
	}
	return records, nil
}

// DecodeAnyRealm reads a document of a realm that only the document names.
func DecodeAnyRealm(data []byte) (realm string, records []helper.Credential, err error) {
	records, realm, err = decodeRealm(data)
	for _, c := range records {
		if err == nil && c.Target.Realm().String() != realm {
			err = fmt.Errorf("holds a record of another realm: %w", helper.ErrInvalid)
		}
	}
	if err != nil {
		return "", nil, err
	}
	return realm, records, nil
}

func decodeRealm(data []byte) ([]helper.Credential, string, error) {
	r := newReader(data)
	records, realm := r.document("v", "realm", "records")
	if err := r.end(); err != nil {
		return nil, "", err
	}
	return records, realm, unique(records)
}

// EncodeList returns the document of a plain store, indented for people.
func EncodeList(records []helper.Credential) ([]byte, error) {
	var w writer
	w.out = append(w.out, `{"version":1`...)
	w.list("credentials", records)
	w.out = append(w.out, '}')
	return append(indent(w.out), '\n'), w.err
}

// DecodeList is the reverse of EncodeList. Two records of one key are
// ErrInvalid.
func DecodeList(data []byte) ([]helper.Credential, error) {
	r := newReader(data)
	records, _ := r.document("version", "", "credentials")
	if err := r.end(); err != nil {
		return nil, err
	}
	return records, unique(records)
}

// unique refuses two records of one key: no reader could say which counts.
func unique(records []helper.Credential) error {
	if len(records) < 2 {
		return nil
	}
	seen := make(map[helper.Key]bool, len(records))
	for _, c := range records {
		if seen[c.Key] {
			return fmt.Errorf("holds two records of one key: %w", helper.ErrInvalid)
		}
		seen[c.Key] = true
	}
	return nil
}
