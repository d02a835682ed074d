package cli

import (
	"testing"

	"keyglot/helper/command"
)

// Every command that has none below it can be run.
func TestEveryCommandRuns(t *testing.T) {
	t.Parallel()
	var g grammar
	root, err := g.root("")
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	var walk func(*command.Command)
	walk = func(c *command.Command) {
		for _, child := range c.Commands {
			walk(child)
		}
		if _, ok := c.Target().(runner); ok {
			ran++
		} else if len(c.Commands) == 0 {
			t.Errorf("%s cannot be run", c.Path())
		}
	}
	walk(root)
	if ran < 20 {
		t.Errorf("only %d commands", ran)
	}
}
