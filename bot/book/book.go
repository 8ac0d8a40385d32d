// Package book reads what the bot says and recognises from markdown and hands
// out a checked, read-only book. It is called once at start (and again when an
// editor saves); its values are safe for any number of readers. It is the only
// place that knows goldmark, and it must never know sockets, Redis or the time
// of day.
package book

// Book is the whole content in all languages. It never changes after Load.
type Book struct {
	// Volumes holds one volume per language, keyed by "nl" and "en".
	Volumes map[string]*Volume
}

// Volume is the content in one language.
type Volume struct {
	Lang string
	// Steps is keyed by step id; Order has the same steps in file order.
	Steps map[string]*Step
	Order []*Step
	// Words, Danger and Heard are for package understand, which knows what
	// their sections mean.
	Words  []*Page // words.md
	Danger []*Page // danger.md
	Heard  []*Page // heard/*.md
	// Referrals are the services of referrals.md, in file order.
	Referrals []Referral
	// Talks are the conversations of talks/*.md that must stay true.
	Talks []*Talk
	// voice holds what the bot must not say, from voice.md.
	voice []*taboo
}

// Step is one thing the bot says, and where the conversation can go from it.
type Step struct {
	// ID is the same in every language: the file without ".md", and for a
	// second-level heading "#" and the anchor of the English heading,
	// as in "grooming/photo#he-got-angry".
	ID      string
	File    string // path inside content, as in "nl/grooming/photo.md"
	Line    int
	Heading string // what a visitor would say; shown as the label of a guess
	Anchor  string // the heading's own anchor in this language; "" for the first

	Topic  string   // the folder, where it is a topic; else ""
	For    []string // roles that this step speaks to; never empty
	Opens  []Danger // dangers at which a message of this topic and role arrives here
	Wants  []string // the wishes that are answered here
	Danger Danger   // what arriving here says about the conversation
	Does   string   // "", "hand-over", "forget", "end" or "language"
	Review string   // date by which a person must have looked again, "2027-05-01"

	Samples []Sample
	Bubbles []Bubble
	Choices []Choice

	translates stamp // of the first step of a file
}

// Sample is a sentence that somebody may type to come to a step.
type Sample struct {
	Text string
	Line int
}

// Bubble is one paragraph that the bot says.
type Bubble struct {
	HTML string // safe markup: p, strong, em, a[href=tel:|https:], ol, li, br
	Text string // the same without markup
	Line int
}

// Choice is a button under a step.
type Choice struct {
	Label string
	To    string // step id
	Line  int
}

// Page is a markdown file that is not dialogue, cut into its sections.
type Page struct {
	File     string
	Front    map[string]string
	Sections []Section
}

// Section is a heading with what stands under it.
type Section struct {
	Level   int // 1 or 2
	Heading string
	Line    int
	Quotes  []Sample // the items of quoted lists
	Items   []Sample // the items of plain lists, as plain text with `code` kept
	Text    []Sample // paragraphs, as plain text
}

// Referral is a service that a visitor can be sent to.
type Referral struct {
	Name   string
	Anchor string
	File   string
	Line   int
	// Fields holds the list under the heading, keyed by the word before the
	// colon, which is the same in every language: country, for, phone,
	// site, hours, cost, anonymous, next, source, checked.
	Fields map[string]string
}

// Finding is something wrong with the content, written for an editor.
type Finding struct {
	File    string
	Line    int
	What    string
	Do      string
	Warning bool // worth a look, but no reason to refuse the book
}
