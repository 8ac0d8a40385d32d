package queue

import "fmt"

// us separates the parts of a value where Redis keeps several in one.
const us = "\x1f"

// names are the keys in Redis; they do not change after newNames. What must
// change in one piece shares a hash tag, and so a slot of a cluster: each
// conversation has its own, the line has one, the counsellors have one.
type names struct {
	prefix string
	node   string // channel of a node, without the node
	lines  string // channel of the line
	line   []string
	todo   string
	counts string
	shred  string
	duty   []string // duty, where
	waits  string
	folder string // which folder of keys the nodes have

	accounts, gens, enabled string
}

func newNames(prefix string) names {
	line := func(name string) string { return prefix + "{line}:" + name }
	staff := func(name string) string { return prefix + "{staff}:" + name }
	n := names{
		prefix: prefix,
		node:   prefix + "node:",
		lines:  prefix + "line",
		folder: prefix + "{keys}",
		todo:   line("todo"), counts: line("counts"), shred: line("shred"), waits: line("waits"),
		duty:     []string{line("duty"), line("where")},
		accounts: staff("accounts"), gens: staff("gens"), enabled: staff("enabled"),
	}
	for _, name := range []string{
		"stays", "order", "lanes", "beats", "away", "over", "claims", "leases", "desks",
		"todo", "waits", "counts", "fences", "shred", "parents",
	} {
		n.line = append(n.line, line(name))
	}
	return n
}

func (n names) conversation(id string) string { return n.prefix + "{c:" + id + "}" }

// code is the record of words that lead to a conversation.
func (n names) code(name string) string { return n.prefix + "code:" + name }

func (n names) session(digest string) string { return n.prefix + "{staff}:session:" + digest }
func (n names) once(digest string) string    { return n.prefix + "{staff}:once:" + digest }

// epoch is one of several keys that lie spread over the slots of a cluster.
func (n names) epoch(i int) string { return fmt.Sprintf("%s{epoch%d}", n.prefix, i) }
