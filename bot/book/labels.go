package book

import (
	"encoding"
	"fmt"
	"slices"
)

// Danger says how soon a person must look; the four levels of the labels
// page, in rising order, so that levels can be compared.
type Danger int

// The levels of danger.
const (
	None Danger = iota
	Concern
	Urgent
	Emergency
)

var (
	_ encoding.TextMarshaler   = Danger(0)
	_ encoding.TextUnmarshaler = (*Danger)(nil)
)

// Dangers lists the names of the levels, in rising order.
func Dangers() []string { return []string{"none", "concern", "urgent", "emergency"} }

// String gives the level's name: none, concern, urgent or emergency.
func (d Danger) String() string {
	if d < None || d > Emergency {
		return fmt.Sprintf("danger %d", int(d))
	}
	return Dangers()[d]
}

// MarshalText writes the level's name.
func (d Danger) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a level's name and refuses any other word.
func (d *Danger) UnmarshalText(text []byte) error {
	i := slices.Index(Dangers(), string(text))
	if i < 0 {
		return fmt.Errorf("danger %q is none of %v", text, Dangers())
	}
	*d = Danger(i)
	return nil
}

// Topics lists what a message can be about, the one that wins first when
// two fit (labels page, "topic").
func Topics() []string {
	return []string{
		"self-harm", "abuse", "sextortion", "loverboy", "image-sharing", "grooming",
		"own-behaviour", "sexting", "online-safety", "other-trouble", "service", "smalltalk",
	}
}

// Roles lists who may be speaking (labels page, "role").
func Roles() []string { return []string{"child", "friend", "parent", "professional", "unknown"} }

// Wants lists what a message may ask for (labels page, "wants").
func Wants() []string {
	return []string{
		"human", "takedown", "police", "delete-chat", "privacy", "bot", "hours", "language",
		"greeting", "thanks", "goodbye", "yes", "no", "advice", "none",
	}
}

// Languages lists the languages that everything exists in; the first one is
// the source that the other is a translation of.
func Languages() []string { return []string{"nl", "en"} }
