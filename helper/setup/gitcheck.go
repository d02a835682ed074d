package setup

import (
	"context"
	"path/filepath"
)

func (g Git) Check(ctx context.Context, e *Env) []Finding {
	git, err := e.git()
	if err != nil {
		return []Finding{bad("install git", "%v", err)}
	}
	file, err := globalFile(e)
	if err != nil {
		return []Finding{bad("unset GIT_CONFIG_GLOBAL", "%v", err)}
	}
	settings, err := git.effective(ctx, e, file)
	if err != nil {
		return []Finding{bad("git config --global --list", "git's configuration: %v", err)}
	}
	asked := chain(settings, "")
	found := checkChain(asked)
	found = append(found, e.checkOwnLines(ctx, asked)...)
	for _, name := range []string{"GIT_CONFIG_COUNT", "GIT_CONFIG_PARAMETERS", "GIT_ASKPASS"} {
		if e.Getenv(name) != "" {
			found = append(found, bad("unset "+name, "%s is set: git may ask others than these lines say", name))
		}
	}
	return found
}

// checkChain shows whom git asks, in order.
func checkChain(asked []setting) []Finding {
	var found []Finding
	own := -1
	for i, s := range asked {
		if kindOf(s.value) == ownHelper && own < 0 {
			own = i
		}
		found = append(found, good("git asks %d: %s (%s)", i+1, s.value, s.origin))
	}
	if own < 0 {
		return append(found, bad("keyglot setup git", "git does not ask keyglot"))
	}
	for _, s := range asked[:own] {
		if kindOf(s.value).makes() {
			found = append(found, bad(unset(s), "%q answers before keyglot is asked", s.value))
		}
	}
	for _, s := range asked {
		if kindOf(s.value).keeps() {
			how := ""
			if kindOf(s.value) == plainKeeper {
				how = ", in plain text"
			}
			found = append(found, bad(unset(s), "git also hands every password to %q, which keeps it%s", s.value, how))
		}
	}
	return found
}

// checkOwnLines runs what each of keyglot's lines names.
func (e *Env) checkOwnLines(ctx context.Context, asked []setting) []Finding {
	var found []Finding
	for _, s := range asked {
		if kindOf(s.value) != ownHelper {
			continue
		}
		if !e.works(s.value) {
			found = append(found, bad(unset(s), "the program of %q is not there", s.value))
			continue
		}
		if !e.isOwn(s.value) {
			continue
		}
		path := e.Program
		if err := trusted(path); err != nil {
			found = append(found, bad("move keyglot to a folder of yours", "%v", err))
			continue
		}
		if dir := filepath.Dir(path); groupWritable(dir) {
			found = append(found, bad("chmod g-w "+word(dir), "the group may replace programs in %s", dir))
		}
		found = append(found, dry(ctx, e, path, []string{"git", "get"}, "protocol=https\nhost="+dryHost+"\n\n", "", 0))
	}
	return found
}
