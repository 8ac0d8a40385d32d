package browser

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/praatpaal/praatpaal/bench/canary"
)

func newSecret() string { return "zebra" + strings.ToLower(rand.Text()[:14]) }

// careless is a page that does not think of this, so that the search is known
// to find something: in a store, in what a session is restored from, and in the
// history.
func careless(t *testing.T) (url string, secrets []string) {
	secrets = []string{newSecret(), newSecret(), newSecret()}
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<title>x</title><script>localStorage.setItem('a', '%s'); sessionStorage.setItem('a', '%s')</script>", secrets[0], secrets[1])
	}))
	t.Cleanup(site.Close)
	return site.URL + "/?said=" + secrets[2], secrets
}

// nothingOn searches a profile on the disk for secrets, and for those of a
// careless page, which must be found.
func nothingOn(t *testing.T, profile string, secrets, naive []string) {
	t.Helper()
	hits, read, err := canary.New(secrets).Under(profile)
	if err != nil || read < 1<<20 {
		t.Errorf("%d bytes of the profile were searched: %v", read, err)
	}
	for _, hit := range hits {
		t.Errorf("on the disk, in %s: %q as %s", hit.Where, hit.Secret, hit.As)
	}
	found, _, _ := canary.New(naive).Under(profile)
	seen := map[string]bool{}
	for _, hit := range found {
		seen[hit.Secret] = true
	}
	if len(seen) != len(naive) {
		t.Errorf("of a careless page %d of %d secrets are found: nothing is tried", len(seen), len(naive))
	}
	t.Logf("%d secrets, %d bytes of profile, %d found; a careless page: %d of %d", len(secrets), read, len(hits), len(seen), len(naive))
}
