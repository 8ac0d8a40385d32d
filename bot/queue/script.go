package queue

import (
	"crypto/sha1"
	"embed"
	"encoding/hex"
	"fmt"
	"strings"
)

// The scripts are the acts that Redis does in one piece; the table of keys,
// arguments and results stands at the top of each file.
//
//go:embed scripts/*.lua
var scriptFiles embed.FS

// script is one of them as it is sent.
type script struct {
	source string
	sha    string
}

// scripts holds all of them; it does not change after newScripts.
type scripts struct {
	// of a conversation
	begin, turn, after, attach, hold, free, erase, hint, code, keep *script
	epoch                                                           *script // of the store
	// of the line
	join, place, alive, claim, renew, release, handover, leave, erased, list, claims, sweep, todo, done *script
	// of the counsellors
	duty, present, session, signin, account *script
}

func newScripts() (*scripts, error) {
	s := &scripts{}
	alone := map[string]**script{
		"begin": &s.begin, "turn": &s.turn, "after": &s.after, "attach": &s.attach,
		"hold": &s.hold, "free": &s.free, "erase": &s.erase, "hint": &s.hint, "code": &s.code, "keep": &s.keep,
		"epoch": &s.epoch, "done": &s.done, "duty": &s.duty, "present": &s.present,
		"session": &s.session, "signin": &s.signin, "account": &s.account,
	}
	inLine := map[string]**script{
		"join": &s.join, "place": &s.place, "alive": &s.alive, "claim": &s.claim, "renew": &s.renew,
		"release": &s.release, "handover": &s.handover, "leave": &s.leave, "erased": &s.erased,
		"list": &s.list, "claims": &s.claims, "sweep": &s.sweep, "todo": &s.todo,
	}
	stay, err := scriptFiles.ReadFile("scripts/stay.lua")
	if err != nil {
		return nil, fmt.Errorf("scripts: %w", err)
	}
	if err := readScripts(alone, ""); err != nil {
		return nil, err
	}
	return s, readScripts(inLine, string(stay))
}

// readScripts fills in each script of the map, with a text to start with.
func readScripts(into map[string]**script, start string) error {
	for name, to := range into {
		body, err := scriptFiles.ReadFile("scripts/" + name + ".lua")
		if err != nil {
			return fmt.Errorf("scripts: %w", err)
		}
		*to = newScript(start + string(body))
	}
	return nil
}

// newScript leaves out what Redis need not keep: comments and indents.
func newScript(text string) *script {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "--") {
			continue
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	sum := sha1.Sum([]byte(b.String())) // Redis' own name for a script
	return &script{source: b.String(), sha: hex.EncodeToString(sum[:])}
}

// all lists every script, to load them into a Redis that does not know them.
func (s *scripts) all() []*script {
	return []*script{
		s.begin, s.turn, s.after, s.attach, s.hold, s.free, s.erase, s.hint, s.code, s.keep,
		s.join, s.place, s.alive, s.claim, s.renew, s.release, s.handover, s.leave, s.erased,
		s.list, s.claims, s.sweep, s.todo, s.done,
		s.epoch, s.duty, s.present, s.session, s.signin, s.account,
	}
}
