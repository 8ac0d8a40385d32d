package book

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
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

// href is where a link to the service leads: its site, else its number.
func (r Referral) href() string {
	if site := r.Fields["site"]; site != "" {
		first, _, _ := strings.Cut(site, ",")
		return strings.TrimSpace(first)
	}
	first, _, _ := strings.Cut(r.Fields["phone"], ",")
	return "tel:" + digits(first)
}

// has tells whether a tel: or https: link belongs to the service.
func (r Referral) has(to string) bool {
	if number, found := strings.CutPrefix(to, "tel:"); found {
		for phone := range strings.SplitSeq(r.Fields["phone"], ",") {
			if digits(phone) != "" && digits(phone) == digits(number) {
				return true
			}
		}
		return false
	}
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "https" {
		return false
	}
	for site := range strings.SplitSeq(r.Fields["site"], ",") {
		own, err := url.Parse(strings.TrimSpace(site))
		if err == nil && own.Host != "" && bare(own.Host) == bare(u.Host) {
			return true
		}
	}
	return false
}

func bare(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }
