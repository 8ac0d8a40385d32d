package book

import (
	"fmt"
	"path"
	"time"

	"github.com/yuin/goldmark/ast"
)

// Limits of what fits a telephone of 320 pixels.
const (
	longestLabel   = 40 // characters of a choice or a heading
	longestBubble  = 320
	fewestChoices  = 2
	mostChoices    = 5
	longestSample  = 300
	longestFile    = 64 << 10     // bytes; deep nesting in larger ones is slow to read
	longestHeading = longestLabel // shown on a button when the bot guesses
)

func stepKeys() []string {
	return []string{"for", "opens", "wants", "danger", "does", "review", "facts", "translates"}
}

func audiences() []string { return []string{"child", "friend", "parent", "professional", "anyone"} }

func deeds() []string { return []string{"hand-over", "forget", "end", "language"} }

// readSteps reads a file of dialogue. The links of its choices are still as
// typed; linkUp turns them into step ids.
func readSteps(s *source, referrals []Referral) []*Step {
	s.front = readFront(s, stepKeys()...)
	head := readHead(s)
	var out []*Step
	for i, p := range s.parts() {
		step := head
		step.Line, step.Heading = p.line, p.heading
		if i > 0 {
			step.Anchor = Slug(p.heading)
			// What opens a file opens its first step only.
			step.Opens, step.Wants, step.translates = nil, nil, stamp{}
		}
		checkHeading(s, p, i == 0)
		step.readBody(s, p, referrals)
		out = append(out, &step)
	}
	checkFile(s, out)
	return out
}

func readHead(s *source) Step {
	f := &s.front
	head := Step{File: s.file, Topic: topicOf(s.file), For: f.list(s, "for", audiences()), Review: f.values["review"]}
	head.translates = stamp{f.values["translates"], f.lines["translates"]}
	head.Wants = f.list(s, "wants", Wants())
	for _, name := range f.list(s, "opens", Dangers()) {
		var d Danger
		if err := d.UnmarshalText([]byte(name)); err == nil {
			head.Opens = append(head.Opens, d)
		}
	}
	if names := f.list(s, "danger", Dangers()); len(names) == 1 {
		if err := head.Danger.UnmarshalText([]byte(names[0])); err != nil {
			s.wrong(f.lines["danger"], err.Error(), "name one level")
		}
	}
	if does := f.list(s, "does", deeds()); len(does) == 1 {
		head.Does = does[0]
	}
	if len(head.For) == 0 {
		s.wrong(1, "nothing says whom this speaks to", "add `for:` with child, friend, parent, professional or anyone")
	}
	if _, err := time.Parse(time.DateOnly, head.Review); err != nil {
		s.wrong(max(1, f.lines["review"]), "no date by which a person looks again", "add `review: 2027-05-01`, at most a year ahead")
	}
	return head
}

// topicOf gives the folder of a file, where it is a topic.
func topicOf(file string) string {
	folder := path.Base(path.Dir(file))
	for _, t := range Topics() {
		if t == folder {
			return t
		}
	}
	return ""
}

func checkHeading(s *source, p part, first bool) {
	switch {
	case first && p.level != 1:
		s.wrong(p.line, "the file does not begin with a # heading", "make the first heading `# …`")
	case !first && p.level != 2:
		s.wrong(p.line, fmt.Sprintf("a heading of level %d", p.level), "use one # for the file and ## for the steps after it")
	}
	if !plainHeading(p.heading) {
		s.wrong(p.line, fmt.Sprintf("the heading %q has other signs than letters, digits, spaces, ' - , and one end mark", p.heading), "write it without them, so that links to it work everywhere")
	}
	if n := len([]rune(p.heading)); n > longestHeading {
		s.wrong(p.line, fmt.Sprintf("the heading has %d characters", n), fmt.Sprintf("at most %d: it is shown on a button", longestHeading))
	}
}

// readBody reads what stands under a heading: samples, bubbles, choices, in
// that order.
func (step *Step) readBody(s *source, p part, referrals []Referral) {
	for _, n := range p.blocks {
		switch n := n.(type) {
		case *ast.Blockquote:
			if len(step.Bubbles) > 0 || len(step.Choices) > 0 {
				s.wrong(s.at(n), "samples after what the bot says", "put the quote right under the heading")
			}
			step.Samples = append(step.Samples, quoted(s, n)...)
		case *ast.List:
			if n.IsOrdered() {
				step.say(s, n, referrals)
				continue
			}
			step.readChoices(s, n)
		case *ast.Paragraph:
			step.say(s, n, referrals)
		default:
			s.wrong(s.at(n), "a "+n.Kind().String()+" is not part of the grammar", "use a quote, paragraphs and a list of choices")
		}
	}
	step.checkBody(s)
}

func (step *Step) say(s *source, n ast.Node, referrals []Referral) {
	if len(step.Choices) > 0 {
		s.wrong(s.at(n), "a sentence after the choices", "the choices come last")
	}
	b := readBubble(s, n, referrals)
	if length := len([]rune(b.Text)); length > longestBubble && n.Kind() == ast.KindParagraph {
		s.wrong(b.Line, fmt.Sprintf("a bubble of %d characters", length), fmt.Sprintf("cut it in two: at most %d fit a small screen", longestBubble))
	}
	step.Bubbles = append(step.Bubbles, b)
}

func (step *Step) readChoices(s *source, list *ast.List) {
	if len(step.Choices) > 0 {
		s.wrong(s.at(list), "a second list of choices", "make it one list")
	}
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		link := onlyLink(item)
		if link == nil {
			s.wrong(s.at(item), "a choice that is not exactly one link", "write `- [label](file.md#heading)`")
			continue
		}
		choice := Choice{Label: string(nodeText(link, s.body())), To: string(link.Destination), Line: s.at(item)}
		if n := len([]rune(choice.Label)); n > longestLabel || n == 0 {
			s.wrong(choice.Line, fmt.Sprintf("the label %q has %d characters", choice.Label, n), fmt.Sprintf("1 to %d fit a small screen", longestLabel))
		}
		for _, other := range step.Choices {
			if other.Label == choice.Label {
				s.wrong(choice.Line, fmt.Sprintf("two choices with the label %q", choice.Label), "make them differ")
			}
		}
		step.Choices = append(step.Choices, choice)
	}
}

func onlyLink(item ast.Node) *ast.Link {
	block := item.FirstChild()
	if block == nil || block.NextSibling() != nil {
		return nil
	}
	link, ok := block.FirstChild().(*ast.Link)
	if !ok || link.NextSibling() != nil {
		return nil
	}
	return link
}

func (step *Step) checkBody(s *source) {
	if len(step.Bubbles) == 0 {
		s.wrong(step.Line, fmt.Sprintf("%q says nothing", step.Heading), "write at least one paragraph")
	}
	last := step.Does == "forget" || step.Does == "end"
	if n := len(step.Choices); (n < fewestChoices && !last) || n > mostChoices {
		s.wrong(step.Line, fmt.Sprintf("%q has %d choices", step.Heading, n), fmt.Sprintf("give %d to %d", fewestChoices, mostChoices))
	}
	for _, sample := range step.Samples {
		if len([]rune(sample.Text)) > longestSample {
			s.wrong(sample.Line, "a very long sample", fmt.Sprintf("at most %d characters", longestSample))
		}
	}
}

func checkFile(s *source, steps []*Step) {
	if len(steps) == 0 {
		s.wrong(1, "there is no heading", "begin with `# what a visitor would say`")
		return
	}
	if len(steps) > 1 && steps[0].Does != "" {
		s.wrong(steps[1].Line, "a second step in a file with `does:`", "move it to a file of its own")
	}
	seen := map[string]int{}
	for _, step := range steps {
		anchor := Slug(step.Heading)
		if line := seen[anchor]; line != 0 {
			s.wrong(step.Line, fmt.Sprintf("the heading %q stands in line %d already", step.Heading, line), "make them differ")
		}
		seen[anchor] = step.Line
	}
	if len(s.text) > longestFile {
		s.wrong(1, fmt.Sprintf("a file of %d bytes", len(s.text)), "cut it in two")
	}
}
