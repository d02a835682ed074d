package cli

type setupCommands struct{}
