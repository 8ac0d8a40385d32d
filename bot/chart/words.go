package chart

import "github.com/praatpaal/praatpaal/bot/book"

// words are the few words of a picture that are not the book's own.
type words struct {
	title, steps, number, elsewhere, offersPerson, opens, split, other string

	audience map[string]string
	danger   map[book.Danger]string
	does     map[string]string
}

func wordsIn(lang string) words {
	if lang == "nl" {
		return words{
			title: "Zo loopt het gesprek", steps: "stappen",
			number: "staat verderop in deze plaat", elsewhere: "staat bij een ander thema", offersPerson: "biedt een mens aan",
			opens: "opent bij", split: "deel", other: "English",
			audience: map[string]string{"child": "Voor een kind", "friend": "Voor een vriend", "parent": "Voor een ouder", "professional": "Voor een professional"},
			danger:   map[book.Danger]string{book.None: "geen gevaar", book.Concern: "zorg", book.Urgent: "dringend", book.Emergency: "nood"},
			does:     map[string]string{"hand-over": "haalt er een mens bij", "forget": "wist het gesprek", "end": "einde", "language": "wisselt van taal"},
		}
	}
	return words{
		title: "How the talk goes", steps: "steps",
		number: "stands elsewhere in this picture", elsewhere: "stands with another theme", offersPerson: "offers a person",
		opens: "opens at", split: "part", other: "Nederlands",
		audience: map[string]string{"child": "For a child", "friend": "For a friend", "parent": "For a parent", "professional": "For a professional"},
		danger:   map[book.Danger]string{book.None: "no danger", book.Concern: "concern", book.Urgent: "urgent", book.Emergency: "emergency"},
		does:     map[string]string{"hand-over": "brings a person in", "forget": "erases the talk", "end": "the end", "language": "changes the language"},
	}
}
