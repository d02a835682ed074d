package netrc

const usage = `Usage: keyglot netrc OPERATION [HOST...] [OPTION...]

Gives out, keeps and removes credentials as netrc text: one line an entry,
"machine HOST login USER password PASSWORD".

  get [HOST...]         print the entries of HOSTs
  store                 keep the entries that are written to stdin
  erase [HOST [USER]]   remove an entry
  list                  print machines and logins, without passwords
  export [HOST...]      print the entries of the whole store
  import FILE           keep the entries of a netrc file

HOST is a host, host:port or URL. "h" asks for https://h and then http://h.
Without HOST, get and erase read netrc text from stdin. Each operation shows
its options with --help. To give a command a netrc without a file on disk:
keyglot exec --netrc --host HOST -- COMMAND
`

const usageGet = `Usage: keyglot netrc get [HOST...] [OPTION...]

Prints one entry for each HOST, in the order asked. Without HOST it reads netrc
text from stdin, whose entries need no password: "machine h [login u]".

  --ports exact|both|host  how a machine with a port is named: "h:8443", for
                           Go and buf; "h", for curl, wget and Python, which
                           ignore ports; or both. Default: exact
  --for LIST               write for these readers only, separated by commas:
                           curl, wget, wget2, python, go, buf, git
  --strict                 refuse what not every reader understands

Exit codes: 0 all found; 1 some or none found, or refused; 2 usage.
`

const usageStore = `Usage: keyglot netrc store [OPTION...]

Keeps the entries of the netrc text on stdin, all or none: what is not right is
named by its line. An entry without login, or with login __token__, is a token.
"machine h" is kept for https://h.

  --scheme https|http      what a machine without a scheme is kept for;
                           http only for this computer and the hosts in
                           security.allow_http. Default: https
`

const usageErase = `Usage: keyglot netrc erase [HOST [USER]] [OPTION...]

Removes the entry of HOST and USER; without USER, of the current account. No
other account answers in its place. Without HOST it reads netrc text from stdin;
a password there must be the stored one. Nothing to remove is no error.

  --all                    remove every account of the HOST
`

const usageList = `Usage: keyglot netrc list

Prints "machine HOST login USER" for every account, the current one of each
machine first, without passwords. Nothing is unlocked.
`

const usageExport = `Usage: keyglot netrc export [HOST...] [OPTION...]

Prints the current accounts of HOSTs, or of the whole store, sorted by host.
What a netrc cannot hold is named on stderr.

  --all                    every account; readers take the first or the last
  --ports exact|both|host  as for get. Default: both, where no other port of
                           the host is stored
  --for LIST, --strict     as for get
  -o, --out FILE           write to a new FILE that only you can read
  --force                  replace FILE
  --yes                    print to a terminal
`
