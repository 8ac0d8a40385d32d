// Praatpaal is an anonymous prevention-and-help chat about grooming,
// loverboys and image abuse. This file turns settings into values, makes each
// part once, in the order in which a message meets them, and holds the
// commands. Nothing imports it, and it decides nothing.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"github.com/praatpaal/praatpaal/bot"
	"github.com/praatpaal/praatpaal/bot/book"
	"github.com/praatpaal/praatpaal/bot/chart"
	"github.com/praatpaal/praatpaal/bot/proof"
	"github.com/praatpaal/praatpaal/bot/queue"
	"github.com/praatpaal/praatpaal/bot/talk"
	"github.com/praatpaal/praatpaal/bot/understand"
	"github.com/praatpaal/praatpaal/content"
	"github.com/praatpaal/praatpaal/locales"
	"github.com/praatpaal/praatpaal/web"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}); err != nil {
		fmt.Fprintln(os.Stderr, "praatpaal:", err)
		os.Exit(1)
	}
}

// streams are what a command reads and writes; tests give their own.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// commands is the whole command line: commands, flags, environment and
// defaults stand here and nowhere else.
type commands struct {
	Redis   []string `help:"One URL of Redis, or several of a Cluster or Sentinel. Without: an embedded store that forgets." env:"PRAATPAAL_REDIS" placeholder:"URL"`
	Keys    string   `help:"Folder of the sealing keys; needed with Redis." env:"PRAATPAAL_KEYS" placeholder:"DIR"`
	Content string   `help:"Folder that replaces the content that is built in." env:"PRAATPAAL_CONTENT" placeholder:"DIR"`
	Addr    string   `help:"Address to listen on." env:"PRAATPAAL_ADDR" default:"127.0.0.1:8080"`

	Serve      serve      `cmd:"" default:"withargs" help:"Serve the chat and the desk (this is done when no command is given)."`
	Talk       talkTo     `cmd:"" help:"Talk with the bot in the terminal; prints a transcript."`
	Understand listen     `cmd:"" help:"Say what messages mean: one as arguments, or JSON lines with lang and text from standard input."`
	Check      check      `cmd:"" help:"List all that is wrong with the content."`
	Map        mapTo      `cmd:"" help:"Draw the dialogue, theme by theme, as SVG and Mermaid."`
	Counsellor counsellor `cmd:"" help:"Accounts for the desk."`
	Evidence   evidence   `cmd:"" help:"Show all that is held about one conversation."`
	Health     health     `cmd:"" help:"Ask a running server whether it lives; for health checks."`
}

// run is the whole program; main and the tests call it.
func run(ctx context.Context, args []string, s streams) error {
	var c commands
	parser, err := kong.New(&c, kong.Name("praatpaal"), kong.Writers(s.out, s.err),
		kong.Description("An anonymous prevention-and-help chat about grooming, loverboys and image abuse, in Dutch and English."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		return err
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return fmt.Errorf("%w: see praatpaal --help", err)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	return parsed.Run(&c, s)
}

// files gives the content, and what to put before the names of its files.
func (c *commands) files() (fs.FS, string) {
	if c.Content == "" {
		return content.Files(), "content/"
	}
	return os.DirFS(c.Content), strings.TrimSuffix(c.Content, "/") + "/"
}

// proof reads the content and makes the bot of it, or lists every mistake in
// it at once.
func (c *commands) proof(to io.Writer) (proof.Proof, error) {
	files, shown := c.files()
	p, err := proof.Read(files)
	if err == nil && p.Bot == nil {
		p.List(to, shown)
		err = fmt.Errorf("content: %d mistakes, listed above: mend them first", p.Wrong())
	}
	return p, err
}

// store opens Redis, or the embedded store.
func (c *commands) store(ctx context.Context, log *slog.Logger) (*queue.Queue, error) {
	if len(c.Redis) > 0 && c.Keys == "" {
		return nil, errors.New("PRAATPAAL_KEYS: with Redis a folder for the sealing keys is needed: name one that all nodes share and nobody else can read")
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return queue.Open(ctx, queue.Options{URLs: c.Redis, Keys: c.Keys, Log: log})
}

// safeLog is the only log: nobody can learn from it who was here or what was
// said.
func safeLog(s streams) *slog.Logger {
	return slog.New(web.SafeLog(slog.NewTextHandler(s.err, nil)))
}

// serve is the server.
type serve struct {
	Explain           bool     `help:"Bot messages also carry what was understood. Never in production." env:"PRAATPAAL_EXPLAIN"`
	SayPerMinute      int      `help:"Messages a minute that one conversation may send; 0: no limit." env:"PRAATPAAL_SAY_PER_MINUTE" default:"30"`
	ConnectsPerSecond int      `help:"New connections a second from one block of addresses; 0: no limit." env:"PRAATPAAL_CONNECTS_PER_SECOND" default:"20"`
	Embed             []string `help:"Origins whose pages may show the chat in a frame, as https://www.example.org." env:"PRAATPAAL_EMBED"`
	Proxied           bool     `help:"Believe the X-Forwarded headers of the proxy in front; only where nobody can come past it." env:"PRAATPAAL_PROXIED"`
}

// Run makes each part once, serves until the context ends, and closes them in
// reverse.
func (cmd *serve) Run(ctx context.Context, c *commands, s streams) error {
	log := safeLog(s)
	texts, err := locales.Load()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("%s: cannot listen there (%w): stop the other program, or set PRAATPAAL_ADDR to another address", c.Addr, plain(err))
	}
	store, err := c.store(ctx, log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	p, err := c.proof(s.err)
	if err != nil {
		return errors.Join(err, listener.Close(), store.Close())
	}
	shelf := bot.NewShelf(p.Bot)
	unwatch, err := c.watch(shelf, s)
	if err != nil {
		return errors.Join(err, listener.Close(), store.Close())
	}
	server, err := web.New(web.Options{
		Bot: shelf, Guides: shelf, Store: store, Texts: texts, Log: log, Explain: cmd.Explain,
		SayPerMinute: cmd.SayPerMinute, ConnectsPerSecond: cmd.ConnectsPerSecond, Proxied: cmd.Proxied, Embed: cmd.Embed,
	})
	if err == nil {
		err = cmd.welcome(ctx, c, store, s, listener.Addr().String())
	}
	if err == nil {
		err = server.Serve(ctx, listener)
	}
	return errors.Join(err, unwatch(), store.Close())
}

// watch takes in what an editor saves, when nothing in it is wrong.
func (c *commands) watch(shelf *bot.Shelf, s streams) (unwatch func() error, err error) {
	if c.Content == "" {
		return func() error { return nil }, nil
	}
	return proof.Watch(c.Content, func() {
		p, err := c.proof(s.err)
		if err != nil {
			fmt.Fprintf(s.err, "%v; the content from before stays\n", err)
			return
		}
		shelf.Put(p.Bot)
		fmt.Fprintln(s.err, "content: read again, and in use from now on")
	})
}

// tryName is the counsellor that the embedded store has from the start.
const tryName = "Sanne"

// welcome tells a newcomer what is there.
func (cmd *serve) welcome(ctx context.Context, c *commands, store *queue.Queue, s streams, addr string) error {
	fmt.Fprintf(s.out, "Praatpaal\n  the chat     http://%s/\n", addr)
	if len(c.Redis) > 0 {
		fmt.Fprintf(s.out, "  the desk     http://%s/counsellor   (accounts: praatpaal counsellor add NAME)\n", addr)
		return nil
	}
	password, _ := queue.NewToken()
	if err := store.AddCounsellor(ctx, tryName, password); err != nil {
		return err
	}
	code, err := store.OnceCode(ctx, tryName)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "  the desk     http://%s/counsellor/once?code=%s   (works once, signs you in as %s)\n", addr, code, tryName)
	fmt.Fprintln(s.out, "  The store is embedded: when this program stops, everything is forgotten.")
	fmt.Fprintln(s.out, "  Set PRAATPAAL_REDIS and PRAATPAAL_KEYS to keep it. Ctrl+C stops.")
	return nil
}

// plain gives the innermost reason of a network error, which names no address.
func plain(err error) error {
	var sys syscall.Errno
	if errors.As(err, &sys) {
		return sys
	}
	return err
}

type talkTo struct {
	Lang    string `arg:"" enum:"nl,en" default:"nl" help:"nl or en."`
	As      string `help:"Entrance: child or parent." enum:"child,parent" default:"child"`
	Explain bool   `help:"Say after each line why it was understood so."`
}

// Run talks until the input ends.
func (cmd *talkTo) Run(c *commands, s streams) error {
	p, err := c.proof(s.err)
	if err != nil {
		return err
	}
	t := talk.Terminal{In: s.in, Out: s.out, Echo: !isTerminal(s.out), Explain: cmd.Explain, As: cmd.As, Lang: cmd.Lang}
	return t.Run(p.Bot)
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

type listen struct {
	Lang string   `arg:"" optional:"" help:"nl or en."`
	Text []string `arg:"" optional:"" help:"The message."`
}

// Run answers one message, or a line of JSON for each line of JSON.
func (cmd *listen) Run(c *commands, s streams) error {
	p, err := c.proof(s.err)
	if err != nil {
		return err
	}
	ears := map[string]*understand.Understander{}
	for _, lang := range book.Languages() {
		ears[lang] = p.Bot.Ear(lang)
	}
	if cmd.Lang != "" {
		ear := ears[cmd.Lang]
		if ear == nil || len(cmd.Text) == 0 {
			return errors.New(`understand: say a language and a message, as in: understand nl "hij dreigt"`)
		}
		return json.NewEncoder(s.out).Encode(ear.Message(strings.Join(cmd.Text, " ")))
	}
	return talk.Lines(ears, s.in, s.out, s.err)
}

type check struct {
	Translated bool     `help:"Note in these translations that they fit their source as it is now; then check."`
	Files      []string `arg:"" optional:"" help:"With --translated: files as en/grooming/photo.md, or all."`
}

// Run lists all errors and warnings of the content.
func (cmd *check) Run(c *commands, s streams) error {
	if cmd.Translated {
		c.Content = cmp.Or(c.Content, "content")
		noted, err := proof.Translated(c.Content, cmd.Files)
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%d translations noted\n", noted)
	}
	files, shown := c.files()
	p := proof.Check(files, time.Now())
	return p.Report(s.out, shown)
}

type mapTo struct {
	To string `help:"Folder to write into." default:"map"`
}

// Run writes the dialogue as pictures.
func (cmd *mapTo) Run(c *commands, s streams) error {
	p, err := c.proof(s.err)
	if err != nil {
		return err
	}
	drawn := chart.Draw(p.Book)
	fmt.Fprintf(s.out, "%d files in %s: begin with index.md\n", len(drawn), cmd.To)
	return proof.Save(cmd.To, drawn)
}

type counsellor struct {
	Add     addCounsellor     `cmd:"" help:"Make an account; prints its password once."`
	Disable disableCounsellor `cmd:"" help:"Close an account and end its sessions."`
	List    listCounsellors   `cmd:"" help:"List the accounts."`
}

// withStore opens the store that accounts are kept in.
func (c *commands) withStore(ctx context.Context, s streams, do func(*queue.Queue) error) error {
	if len(c.Redis) == 0 {
		return errors.New("PRAATPAAL_REDIS: this needs a Redis that outlives the command: name the server's one")
	}
	store, err := c.store(ctx, safeLog(s))
	if err != nil {
		return err
	}
	return errors.Join(do(store), store.Close())
}

type addCounsellor struct {
	Name string `arg:"" help:"First name, as children will see it."`
}

// Run makes an account with a password that nobody has to think of.
func (cmd *addCounsellor) Run(ctx context.Context, c *commands, s streams) error {
	return c.withStore(ctx, s, func(store *queue.Queue) error {
		password, _ := queue.NewToken()
		if err := store.AddCounsellor(ctx, cmd.Name, password); err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s can sign in at /counsellor with this password, which is shown only now:\n%s\n", cmd.Name, password)
		return nil
	})
}

type disableCounsellor struct {
	Name string `arg:""`
}

// Run closes an account.
func (cmd *disableCounsellor) Run(ctx context.Context, c *commands, s streams) error {
	return c.withStore(ctx, s, func(store *queue.Queue) error { return store.DisableCounsellor(ctx, cmd.Name) })
}

type listCounsellors struct{}

// Run lists the accounts.
func (cmd *listCounsellors) Run(ctx context.Context, c *commands, s streams) error {
	return c.withStore(ctx, s, func(store *queue.Queue) error {
		all, err := store.Counsellors(ctx)
		for _, one := range all {
			state := "active"
			if one.Disabled {
				state = "disabled"
			}
			fmt.Fprintf(s.out, "%-40s %s since %s\n", one.Name, state, one.Since.Format(time.DateOnly))
		}
		return err
	})
}

type evidence struct {
	ID string `arg:"" help:"The conversation's id."`
}

// Run prints all that is held about one conversation.
func (cmd *evidence) Run(ctx context.Context, c *commands, s streams) error {
	return c.withStore(ctx, s, func(store *queue.Queue) error {
		held, err := store.Evidence(ctx, cmd.ID)
		if err != nil {
			return err
		}
		return json.NewEncoder(s.out).Encode(held)
	})
}

type health struct{}

// Run asks /healthz of the server at the configured address.
func (cmd *health) Run(ctx context.Context, c *commands) error { return web.Probe(ctx, c.Addr) }
