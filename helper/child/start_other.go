//go:build !linux

package child

import "context"

// start leaves it all to os/exec here.
func start(ctx context.Context, c Command, p *printed) (code int, err error) { return wait(ctx, c, p) }
