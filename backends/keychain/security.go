//go:build darwin || seckeychaintest

package keychain

import (
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
)

// security is secAPI over the system's two libraries.
type security struct {
	libraries func() (*libraries, error)
}

var _ secAPI = security{}

// lazily opens the libraries with the first call.
func lazily(securityPath, foundationPath string) security {
	return security{sync.OnceValues(func() (*libraries, error) {
		var l libraries
		return &l, l.open(securityPath, foundationPath)
	})}
}

// call runs f with the libraries and releases what f has made.
func (s security) call(f func(*pool) error) error {
	l, err := s.libraries()
	if err != nil {
		return err
	}
	p := pool{libraries: l}
	defer p.release()
	return f(&p)
}

func (s security) CopyMatching(q query) (found []item, err error) {
	err = s.call(func(p *pool) error {
		d, err := p.asked(q)
		if err != nil {
			return err
		}
		if q.Data {
			data, err := p.copy(d, p.matchLimitOne, p.returnData)
			if err == nil {
				found = []item{{Data: p.bytes(data)}}
			}
			return err
		}
		all, err := p.copy(d, p.matchLimitAll, p.returnAttributes)
		if err != nil {
			return err
		}
		for at := range p.number(p.arrayGetCount, all) {
			found = append(found, p.attributes(p.number(p.arrayGetValueAtIndex, all, at), q.Internet))
		}
		return p.err
	})
	return found, err
}

// copy returns what the system gives of the items that d asks for.
func (p *pool) copy(d, limit uintptr, what ...uintptr) (uintptr, error) {
	p.set(d, p.matchLimit, limit)
	for _, each := range what {
		p.set(d, each, p.booleanTrue)
	}
	if p.err != nil {
		return 0, p.err
	}
	var result uintptr
	if err := p.status(p.secItemCopyMatching, d, uintptr(unsafe.Pointer(&result))); err != nil {
		return 0, err
	}
	return p.own(result), p.err
}

func (s security) Add(i item) error {
	return s.call(func(p *pool) error {
		d := p.query(query{Service: i.Service, Account: i.Account})
		p.values(d, i)
		if p.err != nil {
			return p.err
		}
		return p.status(p.secItemAdd, d, 0)
	})
}

func (s security) Update(q query, i item) error {
	return s.call(func(p *pool) error {
		d, changes := p.query(q), p.dictionary()
		p.values(changes, i)
		if p.err != nil {
			return p.err
		}
		return p.status(p.secItemUpdate, d, changes)
	})
}

func (s security) Delete(q query) error {
	return s.call(func(p *pool) error {
		d, err := p.asked(q)
		if err != nil {
			return err
		}
		return p.status(p.secItemDelete, d)
	})
}

// asked is the dictionary of q.
func (p *pool) asked(q query) (uintptr, error) {
	if q.Exactly != nil {
		return p.exactly(*q.Exactly)
	}
	return p.query(q), p.err
}

// query is a dictionary for passwords with the attributes that q asks for.
func (p *pool) query(q query) uintptr {
	d := p.dictionary()
	class := p.genericPassword
	if q.Internet {
		class = p.internetPassword
	}
	p.set(d, p.class, class)
	for _, asked := range []struct {
		name  uintptr
		value string
	}{{p.attrService, q.Service}, {p.attrServer, q.Server}, {p.attrAccount, q.Account}, {p.attrDescription, q.Description}} {
		if asked.value != "" {
			p.set(d, asked.name, p.string(asked.value))
		}
	}
	return d
}

// values puts what may be changed of an item into d.
func (p *pool) values(d uintptr, i item) {
	p.set(d, p.attrLabel, p.string(i.Label))
	p.set(d, p.attrDescription, p.string(i.Description))
	p.set(d, p.attrGeneric, p.data(i.Generic))
	p.set(d, p.valueData, p.data(i.Data))
}

// attributes reads what a search gave of one item.
func (p *pool) attributes(d uintptr, internet bool) item {
	text := func(name uintptr) string { return p.text(p.number(p.dictionaryGetValue, d, name)) }
	i := item{Internet: internet, Account: text(p.attrAccount), Label: text(p.attrLabel), Description: text(p.attrDescription)}
	if internet {
		i.Server, i.Domain, i.Path = text(p.attrServer), text(p.attrDomain), text(p.attrPath)
		i.Protocol, i.Type = text(p.attrProtocol), text(p.attrType)
		i.Port = p.port(p.number(p.dictionaryGetValue, d, p.attrPort))
		return i
	}
	i.Service = text(p.attrService)
	if generic := p.number(p.dictionaryGetValue, d, p.attrGeneric); p.is(generic, p.dataType) {
		i.Generic = p.bytes(generic)
	}
	return i
}

// status calls a function that returns an OSStatus. As with number, a pointer
// that is made a uintptr in the call itself is kept, and does not move.
//
//go:uintptrescapes
func (p *pool) status(function uintptr, args ...uintptr) error {
	if n := status(int32(p.number(function, args...))); n != 0 {
		return n
	}
	return nil
}

// number calls a function that returns a number or a pointer.
//
//go:uintptrescapes
func (p *pool) number(function uintptr, args ...uintptr) uintptr {
	result, _, _ := purego.SyscallN(function, args...)
	return result
}
