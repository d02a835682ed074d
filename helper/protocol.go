package helper

import (
	"context"
	"io"
	"time"
)

// Protocol is a helper protocol. It translates: a request in, a Service asked,
// an answer out. It decides nothing.
type Protocol struct {
	Name, Summary string
	Programs      []string   // the program names it answers to, e.g. "git-credential-keyglot"
	Bare          []string   // operations that are answered without configuration or stores: "capability", "--version"
	Commands      []Alias    // operations that a command of people carries out
	Options       func() any // a pointer to its options with their defaults, read from [NAME] in config.toml; nil: it has none
	// Serve reads one request and writes one answer, in one write. Its error
	// is printed on stderr as one line "keyglot: ...", hints excluded; an
	// *Exit carries the code (1 without one) and may carry no message.
	Serve func(ctx context.Context, call Call, svc Service) error
}

// Alias is an operation of a protocol that is another name for a command.
type Alias struct {
	Operation string
	Words     string // of the command, separated by blanks; the operation's own follow
}

// Call is one run of a protocol's program.
type Call struct {
	Program  string   // the name it was called by, without folder and .exe; for messages
	Args     []string // the words behind the common options: the operation first
	Problem  error    // the common options were not understood: answer with the protocol's usage
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer
	Terminal func(fd int) bool // whether descriptor 0, 1 or 2 is a terminal
	Version  func() string
	Now      func() time.Time
	Budget   time.Duration // for messages; ctx holds the deadline
	Options  any           // what Protocol.Options returned, filled in
}

// Service is what a protocol may ask for. *Helper is the real one.
type Service interface {
	// Get returns the one credential that answers q. ErrNotFound: nothing
	// does; ErrAmbiguous: several do and none is current; ErrLoginRequired:
	// the one that does has expired.
	Get(ctx context.Context, q Query) (Answer, error)
	// Store keeps a credential. It wraps ErrPlainHTTP where plain http is not
	// allowed. What is stored already is not written again.
	Store(ctx context.Context, p Put) (Stored, error)
	// Erase removes what r describes and says what went and what stayed.
	// Nothing there is no error. Results and an error may both come back.
	Erase(ctx context.Context, r Removal) ([]Result, error)
	// List returns entries without secrets: those whose target lies in
	// q.Target's realm, or all of them for the zero target. Entries and an
	// error may both come back.
	List(ctx context.Context, q Query) ([]Listed, error)
}

// Query asks for the credential of a target.
type Query struct {
	Target  Target
	User    User          // absent: any
	Secret  Secret        // erase only what holds this secret; absent: any; given and empty is a value
	Kinds   []Kind        // what the asker can carry; none: any
	MinTTL  time.Duration // renew what ends sooner
	Below   bool          // git: without a path, the only record below may answer if it is exact (GIT-33)
	Expired bool          // git: an expired record comes back without its secret (GIT-45) instead of ErrLoginRequired

	AllProfiles bool // List: of every profile, not only those that answer
}

// Answer is the credential that answers, its Basic user name resolved (AUTH-35):
// a protocol only spells it.
type Answer struct {
	Credential
	Sends  User   // the Basic user name to send, or absent
	Store  string // where it came from
	Source bool   // that is another tool's
}

// Put asks to keep a credential. Its profile is filled in by the Service.
type Put struct {
	Credential
	Current   bool     // it becomes the target's account: a login, a docker store
	Sole      bool     // it replaces the target's other records of the same origin: docker (DOC-22)
	Ahead     []string // a login: stores that other questions are answered from first; one that cannot be read may hold an older secret, so that the Put fails (SEC-83)
	KeepLogin bool     // git, which stores back what it was given: a healthy login of keyglot's own is not replaced (GIT-64)
}

// Stored says what a Put did.
type Stored struct {
	Store    string // where the record is now
	Profile  string
	Changed  bool     // something was written
	Replaced bool     // the key was there before
	Current  bool     // it is the target's account now
	Accounts []User   // all accounts of its target, its own included
	Unread   []string // other stores that could not be looked into and may hold an older copy
}

// Removal asks to remove records.
type Removal struct {
	Query
	Whole  bool   // records of exactly this target; otherwise all that answer it, and broader ones are set aside (GIT-75)
	Every  bool   // with Whole and no user: all accounts instead of the current one
	Only   bool   // with Whole: the account User and no other, also where that is the one without user name
	Origin string // with Whole and no user: besides the current account all of this origin (DOC-27)
	Logout bool   // by a person: refresh tokens go too, the pointer is cleared; otherwise a login loses only its access token
}

// Result is what happened to one record of a Removal.
type Result struct {
	Entry
	Store  string
	Source bool      // that is another tool's
	Kept   string    // why it is still there; "" if it went
	Until  time.Time // when the secret ends by itself; zero: unknown
}

// Why a record is still there after a Removal.
const (
	KeptLogin  = "the login stays, its token was dropped"
	KeptSecret = "another secret is stored"
	KeptWider  = "it covers more than was asked; it is set aside for an hour"
	KeptAside  = "another tool keeps it; it is set aside for an hour"
	KeptSource = "another tool keeps it, and keyglot only reads it"
)

// Listed is an entry and where it lies.
type Listed struct {
	Entry
	Store    string
	Source   bool        // that is another tool's
	Current  bool        // the account that answers when none is named
	Shadowed bool        // a place before this one holds the same account
	By       string      // that store, unless this one is a source
	Rejected []Rejection // the targets that it is set aside for now
}
