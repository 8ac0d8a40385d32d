package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/praatpaal/praatpaal/bot/queue"
)

// sessionLong is how long a counsellor's cookie lives at most; the store may
// end the session sooner.
const sessionLong = 12 * time.Hour

// Accounts are the counsellors' sign-in.
type Accounts interface {
	SignIn(ctx context.Context, name, password string) (session string, err error)
	SignInOnce(ctx context.Context, code string) (session string, err error)
	Session(ctx context.Context, session string) (name string, err error)
	SignOut(ctx context.Context, session string) error
}

// signedIn gives the counsellor of a request; queue.ErrLogin when there is
// none.
func (s *Server) signedIn(r *http.Request) (name, session string, err error) {
	cookie, err := r.Cookie(s.cookieName(r))
	if err != nil {
		return "", "", queue.ErrLogin
	}
	err = s.call(func(ctx context.Context) (err error) {
		name, err = s.store.Session(ctx, cookie.Value)
		return err
	})
	return name, cookie.Value, err
}

// deskPage answers GET /counsellor: the desk, or the way in.
func (s *Server) deskPage(w http.ResponseWriter, r *http.Request) {
	if _, _, err := s.signedIn(r); err == nil {
		s.page(w, r, "desk.html")
		return
	}
	s.page(w, r, "signin.html")
}

// oncePage answers the one-time link with a page whose button uses it up, so
// that a preview of the link does not.
func (s *Server) oncePage(w http.ResponseWriter, r *http.Request) {
	s.form(w, "signin.html", http.StatusOK, view{Lang: acceptedLanguage(r), Code: r.URL.Query().Get("code")})
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) {
	s.letIn(w, r, func(ctx context.Context) (string, error) {
		return s.store.SignIn(ctx, r.PostFormValue("name"), r.PostFormValue("password"))
	})
}

func (s *Server) signInOnce(w http.ResponseWriter, r *http.Request) {
	s.letIn(w, r, func(ctx context.Context) (string, error) {
		return s.store.SignInOnce(ctx, r.PostFormValue("code"))
	})
}

// letIn tries a sign-in. It is asked once only, since a code works once.
func (s *Server) letIn(w http.ResponseWriter, r *http.Request, try func(context.Context) (string, error)) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	v := view{Lang: acceptedLanguage(r)}
	if !s.limits.signIns.allow(s.limits.source(r)) {
		v.Wrong = s.text(v.Lang, "error.sign-in-often")
		s.form(w, "signin.html", http.StatusTooManyRequests, v)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), signInWait)
	defer cancel()
	session, err := try(ctx)
	switch {
	case err == nil:
		s.setSession(w, r, session, sessionLong)
		http.Redirect(w, r, "/counsellor", http.StatusSeeOther)
	case errors.Is(err, queue.ErrLogin):
		v.Wrong = s.text(v.Lang, "error.sign-in")
		s.form(w, "signin.html", http.StatusUnauthorized, v)
	default:
		v.Wrong = s.text(v.Lang, "error.sign-in-away")
		s.form(w, "signin.html", http.StatusServiceUnavailable, v)
	}
}

// signOut ends the session here and closes its desks at once; desks on other
// nodes find out at their next renewal.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) {
	if _, session, err := s.signedIn(r); err == nil {
		s.call(func(ctx context.Context) error { return s.store.SignOut(ctx, session) })
		for _, d := range s.hub.allDesks() {
			if d.session == session {
				d.signOut(false)
			}
		}
	}
	s.setSession(w, r, "", -time.Second)
	http.Redirect(w, r, "/counsellor", http.StatusSeeOther)
}
