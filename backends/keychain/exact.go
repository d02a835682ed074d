//go:build darwin || seckeychaintest

package keychain

import (
	"math"
	"unsafe"
)

// exactly is the query for the one item that is want. A query cannot ask for
// what an item does not have, so the item is found among those that are alike,
// and then named by its reference, as git's own helper does when it erases.
func (p *pool) exactly(want item) (uintptr, error) {
	alike := p.query(query{Internet: want.Internet, Service: want.Service, Server: want.Server, Account: want.Account})
	all, err := p.copy(alike, p.matchLimitAll, p.returnAttributes, p.returnRef)
	if err != nil {
		return 0, err
	}
	for at := range p.number(p.arrayGetCount, all) {
		found := p.number(p.arrayGetValueAtIndex, all, at)
		if !p.attributes(found, want.Internet).same(want) {
			continue
		}
		reference := p.number(p.dictionaryGetValue, found, p.valueRef)
		if reference == 0 {
			p.fail("macOS gave no reference")
			return 0, p.err
		}
		d := p.query(query{Internet: want.Internet})
		list := p.own(p.number(p.arrayCreate, 0, uintptr(unsafe.Pointer(&reference)), 1, p.arrayCallBacks))
		p.set(d, p.matchItemList, list)
		return d, p.err
	}
	return 0, itemNotFound
}

// port is what a CFNumber holds, 0 if there is none. What is no port at all is a
// number that none has.
func (p *pool) port(object uintptr) int32 {
	if !p.is(object, p.numberType) {
		return 0
	}
	const int32Type = 3 // kCFNumberSInt32Type
	var n int32
	if byte(p.number(p.numberGetValue, object, int32Type, uintptr(unsafe.Pointer(&n)))) == 0 {
		return math.MaxInt32
	}
	return n
}
