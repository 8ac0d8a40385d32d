package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The limits of this package, all in one place.
const (
	maxFrame  = 16 << 10 // bytes; more closes the socket with 1009
	maxDepth  = 8        // nested arrays and objects
	maxFields = 32       // of one object
	maxText   = 2000     // characters of one message
	maxID     = 36       // characters of a message id
	maxToken  = 200      // characters
	maxPage   = 200      // characters of a step id
	maxMarks  = 8        // accents and invisible signs in a row
	maxBad    = 20       // bad frames in a row
	maxExit   = 256      // bytes of POST /exit
	maxOpen   = 5        // conversations that one counsellor has at a time
	maxForm   = 4 << 10  // bytes of a sign-in form
	maxHeader = 16 << 10 // bytes of a request's headers

	framesPerSecond = 20 // of any kind from one socket
	framesAtOnce    = 100
	resends         = 50 // messages that a browser keeps to send again
	unanswered      = 8  // messages that it may send again after a lost line
	signInsAtOnce   = 10 // from one address bucket, then one each signInEvery
	signInEvery     = 6 * time.Second
	connectBurst    = 5 // seconds of connections that may come at once
	codesAtOnce     = 5 // tries to come back with words, from one address bucket, then one each codeEvery
	codeEvery       = 90 * time.Second
	codesPerSecond  = 4 // of all together
	codeBurst       = 20
	bucketsKept     = 50000
	aliveAtOnce     = 500 // heartbeats in one call

	eventsQueued   = 16
	maxQueued      = 64       // frames that wait for a slow reader
	maxQueuedBytes = 64 << 10 // and their bytes
	sendBuffer     = 32 << 10 // of the kernel, for one socket
	maxRemembered  = 50       // turns answered while the store is away
	turnTries      = 5        // when others write to the same conversation

	refillQuiet = time.Second      // without a message: all have come again
	refillMost  = 8 * time.Second  // to wait for them
	lossLately  = 2 * time.Minute  // a browser that comes back may have had numbers that were lost
	returnMost  = 15 * time.Second // for a counsellor and a child to find each other after a loss
	startWait   = 10 * time.Second // for start or resume on a new socket
	readWait    = 28 * time.Second // for anything from a socket, pongs too
	frameWait   = 10 * time.Second // for the rest of a frame
	writeWait   = 10 * time.Second // for a slow reader
	closeWait   = 2 * time.Second  // for the other side's close
	pingEvery   = 12 * time.Second
	sweepEvery  = time.Second      // a lost lease is found so soon
	lineEvery   = 10 * time.Second // state while waiting, and the heartbeat of the line
	lineQuiet   = time.Second      // between two looks at the line because of hints
	deskEvery   = 5 * time.Second  // look for what the other end wrote, beside hints
	renewEvery  = 10 * time.Second // claims and presence of a desk
	goneAfter   = 30 * time.Second // without a sign of the child's socket
	hintWait    = 2 * time.Second  // for the hint that says how a conversation went
	boardQuiet  = 250 * time.Millisecond
	epochTries  = 15 // looks whether the store lost state …
	epochEvery  = 100 * time.Millisecond
	typingEvery = 2 * time.Second
	nobodyWait  = 5 * time.Minute  // in the line with no counsellor present
	lingerMost  = 10 * time.Minute // to write what was answered from memory, without a socket

	storeWait   = 2 * time.Second // for one call of the store
	storeEvery  = time.Second     // between tries to write what was answered from memory
	healthEvery = 2 * time.Second // asks the store whether it is there
	probeEvery  = 500 * time.Millisecond
	probeWait   = time.Second

	signInWait = 10 * time.Second // a password is checked slowly, behind a gate
	codeWait   = 5 * time.Second  // and so are words to come back with
	headerWait = 5 * time.Second
	drainWait  = 15 * time.Second // for all goroutines at shutdown
	retryMost  = 10 * time.Second // spread of the hint when to come back
	retryCut   = 3 * time.Second  // the same where other nodes are there already
)

// limits says who may do how much.
type limits struct {
	// fixed
	sayPerMinute int
	perSecond    int
	seed         maphash.Seed
	proxied      bool
	connects     *buckets
	signIns      *buckets
	sayings      *buckets // by conversation
	codes        *buckets
	allCodes     *rate.Limiter
}

func newLimits(o Options) *limits {
	l := &limits{sayPerMinute: o.SayPerMinute, perSecond: o.ConnectsPerSecond, seed: maphash.MakeSeed(), proxied: o.Proxied}
	l.connects = newBuckets(rate.Limit(o.ConnectsPerSecond), connectBurst*o.ConnectsPerSecond)
	l.signIns = newBuckets(rate.Every(signInEvery), signInsAtOnce)
	l.codes = newBuckets(rate.Every(codeEvery), codesAtOnce)
	l.allCodes = rate.NewLimiter(codesPerSecond, codeBurst)
	l.sayings = newBuckets(rate.Limit(float64(o.SayPerMinute)/60), o.SayPerMinute)
	return l
}

// says limits the messages of one conversation, over all its sockets here.
func (l *limits) says(id string) *rate.Limiter {
	if l.sayPerMinute <= 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	return l.sayings.limiter(id)
}

// frames limits the frames of one socket.
func (l *limits) frames() *rate.Limiter {
	if l.sayPerMinute <= 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	return rate.NewLimiter(framesPerSecond, framesAtOnce)
}

// mayGuess takes one try at words to come back with.
func (l *limits) mayGuess(bucket string) bool {
	return l.codes.allow(bucket) && l.allCodes.Allow()
}

// hash makes a short number of a message id.
func (l *limits) hash(id string) uint64 { return maphash.String(l.seed, id) }

// mayConnect takes one connection from the bucket of the request's source.
func (l *limits) mayConnect(r *http.Request) bool {
	return l.perSecond <= 0 || l.connects.allow(l.source(r))
}

// source is where a request comes from: its address, cut to the prefix that
// one household or school shares. It is never kept.
func (l *limits) source(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	if forwarded := r.Header.Get("X-Forwarded-For"); l.proxied && forwarded != "" {
		host = strings.TrimSpace(forwarded[strings.LastIndex(forwarded, ",")+1:])
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	addr, bits := addr.Unmap(), 56
	if addr.Is4() {
		bits = 24
	}
	prefix, err := addr.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return prefix.String()
}

// buckets limits by source, under a key that lives in memory for a day.
type buckets struct {
	// fixed
	every rate.Limit
	burst int

	// guarded by mu
	mu       sync.Mutex
	key      [32]byte
	until    time.Time // of the key
	now, old map[string]*rate.Limiter
}

func newBuckets(every rate.Limit, burst int) *buckets {
	return &buckets{every: every, burst: burst}
}

func (b *buckets) allow(source string) bool { return b.limiter(source).Allow() }

// limiter gives the limiter of a source, a new one to a new source.
func (b *buckets) limiter(source string) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	name := b.hash(source)
	limiter := b.now[name]
	if limiter == nil {
		limiter = b.old[name]
	}
	if limiter == nil {
		limiter = rate.NewLimiter(b.every, b.burst)
	}
	if len(b.now) >= bucketsKept {
		b.old, b.now = b.now, map[string]*rate.Limiter{}
	}
	b.now[name] = limiter
	return limiter
}

// hash is called with mu held.
func (b *buckets) hash(source string) string {
	if now := time.Now(); now.After(b.until) {
		rand.Read(b.key[:])
		b.until = now.Add(24 * time.Hour)
		b.now, b.old = map[string]*rate.Limiter{}, nil
	}
	mac := hmac.New(sha256.New, b.key[:])
	mac.Write([]byte(source))
	return hex.EncodeToString(mac.Sum(nil)[:5])
}

// retryReason tells a browser when to come back after a restart.
func retryReason() string {
	return fmt.Sprintf("retry %.1f", mathrand.Float64()*retryMost.Seconds())
}

// retrySoon is the same where others can take over at once.
func retrySoon() string {
	return fmt.Sprintf("retry %.1f", mathrand.Float64()*retryCut.Seconds())
}
