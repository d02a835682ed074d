package helper

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"
)

// A login is renewed when less than this, or a quarter of its life, is left.
const renewBefore = 300 * time.Second

// renewTime is what a request to a login server may take. It is not sent with
// less left: its answer could not be kept, and the login would be lost.
const renewTime = 3 * time.Second

// serve returns c as it may be given out now: renewed if it is a login that
// ends soon, and never with a secret that has expired.
func (h *Helper) serve(ctx context.Context, place int, c Credential, q Query) (Credential, error) {
	if c.IsLogin() {
		if h.fresh(c, q.MinTTL) {
			return c, nil
		}
		if h.Offline && c.Refresh.IsSet() {
			return h.still(c, ErrOffline)
		}
		return h.renew(ctx, place, c, q.MinTTL)
	}
	if !c.Expired(h.Now()) {
		return c, nil
	}
	if !q.Expired {
		return Credential{}, ErrLoginRequired
	}
	// git hands user name and refresh token to the next helper (GIT-45).
	c.Secret, c.Expiry = Secret{}, time.Time{}
	return c, nil
}

// fresh reports whether a login need not be renewed. An unknown expiry counts
// as fresh unless the secret is gone.
func (h *Helper) fresh(c Credential, minTTL time.Duration) bool {
	if !c.Secret.IsSet() {
		return false
	}
	if c.Expiry.IsZero() {
		return true
	}
	margin := renewBefore
	if life := c.Expiry.Sub(c.Updated) / 4; life < margin {
		margin = life
	}
	return c.Expiry.Sub(h.Now()) >= max(margin, minTTL)
}

// renew asks the login's server for a new token: one process at a time, with
// the refresh token that is stored by then. The result is written only if the
// record still holds the token that was sent, so that a logout is never undone
// (OAU-31).
func (h *Helper) renew(ctx context.Context, place int, c Credential, minTTL time.Duration) (Credential, error) {
	release, err := h.lock(ctx, place, "renewal", c.ID())
	if err != nil {
		return h.still(c, err)
	}
	defer release()
	if c, err = h.load(ctx, place, c.Key); err != nil {
		return Credential{}, err
	}
	if h.fresh(c, minTTL) {
		return c, nil
	}
	if !c.Refresh.IsSet() || h.Refresh == nil {
		return h.still(c, ErrLoginRequired)
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < renewTime {
		return h.still(c, fmt.Errorf("no time left to renew the login: %w", ErrTemporary))
	}
	renewed, err := h.Refresh.Refresh(ctx, c)
	if err != nil && !errors.Is(err, ErrLoginRequired) {
		return h.still(c, err)
	}
	// The old token is spent, so the new one is kept also when time is over.
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	return h.settle(bounded, place, c, renewed, err)
}

// still returns a token that is valid yet when it could not be renewed.
func (h *Helper) still(c Credential, err error) (Credential, error) {
	if c.Expired(h.Now()) {
		return Credential{}, err
	}
	return c, nil
}

// settle writes what the server answered, unless the record has changed since:
// gone, or given another refresh token by a login or another tool.
func (h *Helper) settle(ctx context.Context, place int, sent, renewed Credential, refused error) (Credential, error) {
	release, err := h.lock(ctx, place, "realm", sent.Target.Realm().String())
	if err != nil {
		return Credential{}, err
	}
	defer release()
	now, err := h.load(ctx, place, sent.Key)
	if err != nil {
		return Credential{}, err
	}
	if !now.Refresh.Equal(sent.Refresh) {
		return h.still(now, ErrLoginRequired)
	}
	next := renewed
	if refused != nil {
		next = now
		next.Refresh = Secret{}
		next.Attr = map[string]string{AttrState: StateNeedsLogin}
		maps.Copy(next.Attr, now.Attr)
	}
	next.Entry = now.Entry
	if err := h.save(ctx, place, next, &now); err != nil {
		return Credential{}, err
	}
	if refused != nil {
		return Credential{}, refused
	}
	return next, nil
}
