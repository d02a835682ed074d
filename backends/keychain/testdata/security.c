// A Security.framework and CoreFoundation of the few functions that keyglot
// calls, for machines that are no Mac. It keeps items in a folder, so that
// several processes share them, counts the objects that are alive, and notes
// every call that is not as Apple documents it.
//
//	gcc -shared -fPIC -Wall -Werror -o libsecurity.so security.c
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef long CFIndex;
typedef int32_t OSStatus;

enum kind { STRING = 1, DATA, DICTIONARY, ARRAY, BOOLEAN, NUMBER, REFERENCE };

struct object {
	uint32_t magic;
	enum kind kind;
	CFIndex references; // -1: a constant
	CFIndex count;      // bytes, or entries
	unsigned char *bytes;
	struct object **keys, **values;
};

#define MAGIC 0xcf0b1ec7u

static long live, faults, calls[4];
static char fault[200];
static OSStatus next_status[8];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void wrong(const char *what) {
	pthread_mutex_lock(&mutex);
	faults++;
	snprintf(fault, sizeof fault, "%s", what);
	pthread_mutex_unlock(&mutex);
}

// For the test: how many objects are alive, how many calls were wrong, and
// what was wrong with the last of these.
long fake_live(void) { return __atomic_load_n(&live, __ATOMIC_SEQ_CST); }
long fake_faults(void) { return __atomic_load_n(&faults, __ATOMIC_SEQ_CST); }
const char *fake_fault(void) { return fault; }

// The n-th call from now (0: the next) answers with this status alone.
void fake_status(int n, OSStatus status) { next_status[n] = status; }

// How often the four SecItem functions were called: add, copy, update, delete.
long fake_calls(int which) { return calls[which]; }

#define CONSTANT(name, text) \
	static struct object name##_object = {MAGIC, STRING, -1, sizeof text - 1, (unsigned char *)text, 0, 0}; \
	struct object *const name = &name##_object;

CONSTANT(kSecClass, "class")
CONSTANT(kSecClassGenericPassword, "genp")
CONSTANT(kSecClassInternetPassword, "inet")
CONSTANT(kSecAttrService, "svce")
CONSTANT(kSecAttrAccount, "acct")
CONSTANT(kSecAttrLabel, "labl")
CONSTANT(kSecAttrDescription, "desc")
CONSTANT(kSecAttrGeneric, "gena")
CONSTANT(kSecAttrServer, "srvr")
CONSTANT(kSecAttrSecurityDomain, "sdmn")
CONSTANT(kSecAttrProtocol, "ptcl")
CONSTANT(kSecAttrAuthenticationType, "atyp")
CONSTANT(kSecAttrPath, "path")
CONSTANT(kSecAttrPort, "port")
CONSTANT(kSecValueData, "v_Data")
CONSTANT(kSecValueRef, "v_Ref")
CONSTANT(kSecMatchItemList, "m_ItemList")
CONSTANT(kSecMatchLimit, "m_Limit")
CONSTANT(kSecMatchLimitOne, "m_LimitOne")
CONSTANT(kSecMatchLimitAll, "m_LimitAll")
CONSTANT(kSecReturnData, "r_Data")
CONSTANT(kSecReturnAttributes, "r_Attributes")
CONSTANT(kSecReturnRef, "r_Ref")
static struct object true_object = {MAGIC, BOOLEAN, -1, 1, 0, 0, 0};
struct object *const kCFBooleanTrue = &true_object;
const char kCFTypeArrayCallBacks[40], kCFTypeDictionaryKeyCallBacks[48], kCFTypeDictionaryValueCallBacks[40];

// --- CoreFoundation.

static int is(const struct object *o, enum kind kind) {
	if (!o || o->magic != MAGIC || o->references == 0) {
		wrong("not an object, or one that is gone");
		return 0;
	}
	if (kind && o->kind != kind) {
		wrong("an object of another kind");
		return 0;
	}
	return 1;
}

// A type is the kind. An object that is gone has none.
unsigned long CFGetTypeID(struct object *o) { return is(o, 0) ? o->kind : 0; }
unsigned long CFStringGetTypeID(void) { return STRING; }
unsigned long CFDataGetTypeID(void) { return DATA; }
unsigned long CFNumberGetTypeID(void) { return NUMBER; }

static struct object *make(enum kind kind, const void *bytes, CFIndex count) {
	struct object *o = calloc(1, sizeof *o);
	o->magic = MAGIC, o->kind = kind, o->references = 1, o->count = count;
	if (bytes || kind == STRING || kind == DATA) {
		o->bytes = malloc(count + 1);
		if (count) memcpy(o->bytes, bytes, count);
	}
	__atomic_add_fetch(&live, 1, __ATOMIC_SEQ_CST);
	return o;
}

static struct object *retain(struct object *o) {
	if (o->references > 0) o->references++;
	return o;
}

void CFRelease(struct object *o) {
	if (!is(o, 0) || o->references < 0) {
		if (o && o->references < 0) wrong("CFRelease of a constant");
		return;
	}
	if (--o->references > 0) return;
	for (CFIndex i = 0; i < o->count && o->values; i++) {
		if (o->keys && o->keys[i]->references > 0) CFRelease(o->keys[i]);
		if (o->values[i]->references > 0) CFRelease(o->values[i]);
	}
	free(o->bytes), free(o->keys), free(o->values);
	o->bytes = 0, o->keys = o->values = 0;
	__atomic_sub_fetch(&live, 1, __ATOMIC_SEQ_CST);
	// The object itself stays, so that a second release is noticed.
}

static int utf8(const unsigned char *s, CFIndex n) {
	for (CFIndex i = 0; i < n;) {
		int more = s[i] < 0x80 ? 0 : s[i] >= 0xc2 && s[i] < 0xe0 ? 1 : (s[i] & 0xf0) == 0xe0 ? 2 : s[i] >= 0xf0 && s[i] < 0xf5 ? 3 : -1;
		if (more < 0 || i + more >= n) return 0;
		for (int k = 1; k <= more; k++)
			if ((s[i + k] & 0xc0) != 0x80) return 0;
		i += more + 1;
	}
	return 1;
}

#define UTF8 0x08000100u

struct object *CFStringCreateWithBytes(void *allocator, const unsigned char *bytes, CFIndex count, uint32_t encoding, unsigned char external) {
	if (allocator || count < 0 || encoding != UTF8 || external) wrong("CFStringCreateWithBytes");
	return utf8(bytes, count) ? make(STRING, bytes, count) : 0;
}

struct object *CFStringCreateExternalRepresentation(void *allocator, struct object *string, uint32_t encoding, unsigned char loss) {
	if (allocator || encoding != UTF8 || loss) wrong("CFStringCreateExternalRepresentation");
	return is(string, STRING) ? make(DATA, string->bytes, string->count) : 0;
}

struct object *CFDataCreate(void *allocator, const unsigned char *bytes, CFIndex count) {
	if (allocator || count < 0) wrong("CFDataCreate");
	return make(DATA, bytes, count);
}

CFIndex CFDataGetLength(struct object *data) { return is(data, DATA) ? data->count : 0; }
const unsigned char *CFDataGetBytePtr(struct object *data) { return is(data, DATA) ? data->bytes : 0; }

struct object *CFDictionaryCreateMutable(void *allocator, CFIndex capacity, const void *keys, const void *values) {
	if (allocator || capacity || keys != kCFTypeDictionaryKeyCallBacks || values != kCFTypeDictionaryValueCallBacks)
		wrong("CFDictionaryCreateMutable");
	return make(DICTIONARY, 0, 0);
}

static int same(const struct object *a, const struct object *b) {
	return a->kind == b->kind && a->count == b->count && (a->kind == BOOLEAN || memcmp(a->bytes, b->bytes, a->count) == 0);
}

struct object *CFDictionaryGetValue(struct object *d, struct object *key) {
	if (!is(d, DICTIONARY) || !is(key, STRING)) return 0;
	for (CFIndex i = 0; i < d->count; i++)
		if (same(d->keys[i], key)) return d->values[i];
	return 0;
}

void CFDictionarySetValue(struct object *d, struct object *key, struct object *value) {
	if (!is(d, DICTIONARY) || !is(key, STRING) || !is(value, 0)) return;
	if (CFDictionaryGetValue(d, key)) {
		wrong("a key set twice");
		return;
	}
	d->keys = realloc(d->keys, (d->count + 1) * sizeof *d->keys);
	d->values = realloc(d->values, (d->count + 1) * sizeof *d->values);
	d->keys[d->count] = retain(key), d->values[d->count] = retain(value), d->count++;
}

// A number has four bytes, or eight: then it may be too large for the caller.
unsigned char CFNumberGetValue(struct object *number, CFIndex type, int32_t *value) {
	if (!is(number, NUMBER) || type != 3 || !value) {
		wrong("CFNumberGetValue");
		return 0;
	}
	memcpy(value, number->bytes, sizeof *value);
	return number->count == sizeof *value;
}

struct object *CFArrayCreate(void *allocator, struct object **values, CFIndex count, const void *callbacks) {
	if (allocator || count < 1 || callbacks != kCFTypeArrayCallBacks) {
		wrong("CFArrayCreate");
		return 0;
	}
	struct object *a = make(ARRAY, 0, 0);
	a->values = calloc(count, sizeof *a->values);
	for (; a->count < count; a->count++) {
		if (!is(values[a->count], 0)) return a;
		a->values[a->count] = retain(values[a->count]);
	}
	return a;
}

CFIndex CFArrayGetCount(struct object *a) { return is(a, ARRAY) ? a->count : 0; }

struct object *CFArrayGetValueAtIndex(struct object *a, CFIndex at) {
	if (!is(a, ARRAY) || at < 0 || at >= a->count) {
		wrong("CFArrayGetValueAtIndex");
		return 0;
	}
	return a->values[at];
}

// --- Items. Each is a file: its class, and for each attribute its length and
// its bytes.

enum attribute {
	SERVICE, ACCOUNT, LABEL, DESCRIPTION, SERVER, DOMAIN, PROTOCOL, TYPE, PATH, PORT, GENERIC, VALUE, ATTRIBUTES
};

struct item {
	CFIndex internet;                 // else a generic password
	unsigned char *bytes[ATTRIBUTES]; // 0: not there
	CFIndex count[ATTRIBUTES];
};

static struct object *name_of(int attribute) {
	struct object *names[] = {
		kSecAttrService, kSecAttrAccount, kSecAttrLabel, kSecAttrDescription, kSecAttrServer, kSecAttrSecurityDomain,
		kSecAttrProtocol, kSecAttrAuthenticationType, kSecAttrPath, kSecAttrPort, kSecAttrGeneric, kSecValueData};
	return names[attribute];
}

static enum kind kind_of(int attribute) { return attribute == PORT ? NUMBER : attribute >= GENERIC ? DATA : STRING; }

// belongs: an attribute is one of the class.
static int belongs(int attribute, int internet) {
	if (attribute >= SERVER && attribute <= PORT) return internet;
	return !internet || (attribute != SERVICE && attribute != GENERIC);
}

static void forget(struct item *i) {
	for (int a = 0; a < ATTRIBUTES; a++) free(i->bytes[a]);
	memset(i, 0, sizeof *i);
}

static void path_of(char *path, const struct item *i, const char *suffix) {
	uint64_t hash = 14695981039346656037u;
	for (int a = SERVICE; a <= ACCOUNT; a++) {
		for (CFIndex n = 0; n < i->count[a]; n++) hash = (hash ^ i->bytes[a][n]) * 1099511628211u;
		hash = (hash ^ 0xff) * 1099511628211u;
	}
	snprintf(path, 4096, "%s/%016llx%s", getenv("KEYGLOT_TEST_ITEMS"), (unsigned long long)hash, suffix);
}

static int read_item(const char *path, struct item *i) {
	memset(i, 0, sizeof *i);
	FILE *f = fopen(path, "r");
	if (!f) return 0;
	if (fread(&i->internet, sizeof i->internet, 1, f) != 1) wrong("a file that is not an item");
	for (int a = 0; a < ATTRIBUTES; a++) {
		CFIndex count;
		if (fread(&count, sizeof count, 1, f) != 1) break;
		if (count < 0) continue;
		i->count[a] = count, i->bytes[a] = malloc(count + 1);
		if (fread(i->bytes[a], 1, count, f) != (size_t)count) wrong("a file that is not an item");
	}
	fclose(f);
	return 1;
}

// write_item replaces the item's file; with fresh it must not be there.
static OSStatus write_item(const struct item *i, int fresh) {
	char temp[4096], path[4096], suffix[64];
	static int serial;
	snprintf(suffix, sizeof suffix, ".%d.%d", getpid(), __atomic_add_fetch(&serial, 1, __ATOMIC_SEQ_CST));
	path_of(temp, i, suffix), path_of(path, i, "");
	FILE *f = fopen(temp, "w");
	if (!f) return -61;
	fwrite(&i->internet, sizeof i->internet, 1, f);
	for (int a = 0; a < ATTRIBUTES; a++) {
		CFIndex count = i->bytes[a] ? i->count[a] : -1;
		fwrite(&count, sizeof count, 1, f);
		if (count > 0) fwrite(i->bytes[a], 1, count, f);
	}
	fclose(f);
	OSStatus status = 0;
	if (fresh) {
		if (link(temp, path) != 0) status = -25299;
		unlink(temp);
	} else if (rename(temp, path) != 0)
		status = -61;
	return status;
}

// asked is what a query says beside attributes.
struct asked {
	int limit, data, attributes, reference;
	struct object *list; // the only items that are meant
};

// take reads the attributes in a dictionary; -50 for what does not belong there.
static OSStatus take(struct object *d, struct item *i, struct asked *asked) {
	memset(i, 0, sizeof *i);
	if (asked) memset(asked, 0, sizeof *asked);
	if (!is(d, DICTIONARY)) return -50;
	struct object *class = CFDictionaryGetValue(d, kSecClass);
	i->internet = class == kSecClassInternetPassword;
	if (!asked == (i->internet || class == kSecClassGenericPassword)) {
		wrong(asked ? "a query without its class" : "changes with a class");
		return -50;
	}
	for (CFIndex n = 0; n < d->count; n++) {
		struct object *key = d->keys[n], *value = d->values[n];
		int a = 0;
		while (a < ATTRIBUTES && name_of(a) != key) a++;
		if (a < ATTRIBUTES && belongs(a, i->internet)) {
			if (!is(value, kind_of(a))) return -50;
			i->count[a] = value->count, i->bytes[a] = malloc(value->count + 1);
			memcpy(i->bytes[a], value->bytes, value->count);
		} else if (key == kSecMatchLimit && asked)
			asked->limit = value == kSecMatchLimitOne ? 1 : value == kSecMatchLimitAll ? 2 : 0;
		else if (key == kSecReturnData && asked)
			asked->data = value == kCFBooleanTrue;
		else if (key == kSecReturnAttributes && asked)
			asked->attributes = value == kCFBooleanTrue;
		else if (key == kSecReturnRef && asked)
			asked->reference = value == kCFBooleanTrue;
		else if (key == kSecMatchItemList && asked && is(value, ARRAY))
			asked->list = value;
		else if (key != kSecClass) {
			wrong("a key that does not belong here");
			return -50;
		}
	}
	return 0;
}

// listed: without a list all items are.
static int listed(const struct object *list, const char *path) {
	for (CFIndex n = 0; list && n < list->count; n++)
		if (is(list->values[n], REFERENCE) && !strcmp((char *)list->values[n]->bytes, path)) return 1;
	return !list;
}

static int matches(const struct item *query, const struct item *i) {
	if (query->internet != i->internet) return 0;
	for (int a = 0; a < ATTRIBUTES; a++) {
		if (!query->bytes[a] || !query->count[a]) continue; // an empty one is not asked for
		if (!i->bytes[a] || i->count[a] != query->count[a] || memcmp(i->bytes[a], query->bytes[a], i->count[a])) return 0;
	}
	return 1;
}

static OSStatus begin(int which) {
	calls[which]++;
	OSStatus status = next_status[0];
	memmove(next_status, next_status + 1, sizeof next_status - sizeof next_status[0]);
	return status;
}

OSStatus SecItemAdd(struct object *attributes, struct object **result) {
	OSStatus status = begin(0);
	if (status) return status;
	if (result) wrong("SecItemAdd with a result that nobody releases");
	struct item i;
	struct asked a;
	status = take(attributes, &i, &a);
	if (!status && (a.limit || a.data || a.attributes || a.reference || a.list)) wrong("SecItemAdd that asks"), status = -50;
	if (!status && i.internet) wrong("SecItemAdd of an internet password"), status = -50;
	if (!status && !(i.count[SERVICE] && i.count[ACCOUNT] && i.bytes[VALUE])) wrong("SecItemAdd without service, account and data"), status = -50;
	if (!status) status = write_item(&i, 1);
	forget(&i);
	return status;
}

static struct object *dictionary_of(const struct item *i, const char *path) {
	struct object *d = make(DICTIONARY, 0, 0);
	for (int a = 0; a < VALUE; a++) {
		if (!i->bytes[a]) continue;
		enum kind kind = kind_of(a);
		if (kind == STRING && !utf8(i->bytes[a], i->count[a])) kind = DATA;
		struct object *value = make(kind, i->bytes[a], i->count[a]);
		CFDictionarySetValue(d, name_of(a), value);
		CFRelease(value);
	}
	if (path) {
		struct object *reference = make(REFERENCE, path, strlen(path) + 1);
		CFDictionarySetValue(d, kSecValueRef, reference);
		CFRelease(reference);
	}
	return d;
}

OSStatus SecItemCopyMatching(struct object *query, struct object **result) {
	OSStatus status = begin(1);
	if (status) return status;
	struct item q;
	struct asked a;
	status = take(query, &q, &a);
	if (!status && (!result || *result || !a.limit || a.data == a.attributes || (a.reference && !a.attributes) || (a.data && a.limit != 1) || (a.attributes && a.limit != 2))) {
		wrong("SecItemCopyMatching: what is to come back"), status = -50; // no data of several passwords at once
	}
	DIR *dir = status ? 0 : opendir(getenv("KEYGLOT_TEST_ITEMS"));
	struct object *all = make(ARRAY, 0, 0);
	struct dirent *entry;
	while (dir && (entry = readdir(dir))) {
		char path[4096];
		struct item i;
		if (strlen(entry->d_name) != 16) continue;
		snprintf(path, sizeof path, "%s/%s", getenv("KEYGLOT_TEST_ITEMS"), entry->d_name);
		if (!read_item(path, &i)) continue;
		if (matches(&q, &i) && listed(a.list, path) && (a.limit == 2 || all->count == 0)) {
			all->values = realloc(all->values, (all->count + 1) * sizeof *all->values);
			all->values[all->count++] = a.data ? make(DATA, i.bytes[VALUE], i.count[VALUE]) : dictionary_of(&i, a.reference ? path : 0);
		}
		forget(&i);
	}
	if (dir) closedir(dir);
	forget(&q);
	if (!status && !all->count) status = -25300;
	if (!status) *result = retain(a.limit == 2 ? all : all->values[0]);
	CFRelease(all);
	return status;
}

// exactly one item is what keyglot changes: the one in a list, or that of a
// service and account.
static OSStatus exactly(struct object *query, struct item *i, char *path) {
	struct item q;
	struct asked a;
	OSStatus status = take(query, &q, &a);
	if (!status && !(a.list ? a.list->count == 1 : q.count[SERVICE] && q.count[ACCOUNT])) wrong("a change of more than one item"), status = -50;
	if (!status && a.list && is(a.list->values[0], REFERENCE))
		snprintf(path, 4096, "%s", (char *)a.list->values[0]->bytes);
	else
		path_of(path, &q, "");
	if (!status && !read_item(path, i)) status = -25300;
	forget(&q);
	return status;
}

OSStatus SecItemUpdate(struct object *query, struct object *changes) {
	OSStatus status = begin(2);
	if (status) return status;
	struct item i = {0}, c = {0};
	char path[4096];
	status = exactly(query, &i, path);
	if (!status) status = take(changes, &c, 0);
	for (int a = 0; !status && a < ATTRIBUTES; a++) {
		if (!c.bytes[a]) continue;
		free(i.bytes[a]);
		i.bytes[a] = c.bytes[a], i.count[a] = c.count[a], c.bytes[a] = 0;
	}
	if (!status) status = write_item(&i, 0);
	forget(&i), forget(&c);
	return status;
}

OSStatus SecItemDelete(struct object *query) {
	OSStatus status = begin(3);
	if (status) return status;
	struct item i = {0};
	char path[4096];
	status = exactly(query, &i, path);
	if (!status && unlink(path) != 0) status = -25300;
	forget(&i);
	return status;
}
