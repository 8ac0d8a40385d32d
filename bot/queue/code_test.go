package queue

import (
	"errors"
	"strings"
	"testing"
	"time"
)

const fiveWords = "tijger lamp appel fiets wolk"

// held is a conversation that words lead to.
func held(t *testing.T, q *Queue, words string) (token, id string) {
	t.Helper()
	token, id = NewToken()
	if _, err := q.Begin(t.Context(), talk(id)); err != nil {
		t.Fatal(err)
	}
	if _, err := q.GiveCode(t.Context(), token, words); err != nil {
		t.Fatal(err)
	}
	return token, id
}

func TestWordsLeadToAConversationOnAnotherNodeForADay(t *testing.T) {
	onBothNodes(t, func(t *testing.T, a, b *Queue) {
		token, id := held(t, a, fiveWords)
		for range 2 {
			got, err := b.TakeCode(t.Context(), fiveWords)
			if err != nil || got != token {
				t.Fatalf("%q, %v", got, err)
			}
		}
		_, err := b.TakeCode(t.Context(), "tijger lamp appel fiets wolf")
		isError(t, err, ErrGone)
		c, err := a.code(t.Context(), fiveWords)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{a.names.code(c.name), a.names.conversation(id)} {
			if left := a.client.PTTL(t.Context(), key).Val(); left < keptTime-time.Minute || left > keptTime {
				t.Errorf("%s lives for %v", key, left)
			}
		}
	})
}

func TestForgettingErasesTheWordsToo(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		_, id := held(t, q, fiveWords)
		if err := q.Forget(t.Context(), id, QuickExit); err != nil {
			t.Fatal(err)
		}
		_, err := q.TakeCode(t.Context(), fiveWords)
		isError(t, err, ErrGone)
		for key := range dump(t, q) {
			if strings.Contains(key, "code:") {
				t.Errorf("%s is left", key)
			}
		}
	})
}

func TestNewWordsTakeThePlaceOfTheOld(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		token, _ := held(t, q, fiveWords)
		if _, err := q.GiveCode(t.Context(), token, "een twee drie vier vijf"); err != nil {
			t.Fatal(err)
		}
		_, err := q.TakeCode(t.Context(), fiveWords)
		isError(t, err, ErrGone)
		if got, err := q.TakeCode(t.Context(), "een twee drie vier vijf"); err != nil || got != token {
			t.Errorf("%q, %v", got, err)
		}
	})
}

func TestTheStoreDoesNotKnowTheWordsNorTheToken(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		token, id := held(t, q, fiveWords)
		for key, value := range dump(t, q) {
			for _, secret := range append(strings.Fields(fiveWords), token) {
				if strings.Contains(key+value, secret) {
					t.Errorf("%s knows %q", key, secret)
				}
			}
		}
		got, err := q.Evidence(t.Context(), id)
		if err != nil || len(got) != 3 || !strings.Contains(got["held"], "words to come back with") {
			t.Errorf("%v, %v", got, err)
		}
	})
}

func TestNoWordsLeadToAConversationThatIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		token, _ := NewToken()
		if _, err := q.GiveCode(t.Context(), token, fiveWords); !errors.Is(err, ErrGone) {
			t.Error(err)
		}
		_, err := q.TakeCode(t.Context(), fiveWords)
		isError(t, err, ErrGone)
	})
}

func TestCountsBelongToNoConversation(t *testing.T) {
	onBoth(t, func(t *testing.T, q *Queue) {
		for range 2 {
			if err := q.Count(t.Context(), "child-before", "4", "nl"); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Count(t.Context(), "child before", "4", "nl"); err == nil {
			t.Error("a name with a space was taken")
		}
		got, err := q.Counters(t.Context())
		if name := q.day() + " child-before 4 nl"; err != nil || got[name] != 2 || len(got) != 1 {
			t.Errorf("%v, %v", got, err)
		}
	})
}
