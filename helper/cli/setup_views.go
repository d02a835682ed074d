package cli

import (
	"keyglot/helper/setup"
)

// The types here are the JSON payloads of setup and doctor.

type doctorView struct {
	Schema   string        `json:"schema"` // doctor/1
	OK       bool          `json:"ok"`
	Problems int           `json:"problems"`
	Sections []sectionView `json:"sections"`
}

type sectionView struct {
	Title    string        `json:"title"`
	Findings []findingView `json:"findings"`
}

type findingView struct {
	State string  `json:"state" oneof:"ok note problem"`
	Text  string  `json:"text"`
	Fix   *string `json:"fix"`
}

func sectionViewOf(s section) sectionView {
	v := sectionView{Title: s.title, Findings: []findingView{}}
	for _, f := range s.found {
		v.Findings = append(v.Findings, findingView{verdict(f), f.Text, optional(f.Fix)})
	}
	return v
}

func verdict(f setup.Finding) string {
	switch {
	case f.Problem:
		return "problem"
	case f.Note:
		return "note"
	}
	return "ok"
}

type setupView struct {
	Schema   string     `json:"schema"` // setup/1
	Tool     string     `json:"tool"`
	Changed  bool       `json:"changed"` // false: nothing was to do, or it was only shown
	Files    []fileView `json:"files"`
	Made     []string   `json:"made"`    // program names
	Removed  []string   `json:"removed"` // program names
	Undo     *string    `json:"undo"`
	Warnings []string   `json:"warnings"`
}

type fileView struct {
	File    string        `json:"file"`
	Added   []settingView `json:"added"`
	Removed []settingView `json:"removed"`
}

type settingView struct {
	Key   string  `json:"key"`
	Value string  `json:"value"`
	Old   *string `json:"old"`
}

func setupViewOf(p setup.Plan, changed bool, undo string) setupView {
	v := setupView{
		Schema: "setup/1", Tool: p.Tool, Changed: changed, Files: []fileView{}, Made: []string{}, Removed: []string{},
		Undo: optional(undo), Warnings: append([]string{}, p.Warnings...),
	}
	for _, edit := range p.Edits {
		v.Files = append(v.Files, fileView{edit.File, settingViews(edit.Added), settingViews(edit.Removed)})
	}
	for _, l := range p.Links {
		if l.Remove {
			v.Removed = append(v.Removed, l.Path)
		} else {
			v.Made = append(v.Made, l.Path)
		}
	}
	return v
}

func settingViews(entries []setup.Entry) []settingView {
	list := []settingView{}
	for _, e := range entries {
		if e.Reset {
			list = append(list, settingView{Key: e.Key})
		}
		list = append(list, settingView{e.Key, e.Value, e.Old})
	}
	return list
}

type toolsView struct {
	Schema  string        `json:"schema"` // setup.tools/1
	Tools   []toolView    `json:"tools"`
	Sources []offeredView `json:"sources"`      // what other tools keep and keyglot does not read
	Line    *string       `json:"sources_line"` // what reads them all, in config.toml
}

type offeredView struct {
	Source  string `json:"source"`
	Summary string `json:"summary"`
	Entries int    `json:"entries"`
}

type toolView struct {
	Tool    string   `json:"tool"`
	Program string   `json:"program"`
	State   string   `json:"state" oneof:"set_up not_set_up error"`
	Changes []string `json:"changes"` // files that setting up would change
	Error   *string  `json:"error"`
}
