package queue

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	dialTimeout = 2 * time.Second
	readTimeout = 2 * time.Second
)

// address is where Redis is and what kind it is; fixed after parseAddress.
type address struct {
	options  redis.UniversalOptions
	shown    string // the URLs without a password, for errors
	cluster  bool
	sentinel bool
	inside   bool // the embedded store
}

// parseAddress reads the forms that Options.URLs names. No error shows a
// password.
func parseAddress(urls []string) (address, error) {
	a := address{options: options()}
	var shown []string
	for _, raw := range splitURLs(urls) {
		raw, more := cutHosts(raw)
		u, err := url.Parse(raw)
		if err != nil {
			// url.Error holds the text, and so a password.
			return address{}, errors.New("redis: a URL that cannot be read: write redis://host:port/0 and escape special characters in the password")
		}
		shown = append(shown, bare(u, more))
		if err := a.add(u, more); err != nil {
			return address{}, fmt.Errorf("redis: %s: %w", bare(u, more), err)
		}
	}
	a.shown = strings.Join(shown, ",")
	if len(a.options.Addrs) == 0 {
		return address{}, errors.New("redis: no URL: write redis://host:port/0")
	}
	if a.sentinel && a.options.MasterName == "" {
		return address{}, fmt.Errorf("redis: %s: add ?master= and the name that the Sentinels know the master by", a.shown)
	}
	a.cluster = a.cluster || !a.sentinel && len(a.options.Addrs) > 1
	a.options.IsClusterMode = a.cluster
	if a.cluster && a.options.DB != 0 {
		return address{}, fmt.Errorf("redis: %s: a Cluster has database 0 only: leave the number out", a.shown)
	}
	return a, nil
}

// splitURLs takes "a://x,y,b://z" apart into "a://x,y" and "b://z".
func splitURLs(urls []string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.Join(urls, ","), ",") {
		part = strings.TrimSpace(part)
		switch {
		case part == "":
		case strings.Contains(part, "://") || len(out) == 0:
			out = append(out, part)
		default:
			out[len(out)-1] += "," + part
		}
	}
	return out
}

// cutHosts takes all hosts but the first out of a URL with several.
func cutHosts(raw string) (one string, more []string) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return raw, nil
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	start := strings.LastIndex(rest[:end], "@") + 1
	hosts := strings.Split(rest[start:end], ",")
	return scheme + "://" + rest[:start] + hosts[0] + rest[end:], hosts[1:]
}

// bare is a URL with all its hosts, without user, password and query. Where no
// host is found, or an @ stands behind it, nobody can tell what is a password.
func bare(u *url.URL, more []string) string {
	if u.Scheme == "" || u.Host == "" && u.Path+u.Opaque != "" || strings.ContainsAny(u.Path, "@:") {
		return "a URL"
	}
	return u.Scheme + "://" + strings.Join(append([]string{u.Host}, more...), ",") + u.Path
}

func (a *address) add(u *url.URL, more []string) error {
	query := u.Query()
	switch u.Scheme {
	case "redis":
	case "rediss":
		a.options.TLSConfig = secure(u.Hostname())
	case "redis+sentinel", "rediss+sentinel":
		a.sentinel = true
		a.options.MasterName = query.Get("master")
		a.options.SentinelUsername = query.Get("sentinel_user")
		a.options.SentinelPassword = query.Get("sentinel_password")
		if u.Scheme == "rediss+sentinel" {
			a.options.TLSConfig = secure("")
		}
	default:
		return errors.New("begins with no scheme known here: use redis://, rediss:// or redis+sentinel://")
	}
	if a.sentinel && !strings.HasSuffix(u.Scheme, "+sentinel") {
		return errors.New("a URL of Sentinels and another one do not go together")
	}
	a.cluster = a.cluster || query.Get("cluster") == "true"
	for _, host := range append([]string{u.Host}, more...) {
		a.options.Addrs = append(a.options.Addrs, hostPort(host, a.sentinel))
	}
	if password, ok := u.User.Password(); ok {
		a.options.Username, a.options.Password = u.User.Username(), password
	}
	if db := strings.Trim(u.Path, "/"); db != "" {
		n, err := strconv.Atoi(db)
		if err != nil || n < 0 {
			return errors.New("the path is not the number of a database: write redis://host:port/0")
		}
		a.options.DB = n
	}
	return nil
}

func secure(host string) *tls.Config {
	return &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
}

func hostPort(host string, sentinel bool) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if sentinel {
		return net.JoinHostPort(strings.Trim(host, "[]"), "26379")
	}
	return net.JoinHostPort(strings.Trim(host, "[]"), "6379")
}

// options are the same for every kind of Redis. The client never sends a
// command twice by itself: whether that is safe, only we know.
func options() redis.UniversalOptions {
	return redis.UniversalOptions{
		Protocol:               2,
		MaxRetries:             -1,
		DialTimeout:            dialTimeout,
		DialerRetries:          1,
		ReadTimeout:            readTimeout,
		WriteTimeout:           readTimeout,
		ContextTimeoutEnabled:  true,
		PoolSize:               max(16, 4*runtime.GOMAXPROCS(0)),
		PoolTimeout:            readTimeout,
		PipelinePoolSize:       2 * flushers,
		ReadBufferSize:         8 << 10,
		WriteBufferSize:        8 << 10,
		PipelineReadBufferSize: 64 << 10, PipelineWriteBufferSize: 64 << 10,
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// plain says what is wrong with a connection in one line for an operator.
func (a address) plain(err error) error {
	what := err.Error()
	var op *net.OpError
	var dns *net.DNSError
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		what = "connection refused: start Redis or unset PRAATPAAL_REDIS"
	case errors.As(err, &dns):
		what = "no such host: look at the name in PRAATPAAL_REDIS"
	case redis.HasErrorPrefix(err, "WRONGPASS"), redis.HasErrorPrefix(err, "NOAUTH"):
		what = "user or password refused: look at PRAATPAAL_REDIS"
	case errors.As(err, &op) && op.Timeout(), errors.Is(err, errTimeout):
		what = "no answer within " + dialTimeout.String() + ": look at the address and at what stands between"
	}
	return fmt.Errorf("redis: %s: %s", a.shown, strings.ReplaceAll(what, "\n", " "))
}
