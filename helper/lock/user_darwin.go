package lock

// belowHome is where the state lies if nothing says otherwise.
const belowHome = "Library/Application Support/keyglot-state"
