package helper_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"keyglot/helper"
)

// SEC-33: no verb, logger or encoder shows a secret, alone or inside a record.
func TestSecretIsRedacted(t *testing.T) {
	t.Parallel()
	const canary = "c4nary-s3cret"
	c := login(site, "ann", canary)
	c.Refresh, c.Extra = helper.NewSecret(canary), map[string]helper.Secret{"session": helper.NewSecret(canary)}
	var out bytes.Buffer
	for _, value := range []any{c.Secret, &c.Secret, c, &c, helper.Put{Credential: c}, helper.Answer{Credential: c}, []any{c}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p", "%w"} {
			fmt.Fprintf(&out, verb, value)
		}
		text, err := json.Marshal(value)
		out.Write(text)
		if err != nil {
			t.Error(err)
		}
		slog.New(slog.NewTextHandler(&out, nil)).Info("x", "value", value)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "value", value)
		fmt.Fprint(&out, errors.New(fmt.Sprint(value)))
	}
	text, err := xml.Marshal(c.Secret)
	out.Write(text)
	if err != nil {
		t.Error(err)
	}
	for _, form := range []string{canary, fmt.Sprintf("%x", canary), fmt.Sprintf("%X", canary)} {
		if strings.Contains(out.String(), form) {
			t.Errorf("a secret was printed as %q", form)
		}
	}
	if !strings.Contains(out.String(), "[redacted]") {
		t.Error("nothing was printed")
	}
}

// SEC-38: secrets are compared by Secret.Equal, in constant time, and nowhere with == or
// a text function; so the operands of a comparison reveal none.
func TestSecretsAreComparedInConstantTime(t *testing.T) {
	t.Parallel()
	if !helper.NewSecret("a").Equal(helper.NewSecret("a")) || helper.NewSecret("a").Equal(helper.NewSecret("b")) ||
		helper.NewSecret("").Equal(helper.Secret{}) || !(helper.Secret{}).Equal(helper.Secret{}) {
		t.Error("Equal is wrong")
	}
	files := 0
	for _, root := range []string{".", "../protocol", "../backends"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "backendtest") {
				return err
			}
			files++
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, 0)
			if err != nil {
				return err
			}
			for _, where := range comparisons(set, file) {
				t.Errorf("%s: a revealed secret is compared", where)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	planted, err := parser.ParseFile(token.NewFileSet(), "planted.go", `package p
		func f() { if a.Reveal() == b || strings.EqualFold(b, c.Reveal()) || len(a.Reveal()) > 3 {} }`, 0)
	if err != nil || len(comparisons(token.NewFileSet(), planted)) != 2 || files < 50 {
		t.Errorf("the search finds nothing: %d files, %v", files, err)
	}
}

// comparisons are the places where what Reveal returns is itself compared.
func comparisons(set *token.FileSet, file *ast.File) []string {
	var found []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if (n.Op == token.EQL || n.Op == token.NEQ) && (reveals(n.X) && !isEmpty(n.Y) || reveals(n.Y) && !isEmpty(n.X)) {
				found = append(found, set.Position(n.Pos()).String())
			}
		case *ast.CallExpr:
			name, ok := n.Fun.(*ast.SelectorExpr)
			if !ok || name.Sel.Name != "EqualFold" && name.Sel.Name != "Compare" && name.Sel.Name != "Equal" {
				return true
			}
			for _, arg := range n.Args {
				if reveals(arg) {
					found = append(found, set.Position(n.Pos()).String())
				}
			}
		}
		return true
	})
	return found
}

// isEmpty: whether a secret is the empty text tells nothing.
func isEmpty(e ast.Expr) bool {
	text, ok := e.(*ast.BasicLit)
	return ok && text.Value == `""`
}

func reveals(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	name, ok := call.Fun.(*ast.SelectorExpr)
	return ok && name.Sel.Name == "Reveal"
}
