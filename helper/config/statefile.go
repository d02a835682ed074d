package config

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"keyglot/helper"
	"keyglot/helper/strictjson"
)

// stateFile is the file's form.
type stateFile struct {
	V        int         `json:"v"`
	Profile  string      `json:"profile,omitempty"`
	Current  []pointer   `json:"current,omitempty"`
	Rejected []rejection `json:"rejected,omitempty"`
	Written  []string    `json:"written,omitempty"`
}

type target struct {
	Scheme string `json:"scheme"`
	Host   string `json:"host,omitempty"`
	Path   string `json:"path,omitempty"`
}

type pointer struct {
	Profile string  `json:"profile"`
	Target  target  `json:"target"`
	User    *string `json:"username,omitempty"`     // absent: the record without user name
	Bytes   []byte  `json:"username_b64,omitempty"` // a user name that is not UTF-8
}

type rejection struct {
	ID     string    `json:"id"`
	Target target    `json:"target"`
	Until  time.Time `json:"until"`
}

// decodeState reads the file without reflection: every get reads it. Members
// that it does not know are a later keyglot's.
func decodeState(data []byte) (helper.State, bool) {
	var state helper.State
	version := uint64(0)
	r := strictjson.New(data)
	r.Object(func(name string) {
		switch name {
		case "v":
			version = r.Number()
		case "profile":
			state.Profile = r.Text()
		case "current":
			r.Array(func() { state.Pointers = append(state.Pointers, decodePointer(r)) })
		case "rejected":
			r.Array(func() { state.Rejected = append(state.Rejected, decodeRejection(r)) })
		case "written":
			r.Array(func() { state.Written = append(state.Written, r.Text()) })
		default:
			r.Skip()
		}
	})
	if r.End() != nil || version != 1 {
		return helper.State{}, false
	}
	return state, true
}

func decodePointer(r *strictjson.Reader) helper.Pointer {
	var p helper.Pointer
	r.Object(func(name string) {
		switch name {
		case "profile":
			p.Profile = r.Text()
		case "target":
			p.Target = decodeTarget(r)
		case "username":
			p.User = helper.Named(r.Text())
		case "username_b64":
			name, err := base64.StdEncoding.DecodeString(r.Text())
			if err != nil {
				r.Fail("not base64")
			}
			p.User = helper.Named(string(name))
		default:
			r.Skip()
		}
	})
	return p
}

func decodeRejection(r *strictjson.Reader) helper.Rejection {
	var x helper.Rejection
	r.Object(func(name string) {
		switch name {
		case "id":
			x.ID = r.Text()
		case "target":
			x.Target = decodeTarget(r)
		case "until":
			if x.Until.UnmarshalText([]byte(r.Text())) != nil {
				r.Fail("not a time")
			}
		default:
			r.Skip()
		}
	})
	return x
}

func decodeTarget(r *strictjson.Reader) helper.Target {
	var t helper.Target
	r.Object(func(name string) {
		switch name {
		case "scheme":
			t.Scheme = r.Text()
		case "host":
			t.Host = r.Text()
		case "path":
			t.Path = r.Text()
		default:
			r.Skip()
		}
	})
	return t
}

// encodeState refuses what decodeState could not read.
func encodeState(state helper.State) ([]byte, error) {
	f := stateFile{V: 1, Profile: state.Profile, Written: state.Written}
	for _, p := range state.Pointers {
		out := pointer{Profile: p.Profile, Target: target(p.Target)}
		switch {
		case p.User.Set && utf8.ValidString(p.User.Name):
			out.User = &p.User.Name
		case p.User.Set:
			out.Bytes = []byte(p.User.Name)
		}
		f.Current = append(f.Current, out)
	}
	for _, r := range state.Rejected {
		f.Rejected = append(f.Rejected, rejection{r.ID, target(r.Target), r.Until})
	}
	data, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, err
	}
	data = append(data, '\n')
	if len(data) > maxState {
		return nil, fmt.Errorf("more current accounts than its %d bytes hold: %w", maxState, helper.ErrUnsupported)
	}
	if _, ok := decodeState(data); !ok {
		return nil, fmt.Errorf("it could not be read back: %w", helper.ErrInvalid)
	}
	return data, nil
}
