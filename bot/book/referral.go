package book

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

func referralKeys() []string {
	return []string{"country", "for", "phone", "site", "hours", "cost", "anonymous", "next", "source", "checked"}
}

// readReferrals reads the services of referrals.md: a heading each, with a
// list of `key: value` below it.
func readReferrals(s *source) []Referral {
	page := readPage(s)
	var out []Referral
	for _, section := range page.Sections {
		if section.Level == 1 {
			continue
		}
		r := Referral{Name: section.Heading, Anchor: Slug(section.Heading), File: s.file, Line: section.Line, Fields: map[string]string{}}
		for _, item := range section.Items {
			r.read(s, item)
		}
		for _, key := range referralKeys() {
			if r.Fields[key] == "" && key != "phone" && key != "site" {
				s.wrong(r.Line, fmt.Sprintf("%s has no %q", r.Name, key), fmt.Sprintf("add a line `- %s: …`", key))
			}
		}
		if _, err := time.Parse(time.DateOnly, r.Fields["checked"]); err != nil && r.Fields["checked"] != "" {
			s.wrong(r.Line, fmt.Sprintf("%s was checked on %q, which is no date", r.Name, r.Fields["checked"]), "write it as 2026-11-23")
		}
		if r.Fields["phone"] == "" && r.Fields["site"] == "" {
			s.wrong(r.Line, r.Name+" has neither phone nor site", "give at least one")
		}
		out = append(out, r)
	}
	return out
}

func (r *Referral) read(s *source, item Sample) {
	key, value, found := strings.Cut(item.Text, ":")
	key, value = strings.TrimSpace(key), strings.TrimSpace(value)
	switch {
	case !found || !slices.Contains(referralKeys(), key):
		s.wrong(item.Line, fmt.Sprintf("unknown line %q of a service", item.Text), "use: "+strings.Join(referralKeys(), ", "))
	case key == "country" && !slices.Contains([]string{"nl", "be", "uk", "int"}, value):
		s.wrong(item.Line, fmt.Sprintf("unknown country %q", value), "use nl, be, uk or int")
	case key == "site" && !siteIsSafe(value):
		s.wrong(item.Line, fmt.Sprintf("%q is not a site", value), "write https:// and the address; several with commas between")
	default:
		r.Fields[key] = value
	}
}

func siteIsSafe(value string) bool {
	for site := range strings.SplitSeq(value, ",") {
		u, err := url.Parse(strings.TrimSpace(site))
		if err != nil || u.Scheme != "https" || u.Host == "" {
			return false
		}
	}
	return true
}

// Phones are the numbers of the service as they are written, the first one to
// call first.
func (r Referral) Phones() []string { return listed(r.Fields["phone"]) }

// Sites are the addresses of the service, each with https://.
func (r Referral) Sites() []string { return listed(r.Fields["site"]) }

func listed(value string) []string {
	var out []string
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// Call is the link that calls a number.
func Call(phone string) string { return "tel:" + digits(phone) }

// href is where a link to the service leads: its site, else its number.
func (r Referral) href() string {
	if sites := r.Sites(); len(sites) > 0 {
		return sites[0]
	}
	if phones := r.Phones(); len(phones) > 0 {
		return Call(phones[0])
	}
	return ""
}

// Has tells whether a link, tel: or https:, belongs to the service.
func (r Referral) Has(link string) bool {
	if number, found := strings.CutPrefix(link, "tel:"); found {
		return slices.ContainsFunc(r.Phones(), func(phone string) bool { return digits(phone) != "" && digits(phone) == digits(number) })
	}
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "https" {
		return false
	}
	return slices.ContainsFunc(r.Sites(), func(site string) bool {
		own, err := url.Parse(site)
		return err == nil && own.Host != "" && bare(own.Host) == bare(u.Host)
	})
}

func bare(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }
