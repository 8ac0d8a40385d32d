package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"
)

const nameMost = 40

// Counsellor is an account for the desk.
type Counsellor struct {
	Name     string
	Disabled bool
	Since    time.Time // of the account, or of its being enabled anew
}

// checkName refuses a name that is not 1 to 40 letters, digits, spaces and
// hyphens, with no space at either end.
func checkName(name string) error {
	if n := utf8.RuneCountInString(name); n == 0 || n > nameMost {
		return fmt.Errorf("name has %d letters, not 1 to %d", n, nameMost)
	}
	if name != strings.TrimSpace(name) {
		return errors.New("name begins or ends with a space")
	}
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' && r != '-' {
			return fmt.Errorf("name has %q: use letters, digits, spaces and hyphens", r)
		}
	}
	return nil
}

// folded is a name as accounts are told apart: Anna and anna are one.
func folded(name string) string { return strings.ToLower(name) }

// AddCounsellor makes an account. ErrExists when there is one of that name,
// in whatever case; a disabled one is enabled anew with the new password. The
// password has 12 to 200 characters.
func (q *Queue) AddCounsellor(ctx context.Context, name, password string) error {
	if err := checkName(name); err != nil {
		return fmt.Errorf("add counsellor: %w", err)
	}
	if n := utf8.RuneCountInString(password); n < passwordLeast || n > passwordMost {
		return fmt.Errorf("add counsellor: password has %d characters, not %d to %d", n, passwordLeast, passwordMost)
	}
	var hash string
	if err := q.through(ctx, q.gate, func() { hash = hashPassword(password) }); err != nil {
		return fmt.Errorf("add counsellor: %w", err)
	}
	reply, err := q.write(ctx, q.scripts.account, q.accountKeys(), "add", folded(name), name, hash)
	if err != nil {
		return fmt.Errorf("add counsellor: %w", err)
	}
	if reply == "exists" {
		return fmt.Errorf("add counsellor: %w", ErrExists)
	}
	return nil
}

// DisableCounsellor shuts an account and ends its sessions at once. ErrGone
// when there is none of that name.
func (q *Queue) DisableCounsellor(ctx context.Context, name string) error {
	reply, err := q.write(ctx, q.scripts.account, q.accountKeys(), "disable", folded(name), "", "")
	if err != nil {
		return fmt.Errorf("disable counsellor: %w", err)
	}
	if reply == "none" {
		return fmt.Errorf("disable counsellor %q: no such account: %w", name, ErrGone)
	}
	return nil
}

func (q *Queue) accountKeys() []string {
	return []string{q.names.accounts, q.names.gens, q.names.enabled}
}

// Counsellors lists the accounts by name.
func (q *Queue) Counsellors(ctx context.Context) ([]Counsellor, error) {
	pipe := q.client.Pipeline()
	accounts := pipe.HGetAll(ctx, q.names.accounts)
	gens := pipe.HGetAll(ctx, q.names.gens)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("counsellors: %w", err)
	}
	var out []Counsellor
	for key, text := range accounts.Val() {
		a, err := parseAccount(text)
		if err != nil {
			return nil, fmt.Errorf("counsellors: %w", err)
		}
		_, enabled := gens.Val()[key]
		out = append(out, Counsellor{Name: a.name, Disabled: !enabled, Since: a.since})
	}
	slices.SortFunc(out, func(a, b Counsellor) int { return strings.Compare(folded(a.Name), folded(b.Name)) })
	return out, nil
}

type account struct {
	since time.Time
	name  string
	hash  string
}

// parseAccount reads "since US name US hash".
func parseAccount(text string) (account, error) {
	parts := strings.SplitN(text, us, 3)
	if len(parts) != 3 {
		return account{}, errors.New("account is cut short")
	}
	return account{since: time.UnixMilli(number(parts[0])), name: parts[1], hash: parts[2]}, nil
}

// account reads one; an unknown name gives an account that no password fits.
func (q *Queue) account(ctx context.Context, name string) (account, error) {
	text, err := q.client.HGet(ctx, q.names.accounts, folded(name)).Result()
	if errors.Is(err, redis.Nil) {
		return account{name: name, hash: nobody()}, nil
	}
	if err != nil {
		return account{}, err
	}
	return parseAccount(text)
}
