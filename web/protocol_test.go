package web

import (
	"strings"
	"testing"
)

// The protocol page, row by row. The scripts are explained at play.

func TestFramesFromTheBrowser(t *testing.T) {
	cases := []struct{ row, script string }{
		{"start: a new conversation", `
			a> {"type":"start","lang":"nl","as":"child","page":"grooming/signs"}
			a< {"type":"welcome","token":"*","lang":"nl","seq":0,"state":"bot","epoch":"*"}
			a< {"type":"message","seq":1,"from":"bot","lang":"nl","parts":[{"html":"<p>start</p>","text":"start"}],
			   "choices":[{"id":"more","label":"More"}],"node":"start","at":"*","re":null}
			a!`},
		{"start: every field is optional, null is as good as absent", `
			a> {"type":"start","lang":null}
			a< {"type":"welcome","lang":"nl","state":"bot"}
			a< {"type":"message","seq":1}
			a!`},
		{"start: another entrance and language", `
			a> {"type":"start","lang":"en","as":"parent"}
			a< {"type":"welcome","lang":"en"}
			a< {"type":"message","lang":"en"}`},
		{"start: unknown fields are ignored", `
			a> {"type":"start","colour":"red","deep":{"a":[1,{"b":2}]}}
			a< {"type":"welcome"}`},
		{"start: a second one on the same socket", `
			a> {"type":"start"}
			a< {"type":"welcome"}
			a< {"type":"message"}
			a> {"type":"start"}
			a< {"type":"error","code":"bad-frame","text":"*"}
			a!`},
		{"resume: everything over a number comes again, in order", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message","seq":1}
			a> {"type":"say","id":"m1","text":"hallo"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3}
			a.
			b> {"type":"resume","token":"$token","after":0}
			b< {"type":"welcome","token":"$token","lang":"nl","seq":3,"state":"bot","epoch":"*"}
			b< {"type":"message","seq":1,"from":"bot"}
			b< {"type":"message","seq":2,"from":"child","id":"m1","text":"hallo","parts":[{"text":"hallo","html":null}]}
			b< {"type":"message","seq":3,"from":"bot","re":"m1"}
			b!
			b.
			c> {"type":"resume","token":"$token","after":2}
			c< {"type":"welcome","seq":3}
			c< {"type":"message","seq":3}
			c!
			c.
			d> {"type":"resume","token":"$token","after":3}
			d< {"type":"welcome","seq":3}
			d!
			d> {"type":"say","id":"m2","text":"daar"}
			d< {"type":"received","id":"m2","seq":4}
			d< {"type":"message","seq":5,"re":"m2"}`},
		{"resume: a number that was never given is taken as the highest", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message","seq":1}
			a.
			b> {"type":"resume","token":"$token","after":99}
			b< {"type":"welcome","seq":1}
			b> {"type":"say","id":"m1","text":"hallo"}
			b< {"type":"received","seq":2}
			b< {"type":"message","seq":3}`},
		{"resume: an unknown token, and the socket stays", `
			a> {"type":"resume","token":"nobodyhasthis","after":0}
			a< {"type":"error","code":"unknown-token","text":"*"}
			a> {"type":"start"}
			a< {"type":"welcome"}`},
		{"resume: without a token, or with a wrong number", `
			a> {"type":"resume","after":0}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"resume","token":"x","after":"1"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"resume","token":"x","after":-1}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"resume","token":"x","after":1.5}
			a< {"type":"error","code":"bad-frame"}`},
		{"say: received first, then one answer", `
			a> {"type":"start"}
			a< {"type":"welcome"}
			a< {"type":"message","seq":1}
			a> {"type":"say","id":"m1","text":"hallo"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3,"from":"bot","re":"m1","parts":[{"text":"echo hallo"}],"choices":[]}
			a!`},
		{"say: the same id twice is one message with the same answer", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			a> {"type":"say","id":"m1","text":"hallo"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3,"re":"m1","at":"$at","parts":[{"text":"echo hallo"}]}
			a> {"type":"say","id":"m1","text":"something else"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3,"re":"m1","at":"$at","parts":[{"text":"echo hallo"}]}
			a!
			a.
			b> {"type":"resume","token":"$token","after":3}
			b< {"type":"welcome","seq":3}
			b> {"type":"say","id":"m1","text":"hallo"}
			b< {"type":"received","id":"m1","seq":2}
			b< {"type":"message","seq":3,"re":"m1"}
			b!`},
		{"say: wrong fields", `
			a> {"type":"start"}
			a< {"type":"welcome"}
			a< {"type":"message"}
			a> {"type":"say","id":"m1"}
			a< {"type":"error","code":"bad-frame","re":"m1"}
			a> {"type":"say","id":"m1","text":""}
			a< {"type":"error","code":"bad-frame","re":"m1"}
			a> {"type":"say","id":"m1","text":5}
			a< {"type":"error","code":"bad-frame","re":"m1"}
			a> {"type":"say","text":"hallo"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"say","id":"","text":"hallo"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"say","id":7,"text":"hallo"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"say","id":"1234567890123456789012345678901234567","text":"37 characters"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"say","id":"123456789012345678901234567890123456","text":"36 characters"}
			a< {"type":"received","id":"123456789012345678901234567890123456"}
			a< {"type":"message"}`},
		{"choose: what was offered", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			a> {"type":"choose","id":"m1","choice":"more"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3,"re":"m1","node":"more"}
			a.
			b> {"type":"resume","token":"$token","after":1}
			b< {"type":"welcome"}
			b< {"type":"message","seq":2,"from":"child","id":"m1","text":"More"}
			b< {"type":"message","seq":3}`},
		{"choose: what was not offered stores nothing", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			a> {"type":"choose","id":"m1","choice":"nowhere"}
			a< {"type":"error","code":"unknown-choice","text":"*","re":"m1"}
			a!
			a.
			b> {"type":"resume","token":"$token","after":0}
			b< {"type":"welcome","seq":1}`},
		{"choose: the same tap again after the talk has moved on", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			a> {"type":"choose","id":"m1","choice":"more"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3,"re":"m1"}
			a> {"type":"choose","id":"m1","choice":"more"}
			a< {"type":"received","id":"m1","seq":2}
			a< {"type":"message","seq":3,"re":"m1"}
			a> {"type":"choose","id":"m2","choice":"more"}
			a< {"type":"error","code":"unknown-choice","re":"m2"}
			a.
			b> {"type":"resume","token":"$token","after":3}
			b< {"type":"welcome","seq":3}
			b> {"type":"choose","id":"m1","choice":"more"}
			b< {"type":"received","id":"m1","seq":2}
			b< {"type":"message","seq":3,"re":"m1"}
			b!`},
		{"lang: the last thing said comes again", `
			a> {"type":"start","lang":"nl"}
			a< {"type":"welcome","lang":"nl"}
			a< {"type":"message","lang":"nl"}
			a> {"type":"lang","lang":"en"}
			a< {"type":"message","seq":2,"from":"bot","lang":"en","re":null}
			a> {"type":"lang","lang":"fr"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"lang"}
			a< {"type":"error","code":"bad-frame"}`},
		{"typing: kept nowhere, answered by nothing", `
			a> {"type":"start"}
			a< {"type":"welcome"}
			a< {"type":"message"}
			a> {"type":"typing"}
			a!`},
		{"human and bot: into the line and out of it", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message","seq":1}
			a> {"type":"human"}
			a< {"type":"message","seq":2,"from":"bot","node":"person"}
			a< {"type":"state","state":"waiting","position":1,"wait_s":"*"}
			a> {"type":"say","id":"m1","text":"nog iets"}
			a< {"type":"received","id":"m1","seq":3}
			a< {"type":"message","seq":4,"re":"m1"}
			a.
			b> {"type":"resume","token":"$token","after":4}
			b< {"type":"welcome","state":"waiting","seq":4}
			b< {"type":"state","state":"waiting","position":1,"wait_s":"*"}
			b> {"type":"bot"}
			b< {"type":"message","seq":5,"node":"left"}
			b< {"type":"state","state":"bot"}
			b!`},
		{"forget: erased at once, and the token is unknown from then on", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			a> {"type":"forget"}
			a< {"type":"forgotten"}
			a# 1000
			b> {"type":"resume","token":"$token","after":0}
			b< {"type":"error","code":"unknown-token"}`},
		{"exit: ends and erases like forget", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			a> {"type":"exit"}
			a< {"type":"forgotten"}
			a# 1000
			b> {"type":"resume","token":"$token","after":0}
			b< {"type":"error","code":"unknown-token"}`},
		{"a talk that leads to forgetting erases itself", `
			a> {"type":"start"}
			a< {"type":"welcome"}
			a< {"type":"message"}
			a> {"type":"say","id":"m1","text":"forget me"}
			a< {"type":"received","id":"m1"}
			a< {"type":"message","re":"m1"}
			a< {"type":"forgotten"}
			a# 1000`},
		{"ping: before and after start", `
			a> {"type":"ping"}
			a< {"type":"pong"}
			a> {"type":"start"}
			a< {"type":"welcome"}
			a< {"type":"message"}
			a> {"type":"ping"}
			a< {"type":"pong"}`},
		{"nothing but ping, start and resume before a conversation", `
			a> {"type":"say","id":"m1","text":"hallo"}
			a< {"type":"error","code":"bad-frame","re":"m1"}
			a> {"type":"human"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"forget"}
			a< {"type":"error","code":"bad-frame"}
			a> {"type":"start"}
			a< {"type":"welcome"}`},
		{"a second socket takes a conversation over", `
			a> {"type":"start"}
			a< {"type":"welcome","token":"$token"}
			a< {"type":"message"}
			b> {"type":"resume","token":"$token","after":1}
			a# 4001
			b< {"type":"welcome","seq":1}
			b> {"type":"say","id":"m1","text":"hier"}
			b< {"type":"received","id":"m1","seq":2}
			b< {"type":"message","seq":3}`},
	}
	sites := []*site{newSite(t, nil), newRealSite(t)}
	for _, c := range cases {
		t.Run(c.row, func(t *testing.T) {
			for _, s := range sites {
				s.on(t).play(join(c.script))
			}
		})
	}
}

// join puts a frame that is written over several lines on one.
func join(script string) string { return strings.ReplaceAll(script, "\n\t\t\t   ", "") }
