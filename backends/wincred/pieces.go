package wincred

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"keyglot/helper"
	"keyglot/helper/format/record"
)

// A record that is too large for a blob lies in pieces, TARGET#GEN.1 and so
// on, of a generation that no other write shares, and TARGET holds their head
// (STO-82). The pieces are written first and the head last; the pieces of the
// head before it are deleted after that. So who reads a head finds its pieces,
// or else another head: no reader sees half a record, and a writer that dies
// leaves the old record or the new one.
const (
	pieceSize = 2500
	maxPieces = maxRecord/pieceSize + 1
)

// abandoned is the age from which a piece without a head is left by a writer
// that died.
const abandoned = time.Hour

// headStart tells a head from a record, which has no gen that is a text.
const headStart = `{"v":1,"gen":"`

type head struct {
	V      int    `json:"v"`
	Gen    string `json:"gen"` // 8 hexadecimal digits
	Parts  int    `json:"parts"`
	SHA256 string `json:"sha256"` // of the record
	// Entry is the record without its secrets. Heads before it had none, and one
	// for which a blob has no room has none.
	Entry json.RawMessage `json:"entry,omitempty"`
}

// blob is the head as it is stored.
func (h head) blob() ([]byte, error) {
	blob, err := json.Marshal(h)
	if len(blob) > maxBlob {
		h.Entry = nil
		blob, err = json.Marshal(h)
	}
	return blob, err
}

func piece(target, gen string, n int) string { return fmt.Sprintf("%s#%s.%d", target, gen, n) }

func isPiece(target string) bool { return strings.Contains(target, "#") }

// headOf returns the head in a blob; ok is false for a record.
func headOf(blob []byte) (h head, ok bool, err error) {
	if !strings.HasPrefix(string(blob), headStart) {
		return h, false, nil
	}
	if json.Unmarshal(blob, &h) != nil || len(h.Gen) != 8 || h.Parts < 1 || h.Parts > maxPieces {
		return h, true, fmt.Errorf("not the head of a record: %w", helper.ErrInvalid)
	}
	return h, true, nil
}

// write stores c whole, the record of an entry; it must not share the generation
// of old.
func (s *Store) write(ctx context.Context, c credential, e helper.Entry, old head) error {
	if len(c.Blob) <= maxBlob {
		return sort(s.api.Write(c))
	}
	h := head{V: 1, Gen: newGen(old.Gen)}
	sum := sha256.Sum256(c.Blob)
	h.SHA256 = hex.EncodeToString(sum[:])
	var err error
	if h.Entry, err = record.Encode(helper.Credential{Entry: e}); err != nil {
		return err
	}
	err = s.writePieces(ctx, c, &h)
	if err == nil {
		if c.Blob, err = h.blob(); err == nil {
			err = sort(s.api.Write(c))
		}
	}
	if err != nil {
		_ = s.drop(c.Target, h) // nobody knows of them
	}
	return err
}

func (s *Store) writePieces(ctx context.Context, c credential, h *head) error {
	for rest := c.Blob; len(rest) > 0; {
		if err := ctx.Err(); err != nil {
			return err
		}
		size := min(len(rest), pieceSize)
		h.Parts++
		if err := s.api.Write(credential{Target: piece(c.Target, h.Gen, h.Parts), User: c.User, Comment: c.Comment, Blob: rest[:size]}); err != nil {
			return sort(err)
		}
		rest = rest[size:]
	}
	return nil
}

func newGen(old string) string {
	var raw [4]byte
	for {
		_, _ = rand.Read(raw[:]) // never fails
		if gen := hex.EncodeToString(raw[:]); gen != old {
			return gen
		}
	}
}

// drop deletes the pieces of a head; the zero head has none.
func (s *Store) drop(target string, h head) error {
	for n := 1; n <= h.Parts; n++ {
		if err := s.delete(piece(target, h.Gen, n)); err != nil {
			return err
		}
	}
	return nil
}

// errTorn is a head whose pieces are not there or not its own.
var errTorn = helper.Cause("a piece is missing or altered", &helper.ErrInvalid)

// join returns the whole record whose head, or itself, top is. get gives a
// piece's bytes or helper.ErrNotFound.
func (s *Store) join(top credential, get func(name string) ([]byte, error)) ([]byte, head, error) {
	h, ok, err := headOf(top.Blob)
	if !ok || err != nil {
		return top.Blob, h, err
	}
	data := make([]byte, 0, h.Parts*pieceSize) // of which none is left elsewhere
	for n := 1; n <= h.Parts; n++ {
		part, err := get(piece(top.Target, h.Gen, n))
		if errors.Is(err, helper.ErrNotFound) {
			return nil, h, errTorn
		}
		if err != nil {
			return nil, h, err
		}
		data = append(data, part...)
		clear(part)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != h.SHA256 {
		return nil, h, errTorn
	}
	return data, h, nil
}

func byName(listed []credential) map[string][]byte {
	blobs := make(map[string][]byte, len(listed))
	for _, c := range listed {
		blobs[strings.ToLower(c.Target)] = c.Blob
	}
	return blobs
}

// collect deletes what writers that died left behind.
func (s *Store) collect(filter string) error {
	listed, err := s.list(filter)
	if err != nil {
		return err
	}
	defer wipe(listed)
	blobs := byName(listed)
	for _, c := range listed {
		target, rest, ok := strings.Cut(c.Target, "#")
		if !ok || s.now().Sub(c.Written) < abandoned {
			continue
		}
		gen, _, _ := strings.Cut(rest, ".")
		if h, _, err := headOf(blobs[strings.ToLower(target)]); err == nil && h.Gen != gen {
			if err := s.delete(c.Target); err != nil {
				return err
			}
		}
	}
	return nil
}
