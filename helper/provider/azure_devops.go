package provider

import "keyglot/helper"

var azureDevops = Preset{
	ID:           "azure-devops",
	Hosts:        []string{"dev.azure.com", "*.visualstudio.com"},
	Kinds:        []helper.Kind{helper.Bearer, helper.Basic},
	Organisation: true,
	CreateURL:    "https://dev.azure.com/_usersSettings/tokens",
	RevokeURL:    "https://dev.azure.com/_usersSettings/tokens",
	Note:         "git gives the organisation as user name; any user name works",
}
