package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"keyglot/helper/command"
)

// prose are the words that follow "keyglot" in a sentence about it.
var prose = []string{
	"again", "already", "and", "answers", "as", "before", "but", "by", "can", "cannot", "credential", "does", "exported", "has", "holds", "in", "is", "keeps", "knows",
	"lets", "needed", "only", "read", "realm", "sets", "store", "there", "to", "was",
}

// others are flags of other programs that are named to people.
var others = []string{"--flag", "--timeout"} // the latter is of protocol verbs

var (
	// mention is a command in a text, from the program's name to the end of what can be part of it.
	mention = regexp.MustCompile("(?:^|[^-\\w])keyglot ((?:[^\\s;,`()|\"]+ ?)+)")
	// asFormat is the program's name as that of a format.
	asFormat  = regexp.MustCompile(`(ex|im)port keyglot|(?m)^keyglot \\-`)
	toldFlag  = regexp.MustCompile(`\b(?:use|add|pass|give|with|try) (--[a-z][a-z0-9-]*)`)
	someFlag  = regexp.MustCompile(`(?:^|[\s(])(--[a-z][a-z0-9-]*)`)
	codeSpan  = regexp.MustCompile("(?s)```.*?```|`[^`]+`")
	helpTag   = regexp.MustCompile(`help:"([^"]*)"`)
	lowerCase = regexp.MustCompile(`^[a-z][a-z-]*$`) // a placeholder is in capitals
)

// TestHintsNameWhatThereIs: every command and every flag that a text of the program or of the
// documentation names is in the grammar, so that people can do what they are told (AUTH-2).
func TestHintsNameWhatThereIs(t *testing.T) {
	t.Parallel()
	var g grammar
	root, err := g.root("")
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string]bool{}
	everyFlag(root, flags)
	commands := 0
	for where, text := range texts(t) {
		text = asFormat.ReplaceAllString(text, "${1}port FORMAT")
		for _, found := range mention.FindAllStringSubmatch(text, -1) {
			problem, is := follow(root, found[1])
			if problem != "" {
				t.Errorf("%s: %q: %s", where, "keyglot "+strings.TrimSpace(found[1]), problem)
			}
			if is {
				commands++
			}
		}
		named := toldFlag // elsewhere there are also flags of the programs that are started
		if strings.HasPrefix(where, "../cli/") || strings.HasPrefix(where, "../service/") || strings.HasPrefix(where, "../provider/") {
			named = someFlag
		}
		for _, flag := range named.FindAllStringSubmatch(text, -1) {
			if !flags[flag[1]] && !slices.Contains(others, flag[1]) {
				t.Errorf("%s: there is no flag %s", where, flag[1])
			}
		}
	}
	if commands < 150 {
		t.Errorf("only %d commands were looked for", commands)
	}
	for _, wrong := range []string{"aws", "auth logon h", "auth login h --tokn -", "setup vim", "auth list --revoke", "frobs"} {
		if problem, _ := follow(root, wrong); problem == "" {
			t.Errorf("keyglot %s is taken for a command", wrong)
		}
	}
}

func everyFlag(c *command.Command, into map[string]bool) {
	for _, f := range c.Flags {
		into["--"+f.Name] = true
	}
	for _, child := range c.Commands {
		everyFlag(child, into)
	}
}

// follow goes through the words behind the program's name as far as they are commands and flags.
// It says what is wrong, and whether the words are a command at all.
func follow(c *command.Command, text string) (problem string, is bool) {
	known := slices.Clone(c.Flags)
	words := strings.Fields(text)
	for i, word := range words {
		bare := strings.TrimRight(word, ".:'?")
		next := slices.IndexFunc(c.Commands, func(child *command.Command) bool { return child.Name == bare })
		switch {
		case next >= 0:
			c = c.Commands[next]
			known = append(known, c.Flags...)
		case i == 0 && bare == "--version", i == 0 && bare == "--help", i == 0 && bare == "help", i == 0 && bare == "":
		case i == 0 && (slices.Contains(prose, bare) || strings.HasPrefix(bare, "%") || strings.HasPrefix(bare, "/")):
			return "", false
		case i == 0 && !strings.HasPrefix(word, "-"):
			return "there is no such command, and it is no word of prose that the test knows", false
		case len(c.Commands) > 0 && i > 0 && bare == strings.ToUpper(bare) && !strings.HasPrefix(word, "-"):
			return "", true // TOOL stands for any
		case len(c.Commands) > 0 && i > 0 && c.Parent != nil && !strings.HasPrefix(word, "-") && lowerCase.MatchString(bare):
			return "there is no command " + c.Path() + " " + bare, true
		case word == "--":
			return "", true // another program's words
		case strings.HasPrefix(bare, "-"):
			if problem := noFlag(c, known, bare); problem != "" {
				return problem, true
			}
		}
		if bare != word || len(c.Commands) == 0 && c.Target() != nil && isProtocol(c) {
			return "", true // a sentence goes on, or a protocol's own words
		}
	}
	return "", true
}

func isProtocol(c *command.Command) bool {
	_, is := c.Target().(*served)
	return is
}

func noFlag(c *command.Command, known []*command.Flag, word string) string {
	name, _, _ := strings.Cut(strings.TrimRight(word, "'"), "=")
	if name == "-" || name == "--" {
		return ""
	}
	if slices.ContainsFunc(known, func(f *command.Flag) bool {
		return "--"+f.Name == name || f.Short != "" && strings.HasPrefix(name, "-"+f.Short)
	}) {
		return ""
	}
	return c.Path() + " has no flag " + name
}

// texts are the strings of the program by where they stand, and the commands of the documentation.
func texts(t *testing.T) map[string]string {
	list := map[string]string{}
	for _, pattern := range []string{"../*.go", "../*/*.go", "../format/*/*.go", "../../backends/*.go", "../../backends/*/*.go", "../../backends/source/*/*.go", "../../protocol/*.go", "../../protocol/*/*.go", "../../*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "completion.go") { // scripts of shells
				continue
			}
			stringsOf(t, file, list)
		}
	}
	for _, pattern := range []string{"../../*.md", "../../docs/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, block := range codeSpan.FindAllString(string(data), -1) {
				for n, line := range strings.Split(block, "\n") {
					line, _, _ = strings.Cut(" "+line, " #")
					list[file+" code "+strconv.Itoa(i)+"."+strconv.Itoa(n)] = strings.Trim(line, "` ")
				}
			}
		}
	}
	return list
}

// stringsOf collects the strings of a source file; of tags their help.
func stringsOf(t *testing.T, file string, into map[string]string) {
	set := token.NewFileSet()
	parsed, err := parser.ParseFile(set, file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok && field.Tag != nil {
			if found := helpTag.FindStringSubmatch(field.Tag.Value); found != nil {
				into[file+":"+strconv.Itoa(set.Position(field.Pos()).Line)] = found[1]
			}
			field.Tag = nil
		}
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
			value, err := strconv.Unquote(text.Value)
			if err != nil {
				t.Fatal(err)
			}
			at := set.Position(text.Pos())
			into[file+":"+strconv.Itoa(at.Line)+":"+strconv.Itoa(at.Column)] = value
		}
		return true
	})
}
