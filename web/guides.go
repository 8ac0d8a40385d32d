package web

import (
	"bytes"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/praatpaal/praatpaal/bot/book"
)

// Library gives the content of a language as it is at this moment, nil when
// there is none.
type Library interface {
	Volume(lang string) *book.Volume
}

// guideView is what the template of a guide is given. A page has steps to
// read, or groups of links, or services, or more of these.
type guideView struct {
	Lang, Dir string
	T         map[string]string
	Hash      map[string]string // of static files, by name
	Title     string
	GrownUp   bool
	Home      bool
	Twin      string // the same page in the other language
	TwinLang  string
	Up        *guideLink // the page of the theme
	Chat      string     // where the chat opens for this page
	Unread    bool       // the chat would bring a person in here; a page cannot
	Danger    []guideLink
	Steps     []guideStep
	Groups    []guideGroup
	Services  []guideService
}

// guideLink is a link; where it leads was checked when the book was read.
type guideLink struct {
	Href       template.URL
	Text, More string
}

// guideService is a service, and what can be tapped to reach it.
type guideService struct {
	Name, Country string
	Reach         []guideLink
	Fields        map[string]string
}

type guideGroup struct {
	ID, Title string
	Links     []guideLink
}

type guideStep struct {
	Anchor, Heading string
	Bubbles         []template.HTML // safe markup of the book
	Choices         []guideLink
}

// guides adds the pages that read without the chat and without script.
func (s *Server) guides(mux *http.ServeMux) {
	if s.options.Guides == nil {
		return
	}
	for _, lang := range book.Languages() {
		mux.HandleFunc("GET /"+lang+"/{page...}", func(w http.ResponseWriter, r *http.Request) {
			g := guide{lang: lang, volume: s.options.Guides.Volume(lang), texts: s.options.Texts[lang]}
			v, found := g.view(strings.TrimSuffix(r.PathValue("page"), "/"))
			if !found {
				http.NotFound(w, r)
				return
			}
			s.sendGuide(w, r, v)
		})
	}
}

func (s *Server) sendGuide(w http.ResponseWriter, r *http.Request, v guideView) {
	v.Hash = map[string]string{}
	for name, f := range s.pages.files {
		v.Hash[name] = f.hash
	}
	var b bytes.Buffer
	if err := s.pages.forms.ExecuteTemplate(&b, "guide.html", v); err != nil {
		s.log.Error("a page could not be made", "file", "guide.html", "err", err)
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	sendPadded(w, r, b.Bytes())
}

// guide makes pages of the content in one language.
type guide struct {
	lang   string
	volume *book.Volume
	texts  map[string]string
}

const (
	servicesPage = "referrals"
	startPage    = "start"
)

// view gives what stands at an address: the list of everything, the services,
// a theme, or a file.
func (g *guide) view(page string) (guideView, bool) {
	if g.volume == nil {
		return guideView{}, false
	}
	v := guideView{Lang: g.lang, Dir: "ltr", T: g.texts, Danger: g.danger(), Chat: "/"}
	for _, other := range book.Languages() {
		if other != g.lang {
			v.Twin, v.TwinLang = "/"+other+"/"+page, other
		}
	}
	switch {
	case page == "":
		g.home(&v)
	case page == servicesPage:
		v.Title, v.Services = g.texts["guide.services"], g.services(g.volume.Referrals)
	case slices.Contains(g.themes(), page):
		g.theme(&v, page)
	default:
		return v, g.file(&v, page)
	}
	return v, true
}

// danger is whom to call now: the first service of all, and where the language
// is another country's, that country's first as well.
func (g *guide) danger() []guideLink {
	var out []guideLink
	abroad := map[string]string{"en": "uk"}[g.lang]
	for i, r := range g.volume.Referrals {
		first := i == 0
		if r.Fields["country"] == abroad {
			first, abroad = true, ""
		}
		if phones := r.Phones(); first && len(phones) > 0 {
			out = append(out, guideLink{Href: template.URL(book.Call(phones[0])), Text: phones[0]})
		}
	}
	return out
}

// readable tells whether a step makes sense to somebody who only reads: what
// belongs to the talk itself does not.
func readable(step *book.Step) bool {
	folder, _, inFolder := strings.Cut(step.ID, "/")
	switch {
	case step.Does != "" && (step.Does != "hand-over" || !inFolder):
		return false
	case folder == "frame":
		return step.Danger >= book.Urgent || strings.HasPrefix(step.ID, "frame/urgent")
	}
	return folder != "smalltalk"
}

// themes are the folders that are listed: first those that the start leads to,
// in its order, then the rest; what is about the chat itself comes last.
func (g *guide) themes() []string {
	var out []string
	add := func(id string) {
		folder, _, found := strings.Cut(id, "/")
		if step := g.volume.Steps[id]; found && folder != "frame" && step != nil && readable(step) && !slices.Contains(out, folder) {
			out = append(out, folder)
		}
	}
	for _, step := range g.volume.Order {
		if file, _, _ := strings.Cut(step.ID, "#"); file == startPage {
			for _, choice := range step.Choices {
				add(choice.To)
			}
		}
	}
	for _, step := range g.volume.Order {
		add(step.ID)
	}
	slices.SortStableFunc(out, func(a, b string) int { return last(a) - last(b) })
	return out
}

func last(theme string) int {
	if theme == "service" {
		return 1
	}
	return 0
}

// readers are for whom pages are listed apart.
func readers() []string { return []string{"child", "friend", "parent", "professional"} }

func reads(step *book.Step, reader string) bool {
	return slices.Contains(step.For, reader) || slices.Contains(step.For, "anyone")
}

// home lists all themes, for each reader.
func (g *guide) home(v *guideView) {
	v.Title, v.Home = g.texts["guide.title"], true
	for _, reader := range readers() {
		group := guideGroup{ID: reader, Title: g.texts["guide.for_"+reader]}
		for _, theme := range g.themes() {
			if len(g.files(theme, reader)) > 0 {
				group.Links = append(group.Links, guideLink{Href: g.href(theme + "#" + reader), Text: g.name(theme)})
			}
		}
		v.Groups = append(v.Groups, group)
	}
}

// theme lists the files of a theme, for each reader.
func (g *guide) theme(v *guideView, theme string) {
	v.Title = g.name(theme)
	for _, reader := range readers() {
		group := guideGroup{ID: reader, Title: g.texts["guide.for_"+reader]}
		for _, step := range g.files(theme, reader) {
			more, _, _ := strings.Cut(step.Bubbles[0].Text, ". ")
			group.Links = append(group.Links, guideLink{Href: g.href(step.ID), Text: step.Heading, More: strings.TrimSuffix(more, ".") + "."})
		}
		if len(group.Links) > 0 {
			v.Groups = append(v.Groups, group)
		}
	}
	if g.volume.Steps[theme+"/start"] != nil {
		v.Chat = "/#" + theme + "/start"
	}
}

// files gives the first steps of a theme's files for a reader, doors first.
func (g *guide) files(theme, reader string) []*book.Step {
	var out []*book.Step
	for _, step := range g.volume.Order {
		if step.Anchor == "" && strings.HasPrefix(step.ID, theme+"/") && reads(step, reader) && readable(step) {
			out = append(out, step)
		}
	}
	slices.SortStableFunc(out, func(a, b *book.Step) int { return doorstep(a) - doorstep(b) })
	return out
}

func doorstep(step *book.Step) int {
	if len(step.Opens) == 0 {
		return len(book.Dangers())
	}
	return int(slices.Min(step.Opens))
}

func (g *guide) name(theme string) string {
	if name := g.texts["guide.theme_"+theme]; name != "" {
		return name
	}
	return theme
}

// href is the address of a theme or a step. What follows # is the heading's
// anchor in this language.
func (g *guide) href(id string) template.URL {
	file, mark, _ := strings.Cut(id, "#")
	if step := g.volume.Steps[id]; step != nil {
		mark = step.Anchor
	}
	if mark != "" {
		mark = "#" + mark
	}
	return template.URL("/" + g.lang + "/" + file + mark)
}

// file is all that a file says.
func (g *guide) file(v *guideView, page string) bool {
	for _, step := range g.volume.Order {
		if file, _, _ := strings.Cut(step.ID, "#"); file == page && readable(step) {
			v.Steps = append(v.Steps, g.step(step))
			v.GrownUp = v.GrownUp || !step.ForChild()
			v.Unread = v.Unread || step.Does == "hand-over"
		}
	}
	if len(v.Steps) == 0 {
		return false
	}
	v.Title = v.Steps[0].Heading
	if !v.Unread {
		v.Chat = "/#" + page
	}
	if theme, _, found := strings.Cut(page, "/"); found && slices.Contains(g.themes(), theme) {
		v.Up = &guideLink{Href: g.href(theme), Text: g.name(theme)}
	}
	if v.Services = g.mentioned(v.Steps); len(v.Services) == 0 {
		v.Services = g.mentioned(g.numbers(v.GrownUp))
	}
	return true
}

// numbers is the step that gives the numbers when nobody can come.
func (g *guide) numbers(grownUp bool) []guideStep {
	id := "frame/closed"
	if grownUp {
		id += "-parent"
	}
	if step := g.volume.Steps[id]; step != nil {
		return []guideStep{g.step(step)}
	}
	return nil
}

func (g *guide) step(step *book.Step) guideStep {
	out := guideStep{Anchor: step.Anchor, Heading: step.Heading}
	for _, b := range step.Bubbles {
		out.Bubbles = append(out.Bubbles, template.HTML(b.HTML)) // made by package book, of checked parts only
	}
	for _, choice := range step.Choices {
		to := g.volume.Steps[choice.To]
		switch {
		case to == nil:
		case readable(to):
			out.Choices = append(out.Choices, guideLink{Href: g.href(to.ID), Text: choice.Label})
		case to.Does == "hand-over":
			out.Choices = append(out.Choices, guideLink{Href: template.URL("/#" + step.ID), Text: choice.Label, More: g.texts["guide.in_chat"]})
		}
	}
	return out
}

// mentioned are the services that the steps link to, in the order of
// referrals.md.
func (g *guide) mentioned(steps []guideStep) []guideService {
	var links []string
	link := regexp.MustCompile(`href="([^"]+)"`)
	for _, step := range steps {
		for _, b := range step.Bubbles {
			for _, m := range link.FindAllStringSubmatch(string(b), -1) {
				links = append(links, m[1])
			}
		}
	}
	var out []book.Referral
	for _, r := range g.volume.Referrals {
		if slices.ContainsFunc(links, r.Has) {
			out = append(out, r)
		}
	}
	return g.services(out)
}

func (g *guide) services(all []book.Referral) []guideService {
	var out []guideService
	for _, r := range all {
		service := guideService{Name: r.Name, Country: g.texts["guide.country_"+r.Fields["country"]], Fields: r.Fields}
		for _, phone := range r.Phones() {
			service.Reach = append(service.Reach, guideLink{Href: template.URL(book.Call(phone)), Text: phone})
		}
		for _, site := range r.Sites() {
			name := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(site, "https://"), "www."), "/")
			service.Reach = append(service.Reach, guideLink{Href: template.URL(site), Text: name})
		}
		out = append(out, service)
	}
	return out
}
