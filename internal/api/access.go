package api

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"sync"
	"time"
)

// How long what access hands out is good for, and how much of it there may be.
const (
	codeLife    = 60 * time.Second
	sessionLife = 12 * time.Hour
	maxCodes    = 64
	maxSessions = 1024
	maxWrong    = 10 // wrong codes a minute
)

type digest [sha256.Size]byte

// access knows who may ask. It keeps digests only, and looks secrets up by their
// digests, so that no time it takes tells of a secret.
type access struct {
	token digest
	now   func() time.Time

	mu       sync.Mutex
	codes    map[digest]time.Time // until when
	sessions map[digest]time.Time
	wrong    []time.Time // exchanges of a wrong code in the last minute
}

func newAccess(token string, now func() time.Time) *access {
	return &access{token: sha256.Sum256([]byte(token)), now: now, codes: map[digest]time.Time{}, sessions: map[digest]time.Time{}}
}

// right is what a token entitles to.
type right int

const (
	none right = iota
	reads
	owns // has the token itself: may make codes
)

func (a *access) of(token string) right {
	d := digest(sha256.Sum256([]byte(token)))
	if subtle.ConstantTimeCompare(d[:], a.token[:]) == 1 {
		return owns
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if until, ok := a.sessions[d]; ok && a.now().Before(until) {
		return reads
	}
	return none
}

// code makes a single-use code; false if there are too many unused.
func (a *access) code() (Code, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	secret, until, ok := issue(a.codes, a.now(), codeLife, maxCodes)
	return Code{secret, until}, ok
}

// exchange takes a code for a session. The code is then gone.
func (a *access) exchange(code string) (s Session, known, room bool) {
	d := digest(sha256.Sum256([]byte(code)))
	now := a.now()
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.wrong) > 0 && now.Sub(a.wrong[0]) >= time.Minute {
		a.wrong = a.wrong[1:]
	}
	if len(a.wrong) >= maxWrong {
		return s, false, false
	}
	until, ok := a.codes[d]
	delete(a.codes, d)
	if !ok || !now.Before(until) {
		a.wrong = append(a.wrong, now)
		return s, false, true
	}
	s.Token, s.Expires, room = issue(a.sessions, now, sessionLife, maxSessions)
	return s, true, room
}

// revoke ends the session of the token; the token itself ends all sessions.
func (a *access) revoke(token string) {
	all := a.of(token) == owns
	a.mu.Lock()
	defer a.mu.Unlock()
	if all {
		clear(a.sessions)
		clear(a.codes)
		return
	}
	delete(a.sessions, sha256.Sum256([]byte(token)))
}

// issue makes a secret that is good for so long, unless there are too many.
func issue(issued map[digest]time.Time, now time.Time, life time.Duration, most int) (string, time.Time, bool) {
	for d, until := range issued {
		if !now.Before(until) {
			delete(issued, d)
		}
	}
	if len(issued) >= most {
		return "", time.Time{}, false
	}
	secret, until := randomSecret(), now.Add(life)
	issued[sha256.Sum256([]byte(secret))] = until
	return secret, until, true
}

// randomSecret is 256 bits as text that a URL and a header take as it is.
func randomSecret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: the program would end
	return base64.RawURLEncoding.EncodeToString(b[:])
}
