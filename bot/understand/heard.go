package understand

import (
	"fmt"
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// heard is a message with the labels that an editor gave it.
type heard struct {
	text   string
	labels [headCount]int8
	times  float32
	file   string
	line   int
}

// unknownLabel stands where a message has no label of a kind.
const unknownLabel = int8(-1)

// readHeard collects the labelled messages of heard/*.md.
func readHeard(pages []*book.Page, found *[]book.Finding) []heard {
	var out []heard
	for _, page := range pages {
		topic := slices.Index(book.Topics(), page.Front["topic"])
		if topic < 0 {
			*found = append(*found, book.Finding{
				File: page.File, Line: 1, What: fmt.Sprintf("topic %q is none of the labels page", page.Front["topic"]),
				Do: "write one of " + strings.Join(book.Topics(), ", ") + " behind `topic:` in the front matter",
			})
		}
		for _, section := range page.Sections {
			if section.Level != 2 {
				continue
			}
			labels, ok := readLabels(section.Heading)
			if !ok {
				*found = append(*found, book.Finding{
					File: page.File, Line: section.Line, What: fmt.Sprintf("heading %q is not a role, a danger and a wish", section.Heading),
					Do: "write it as `## child, concern, advice`, with the words of the labels page",
				})
				continue
			}
			labels[topicHead] = int8(topic)
			for _, q := range section.Quotes {
				out = append(out, heard{text: q.Text, labels: labels, times: 1, file: page.File, line: q.Line})
			}
		}
	}
	return out
}

// readLabels reads "child, concern, advice".
func readLabels(heading string) (labels [headCount]int8, ok bool) {
	parts := strings.Split(heading, ",")
	if len(parts) != 3 {
		return labels, false
	}
	for i, values := range [][]string{book.Roles(), book.Dangers(), book.Wants()} {
		at := slices.Index(values, strings.TrimSpace(parts[i]))
		if at < 0 {
			return labels, false
		}
		labels[[]int{roleHead, dangerHead, wantsHead}[i]] = int8(at)
	}
	return labels, true
}

// quotedBy collects the sentences that rules quote, with what the rules say.
func quotedBy(b *rulebook) []heard {
	var out []heard
	for i := range b.rules {
		r := &b.rules[i]
		for _, q := range r.quotes {
			out = append(out, heard{text: q.Text, labels: r.out.picks, times: 1, file: r.file, line: q.Line})
		}
	}
	return out
}

// How much a step's sample counts beside a labelled message.
const sampleWorth = 0.7

// Samples that are learned from; with more of them, every second or third is.
const maxSampled = 8000

// sampled collects the samples of the steps, with what their file says.
func sampled(v *book.Volume) []heard {
	all := allSamples(v)
	every := len(all)/maxSampled + 1
	out := all[:0]
	for i := 0; i < len(all); i += every {
		out = append(out, all[i])
	}
	return out
}

func allSamples(v *book.Volume) []heard {
	var out []heard
	for _, step := range v.Order {
		topic := slices.Index(book.Topics(), step.Topic)
		if topic < 0 {
			continue
		}
		labels := [headCount]int8{int8(topic), unknownLabel, unknownLabel, unknownLabel}
		if len(step.For) == 1 && slices.Contains(book.Roles(), step.For[0]) {
			labels[roleHead] = int8(slices.Index(book.Roles(), step.For[0]))
		}
		if len(step.Wants) > 0 {
			labels[wantsHead] = int8(slices.Index(book.Wants(), step.Wants[0]))
		}
		for _, q := range step.Samples {
			out = append(out, heard{text: q.Text, labels: labels, times: sampleWorth, file: step.File, line: q.Line})
		}
	}
	return out
}
