package bot

import (
	"errors"
	"slices"

	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/understand"
)

// ErrUnknownChoice: the choice was never offered in this conversation.
var ErrUnknownChoice = errors.New("that choice was not offered")

// Bot is the book made ready to be talked with. It never changes.
type Bot struct {
	voices map[string]*voice
}

// voice is the bot in one language.
type voice struct {
	volume *book.Volume
	signs  map[string]*book.Step // by what stands for them in a trail
	doors  doors
	ear    *understand.Understander
}

// Answer is what a turn led to.
type Answer struct {
	Reply *Reply              // nil: the bot stays silent
	Do    Do                  // what the caller must do beside sending the reply
	Heard *understand.Meaning // what the text meant; nil when there was none
}

// New makes a bot of a checked book. The error names every step that the bot
// itself needs and the book lacks.
func New(b *book.Book) (*Bot, error) {
	out := &Bot{voices: map[string]*voice{}}
	var wrong []error
	for _, f := range append(missing(b), alike(b)...) {
		wrong = append(wrong, errors.New(f.String()))
	}
	for _, made := range newVoices(b) {
		v := <-made
		out.voices[v.volume.Lang] = v.voice
		wrong = append(wrong, v.err)
	}
	return out, errors.Join(wrong...)
}

// made is a voice, or what is wrong with its words and rules.
type made struct {
	*voice
	err error
}

// newVoices makes the voices of all languages at once: each has much to learn.
func newVoices(b *book.Book) []chan made {
	var out []chan made
	for _, lang := range book.Languages() {
		done := make(chan made, 1)
		out = append(out, done)
		go func() {
			v := b.Volumes[lang]
			ear, err := understand.New(v)
			done <- made{&voice{volume: v, signs: signs(v), doors: newDoors(v), ear: ear}, err}
		}()
	}
	return out
}

// missing finds the steps that the bot itself leads to and the book lacks.
func missing(b *book.Book) []book.Finding {
	var found []book.Finding
	for _, lang := range book.Languages() {
		for _, id := range neededSteps() {
			if b.Volumes[lang].Steps[id] == nil {
				found = append(found, book.Finding{File: lang + "/" + id + ".md", Line: 1, What: "the bot needs this step", Do: "make the file"})
			}
		}
	}
	return found
}

// Volume is the content in a language that the bot was made of, nil when there
// is none.
func (b *Bot) Volume(lang string) *book.Volume {
	if v := b.voices[lang]; v != nil {
		return v.volume
	}
	return nil
}

// Ear is what understands messages in a language, nil when there is none.
func (b *Bot) Ear(lang string) *understand.Understander {
	if v := b.voices[lang]; v != nil {
		return v.ear
	}
	return nil
}

// The steps that the bot itself leads to; those with a -parent version use it
// for grown-ups.
const (
	stepStart         = "start"
	stepPerson        = "person"
	stepUnknown       = "frame/unknown"
	stepUnknownAgain  = "frame/unknown-again"
	stepGoOn          = "frame/go-on"
	stepListen        = "frame/listen"
	stepMore          = "frame/more"
	stepQuestion      = "frame/question"
	stepHold          = "frame/hold"
	stepJoined        = "frame/joined"
	stepLost          = "frame/lost"
	stepBack          = "frame/back"
	stepRequeued      = "frame/requeued"
	stepEnded         = "frame/ended"
	stepLeftLine      = "frame/left-line"
	stepClosed        = "frame/closed"
	stepAlone         = "frame/alone"
	stepFull          = "frame/full"
	stepAway          = "frame/away"
	stepDenial        = "frame/denial"
	stepUrgent        = "frame/urgent"
	stepEmergency     = "frame/emergency"
	stepOtherLanguage = "frame/other-language"
	stepStay          = "frame/stay"
	stepCall          = "police/emergency-call"
)

func neededSteps() []string {
	return []string{
		stepStart, stepStart + "-parent", stepPerson, stepPerson + "-parent", stepUnknown, stepUnknownAgain,
		stepGoOn, stepListen, stepMore, stepQuestion, stepHold, stepJoined, stepLost, stepBack, stepRequeued, stepEnded, stepLeftLine, stepAlone, stepClosed, stepFull,
		stepAway, stepDenial, stepUrgent, stepUrgent + "-parent", stepEmergency, stepEmergency + "-parent",
		stepOtherLanguage, stepStay, stepCall,
	}
}

// Next is one turn: a conversation and what happened to it, in; the
// conversation after it and the answer, out. It is pure: the same in gives
// the same out. The error is ErrUnknownChoice, and then nothing has changed.
func (b *Bot) Next(c Conversation, e Event) (Conversation, Answer, error) {
	t := &turn{bot: b, was: c, now: c, event: e}
	t.now.Why = slices.Clip(c.Why) // what is added must not be added to c
	t.now.State = c.State.next(e.Kind)
	switch e.Kind {
	case Start:
		t.start()
	case Say:
		t.say()
	case Choose:
		if !t.choose() {
			return c, Answer{}, ErrUnknownChoice
		}
	case Speak:
		t.speak(e.Lang)
	case Human:
		t.human()
	case ToBot:
		t.leaveLine()
	default:
		t.fromLine()
	}
	return t.now, t.answer, nil
}
