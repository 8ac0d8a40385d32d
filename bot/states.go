package bot

// next is the whole state machine: which event leads from which state to
// which. What is not named here leaves the state as it is.
func (s State) next(e EventKind) State {
	type move struct {
		from State
		on   EventKind
	}
	switch (move{s, e}) {
	case move{WithBot, Human}, move{Closed, Human}, move{Ended, Human}:
		return Waiting
	case move{Waiting, ToBot}, move{Closed, ToBot}, move{Ended, ToBot}:
		return WithBot
	case move{Ended, Say}, move{Ended, Choose}:
		return WithBot
	case move{Waiting, Joined}, move{WithBot, Joined}, move{Closed, Joined}:
		return WithCounsellor
	case move{WithCounsellor, Lost}, move{WithCounsellor, Requeued}:
		return Waiting
	case move{WithCounsellor, HandBack}:
		return WithBot
	case move{WithCounsellor, Finished}:
		return Ended
	case move{Waiting, NoOne}, move{Waiting, Full}, move{Waiting, Away}:
		return Closed
	case move{WithBot, NoOne}, move{WithBot, Full}, move{WithBot, Away}:
		return Closed
	}
	return s
}
