package bot

import "testing"

func TestEveryEventLeadsFromEachStateToOneOther(t *testing.T) {
	cases := []struct {
		from State
		on   EventKind
		to   State
	}{
		{WithBot, Human, Waiting},
		{Closed, Human, Waiting},
		{Ended, Human, Waiting},
		{WithCounsellor, Human, WithCounsellor},
		{Waiting, Human, Waiting},
		{Waiting, ToBot, WithBot},
		{Waiting, Joined, WithCounsellor},
		{WithCounsellor, Lost, Waiting},
		{WithCounsellor, Requeued, Waiting},
		{WithCounsellor, HandBack, WithBot},
		{WithCounsellor, Finished, Ended},
		{WithCounsellor, Say, WithCounsellor},
		{Waiting, Say, Waiting},
		{Waiting, NoOne, Closed},
		{Waiting, Full, Closed},
		{Waiting, Away, Closed},
		{WithCounsellor, Away, WithCounsellor},
		{Ended, Say, WithBot},
		{Ended, Choose, WithBot},
		{WithBot, Lost, WithBot},
	}
	for _, c := range cases {
		if got := c.from.next(c.on); got != c.to {
			t.Errorf("%s, %s: %s, want %s", c.from, c.on, got, c.to)
		}
	}
}
