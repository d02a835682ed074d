package cli

import (
	"context"
	"fmt"
	"strings"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish,powershell" help:"bash, zsh, fish or powershell."`
}

// Help is the text below the flags.
func (completionCommand) Help() string {
	return `Prints a script for the shell's own start-up file, or for a folder of its own that has to be there:

  keyglot completion bash > ~/.local/share/bash-completion/completions/keyglot
  keyglot completion zsh > ~/.zfunc/_keyglot
  keyglot completion fish > ~/.config/fish/completions/keyglot.fish
  keyglot completion powershell >> $PROFILE

It completes commands, behind a - flags, and starts no keyglot.`
}

func (c *completionCommand) Run(_ context.Context, a *app) error {
	pages, err := pages()
	if err != nil {
		return err
	}
	write := map[string]func([]page) string{"bash": bash, "zsh": zsh, "fish": fish, "powershell": powershell}[c.Shell]
	return a.say("%s", strings.TrimSuffix(write(pages), "\n"))
}

// cases are the lines of a shell's case statement, one for each command.
func cases(pages []page, line string) string {
	var b strings.Builder
	for _, p := range pages {
		fmt.Fprintf(&b, line, p.path, strings.Join(completions(pages, p), " "))
	}
	return b.String()
}

// paths are the commands as patterns of a case statement: " auth"|" auth login".
func paths(pages []page) string {
	var list []string
	for _, p := range pages[1:] {
		list = append(list, `"`+p.path+`"`)
	}
	return strings.Join(list, "|")
}

func bash(pages []page) string {
	return `# keyglot: completion for bash, printed by keyglot completion bash
_keyglot() {
	local path= next i words word=${COMP_WORDS[COMP_CWORD]} before= list
	for ((i = 1; i < COMP_CWORD; i++)); do
		next=${path:+$path }${COMP_WORDS[i]}
		case $next in
		` + paths(pages) + `) path=$next ;;
		esac
	done
	case $path in
` + cases(pages, "\t%q) words=%q ;;\n") + `	esac
	if [[ $word == = ]]; then # bash makes words of --flag=value
		before=${COMP_WORDS[COMP_CWORD-1]}= word=
	elif ((COMP_CWORD > 1)) && [[ ${COMP_WORDS[COMP_CWORD-1]} == = ]]; then
		before=${COMP_WORDS[COMP_CWORD-2]}=
	fi
	if [[ $before$word != -* ]]; then
		list=$words words=
		for next in $list; do
			[[ $next == -* ]] || words+=" $next"
		done
	fi
	COMPREPLY=($(compgen -W "$words" -- "$before$word"))
	COMPREPLY=("${COMPREPLY[@]#"$before"}")
}
complete -o default -F _keyglot keyglot
`
}

func zsh(pages []page) string {
	return `#compdef keyglot
# keyglot: completion for zsh, printed by keyglot completion zsh
_keyglot() {
	local at next i
	local -a candidates
	for ((i = 2; i < CURRENT; i++)); do
		next=${at:+$at }${words[i]}
		case $next in
		` + paths(pages) + `) at=$next ;;
		esac
	done
	case $at in
` + cases(pages, "\t%q) candidates=(%s) ;;\n") + `	esac
	if [[ ${words[CURRENT]} != -* ]]; then
		candidates=(${candidates:#-*})
		(($#candidates)) || { _files; return }
	fi
	compadd -- $candidates
}
if [[ $funcstack[1] == _keyglot ]]; then
	_keyglot "$@"
else
	compdef _keyglot keyglot
fi
`
}

func fish(pages []page) string {
	var b strings.Builder
	b.WriteString(`# keyglot: completion for fish, printed by keyglot completion fish
function __keyglot_at
	set -l at
	for word in (commandline -opc)[2..-1]
		set -l next (string join ' ' $at $word)
		switch $next
			case ` + strings.ReplaceAll(paths(pages), "|", " ") + `
				set at $next
		end
	end
	test "$at" = "$argv[1]"
end
`)
	for _, p := range pages {
		for _, c := range p.commands {
			fmt.Fprintf(&b, "complete -c keyglot -f -n '__keyglot_at %q' -a %s -d %s\n", p.path, c.name, quoteFish(c.help))
		}
		for _, f := range p.flags {
			where := fmt.Sprintf(" -n '__keyglot_at %q'", p.path)
			if p.path == "" {
				where = ""
			}
			line := "complete -c keyglot" + where + " -l " + f.long
			if f.short != "" {
				line += " -s " + f.short
			}
			if len(f.choices) > 0 {
				line += " -x -a '" + strings.Join(f.choices, " ") + "'"
			} else if f.value != "" {
				line += " -r"
			}
			b.WriteString(line + " -d " + quoteFish(f.help) + "\n")
		}
	}
	return b.String()
}

func quoteFish(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(text) + "'"
}

func powershell(pages []page) string {
	return `# keyglot: completion for PowerShell, printed by keyglot completion powershell
Register-ArgumentCompleter -Native -CommandName keyglot -ScriptBlock {
	param($word, $ast, $cursor)
	$words = @{
` + cases(pages, "\t\t%q = %q\n") + `	}
	$at = ''
	foreach ($element in $ast.CommandElements | Select-Object -Skip 1) {
		$next = ("$at " + $element.ToString()).Trim()
		if ($element.Extent.EndOffset -lt $cursor -and $words.ContainsKey($next)) { $at = $next }
	}
	$words[$at] -split ' ' | Where-Object { $_ -like "$word*" } | ForEach-Object {
		[System.Management.Automation.CompletionResult]::new($_)
	}
}
`
}
