//go:build darwin || seckeychaintest

package keychain

import (
	"errors"
	"fmt"
	"unsafe"

	"github.com/ebitengine/purego"
)

// libraries are the addresses of what is used of Security and CoreFoundation:
// functions, and constants, which are objects that nobody releases.
type libraries struct {
	secItemAdd, secItemCopyMatching, secItemUpdate, secItemDelete uintptr

	release, typeOf                           uintptr
	stringType, dataType, numberType          uintptr
	numberGetValue                            uintptr
	stringCreate, stringRepresentation        uintptr
	dataCreate, dataGetLength, dataGetBytePtr uintptr
	dictionaryCreate, dictionarySetValue      uintptr
	dictionaryGetValue                        uintptr
	arrayGetCount, arrayGetValueAtIndex       uintptr
	arrayCreate, arrayCallBacks               uintptr
	dictionaryKeys, dictionaryValues          uintptr // call backs that retain and release
	booleanTrue                               uintptr
	class, genericPassword, internetPassword  uintptr
	attrService, attrAccount, attrLabel       uintptr
	attrDescription, attrGeneric, valueData   uintptr
	attrServer, attrDomain, attrProtocol      uintptr
	attrType, attrPath, attrPort              uintptr
	matchLimit, matchLimitOne, matchLimitAll  uintptr
	matchItemList, valueRef                   uintptr
	returnData, returnAttributes, returnRef   uintptr
}

type symbol struct {
	name string
	to   *uintptr
}

func (l *libraries) open(securityPath, foundationPath string) error {
	security, err := purego.Dlopen(securityPath, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return err
	}
	foundation, err := purego.Dlopen(foundationPath, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return err
	}
	return errors.Join(
		addresses(security, []symbol{
			{"SecItemAdd", &l.secItemAdd},
			{"SecItemCopyMatching", &l.secItemCopyMatching},
			{"SecItemUpdate", &l.secItemUpdate},
			{"SecItemDelete", &l.secItemDelete},
		}),
		constants(security, []symbol{
			{"kSecClass", &l.class},
			{"kSecClassGenericPassword", &l.genericPassword},
			{"kSecClassInternetPassword", &l.internetPassword},
			{"kSecAttrService", &l.attrService},
			{"kSecAttrAccount", &l.attrAccount},
			{"kSecAttrLabel", &l.attrLabel},
			{"kSecAttrDescription", &l.attrDescription},
			{"kSecAttrGeneric", &l.attrGeneric},
			{"kSecValueData", &l.valueData},
			{"kSecAttrServer", &l.attrServer},
			{"kSecAttrSecurityDomain", &l.attrDomain},
			{"kSecAttrProtocol", &l.attrProtocol},
			{"kSecAttrAuthenticationType", &l.attrType},
			{"kSecAttrPath", &l.attrPath},
			{"kSecAttrPort", &l.attrPort},
			{"kSecValueRef", &l.valueRef},
			{"kSecMatchItemList", &l.matchItemList},
			{"kSecMatchLimit", &l.matchLimit},
			{"kSecMatchLimitOne", &l.matchLimitOne},
			{"kSecMatchLimitAll", &l.matchLimitAll},
			{"kSecReturnData", &l.returnData},
			{"kSecReturnAttributes", &l.returnAttributes},
			{"kSecReturnRef", &l.returnRef},
		}),
		addresses(foundation, []symbol{
			{"CFRelease", &l.release},
			{"CFGetTypeID", &l.typeOf},
			{"CFStringGetTypeID", &l.stringType},
			{"CFDataGetTypeID", &l.dataType},
			{"CFNumberGetTypeID", &l.numberType},
			{"CFNumberGetValue", &l.numberGetValue},
			{"CFStringCreateWithBytes", &l.stringCreate},
			{"CFStringCreateExternalRepresentation", &l.stringRepresentation},
			{"CFDataCreate", &l.dataCreate},
			{"CFDataGetLength", &l.dataGetLength},
			{"CFDataGetBytePtr", &l.dataGetBytePtr},
			{"CFDictionaryCreateMutable", &l.dictionaryCreate},
			{"CFDictionarySetValue", &l.dictionarySetValue},
			{"CFDictionaryGetValue", &l.dictionaryGetValue},
			{"CFArrayCreate", &l.arrayCreate},
			{"CFArrayGetCount", &l.arrayGetCount},
			{"CFArrayGetValueAtIndex", &l.arrayGetValueAtIndex},
			{"kCFTypeArrayCallBacks", &l.arrayCallBacks},
			{"kCFTypeDictionaryKeyCallBacks", &l.dictionaryKeys},
			{"kCFTypeDictionaryValueCallBacks", &l.dictionaryValues},
		}),
		constants(foundation, []symbol{{"kCFBooleanTrue", &l.booleanTrue}}),
	)
}

func addresses(library uintptr, symbols []symbol) error {
	for _, s := range symbols {
		address, err := purego.Dlsym(library, s.name)
		if err != nil {
			return err
		}
		*s.to = address
	}
	return nil
}

// constants are variables that hold an object.
func constants(library uintptr, symbols []symbol) error {
	err := addresses(library, symbols)
	for _, s := range symbols {
		if err == nil {
			*s.to = **(**uintptr)(unsafe.Pointer(s.to))
		}
	}
	return err
}

// pool owns the objects that one call makes. Its first error stays; until
// then every object is one.
type pool struct {
	*libraries
	owned []uintptr
	err   error
}

func (p *pool) own(object uintptr) uintptr {
	if object == 0 {
		p.fail("macOS made no object")
		return 0
	}
	p.owned = append(p.owned, object)
	return object
}

func (p *pool) fail(reason string) {
	if p.err == nil {
		p.err = errors.New(reason)
	}
}

// release releases each object once, the last one first.
func (p *pool) release() {
	for i := len(p.owned) - 1; i >= 0; i-- {
		p.number(p.libraries.release, p.owned[i])
	}
	p.owned = nil
}

const utf8Encoding = 0x08000100 // kCFStringEncodingUTF8

// string is a CFString of valid UTF-8.
func (p *pool) string(text string) uintptr {
	object := p.number(p.stringCreate, 0, uintptr(unsafe.Pointer(unsafe.StringData(text))), uintptr(len(text)), utf8Encoding, 0)
	return p.own(object)
}

// text is what a CFString holds. What is none, or no text, is "": a search may
// meet the items of any program.
func (p *pool) text(object uintptr) string {
	if !p.is(object, p.stringType) {
		return ""
	}
	data := p.number(p.stringRepresentation, 0, object, utf8Encoding, 0)
	if data == 0 {
		return ""
	}
	return string(p.bytes(p.own(data)))
}

// is reports whether there is an object, of the type that function names.
func (p *pool) is(object, function uintptr) bool {
	return object != 0 && p.number(p.typeOf, object) == p.number(function)
}

// data is a CFData with a copy of bytes.
func (p *pool) data(bytes []byte) uintptr {
	object := p.number(p.dataCreate, 0, uintptr(unsafe.Pointer(unsafe.SliceData(bytes))), uintptr(len(bytes)))
	return p.own(object)
}

// bytes is a copy of what a CFData holds.
func (p *pool) bytes(data uintptr) []byte {
	length := int(p.number(p.dataGetLength, data))
	if length == 0 {
		return nil
	}
	first := p.number(p.dataGetBytePtr, data)
	if length < 0 || first == 0 {
		p.fail(fmt.Sprintf("macOS gave %d bytes", length))
		return nil
	}
	return append([]byte(nil), unsafe.Slice(*(**byte)(unsafe.Pointer(&first)), length)...)
}

// dictionary is an empty one that retains what is put into it.
func (p *pool) dictionary() uintptr {
	return p.own(p.number(p.dictionaryCreate, 0, 0, p.dictionaryKeys, p.dictionaryValues))
}

func (p *pool) set(dictionary, key, value uintptr) {
	if p.err == nil {
		p.number(p.dictionarySetValue, dictionary, key, value)
	}
}
