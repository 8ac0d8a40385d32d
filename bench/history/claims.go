package history

import (
	"fmt"
	"time"

	"github.com/anishathalye/porcupine"
)

// checkMost bounds the search for one conversation's story.
const checkMost = 20 * time.Second

// model is one escalation: it is held by nobody or by one counsellor, until
// it is ended. A claim that may be lost (OpFree) may be so at any moment
// after its call, or never.
func model() porcupine.Model {
	type state struct {
		holder string
		ended  bool
	}
	return porcupine.Model{
		Init: func() any { return state{} },
		Step: func(was, input, _ any) (bool, any) {
			now, o := was.(state), input.(Operation)
			switch o.Kind {
			case OpClaim:
				return now.holder == "" && !now.ended, state{holder: o.Counsellor}
			case OpHold, OpWrite:
				return now.holder == o.Counsellor, now
			case OpEnd:
				return now.holder == o.Counsellor, state{ended: true}
			}
			if now.holder == o.Counsellor { // OpFree
				now.holder = ""
			}
			return true, now
		},
	}
}

// checkClaims: for each conversation some order of the operations, each
// between its call and its return, is one that a line with one counsellor a
// child could have had.
func checkClaims(ops []Operation) Verdict {
	var v Verdict
	each := map[string][]porcupine.Operation{}
	clients := map[string]int{}
	for _, o := range ops {
		if _, known := clients[o.Counsellor]; !known {
			clients[o.Counsellor] = len(clients)
		}
		if o.Kind == OpClaim {
			v.Claims++
		}
		each[o.Conversation] = append(each[o.Conversation], porcupine.Operation{
			ClientId: clients[o.Counsellor], Input: o, Call: int64(o.Call), Return: int64(o.Return),
		})
	}
	for id, list := range each {
		switch porcupine.CheckOperationsTimeout(model(), list, checkMost) {
		case porcupine.Illegal:
			v.DoubleHeld++
			v.note(fmt.Sprintf("conversation %s: no one-at-a-time story explains %s", id, story(list)))
		case porcupine.Unknown:
			v.DoubleHeld++
			v.note(fmt.Sprintf("conversation %s: too long a story to check", id))
		}
	}
	return v
}

func story(list []porcupine.Operation) string {
	text := ""
	for _, p := range list {
		o := p.Input.(Operation)
		until := "…"
		if o.Return != Forever {
			until = o.Return.Round(time.Millisecond).String()
		}
		text += fmt.Sprintf("; %s %s %v–%s", o.Counsellor, o.Kind, o.Call.Round(time.Millisecond), until)
		if len(text) > 600 {
			return text + " …"
		}
	}
	return text
}
