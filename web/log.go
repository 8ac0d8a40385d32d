package web

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"runtime"
	"strconv"
	"syscall"
)

// SafeLog makes a handler of which nobody can learn who was here or what was
// said: only the keys of a short list pass, and an error passes as its kind,
// without the addresses that errors of a network carry.
func SafeLog(to slog.Handler) slog.Handler { return safeHandler{to} }

type safeHandler struct{ to slog.Handler }

// allowed lists the keys that may be logged, with values of a safe kind.
func allowed(key string) bool {
	switch key {
	case "what", "where", "listen", "lang", "node", "count", "took", "file", "line", "err", "error", "event", "version":
		return true
	}
	return false
}

func safe(a slog.Attr) (slog.Attr, bool) {
	if !allowed(a.Key) {
		return a, false
	}
	if err, ok := a.Value.Any().(error); ok {
		return slog.String(a.Key, kindOf(err)), true
	}
	return a, a.Value.Kind() != slog.KindAny && a.Value.Kind() != slog.KindGroup
}

// Enabled asks the handler behind.
func (h safeHandler) Enabled(ctx context.Context, l slog.Level) bool { return h.to.Enabled(ctx, l) }

// Handle drops what is not allowed.
func (h safeHandler) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, r.Message, 0)
	r.Attrs(func(a slog.Attr) bool {
		if a, ok := safe(a); ok {
			out.AddAttrs(a)
		}
		return true
	})
	return h.to.Handle(ctx, out)
}

// WithAttrs drops what is not allowed.
func (h safeHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	var kept []slog.Attr
	for _, a := range attrs {
		if a, ok := safe(a); ok {
			kept = append(kept, a)
		}
	}
	return safeHandler{h.to.WithAttrs(kept)}
}

// WithGroup is not used here; a group's keys are judged as any other.
func (h safeHandler) WithGroup(string) slog.Handler { return h }

// kindOf names an error without its text.
func kindOf(err error) string {
	var number syscall.Errno
	var network net.Error
	switch {
	case errors.Is(err, errAway):
		return errAway.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.As(err, &number):
		return number.Error()
	case errors.As(err, &network) && network.Timeout():
		return "timeout"
	case errors.Is(err, io.EOF):
		return "closed by the other side"
	case decided(err):
		return "refused by the store"
	}
	return "other"
}

// logPanic says in which code a panic was, without its value: that may hold
// what somebody wrote.
func (s *Server) logPanic(what string) {
	where := "unknown"
	callers := make([]uintptr, 32)
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers)])
	for seen := false; ; {
		f, more := frames.Next()
		if seen && f.Function != "runtime.panicmem" && f.Function != "runtime.sigpanic" {
			where = f.Function + ":" + strconv.Itoa(f.Line)
			break
		}
		seen = seen || f.Function == "runtime.gopanic"
		if !more {
			break
		}
	}
	s.log.Error("a panic was stopped", "what", what, "where", where)
}

// errorLog takes what net/http has to say, which names addresses, and only
// says that there was something.
func (s *Server) errorLog() *log.Logger {
	return log.New(quietWriter{s.log}, "", 0)
}

type quietWriter struct{ log *slog.Logger }

func (w quietWriter) Write(p []byte) (int, error) {
	w.log.Debug("net/http turned a connection away", "count", 1)
	return len(p), nil
}
