package cli

import (
	"context"
	"sync"

	"keyglot/helper"
)

// atOnce is how many hosts are stored at a time. A write waits for the disk
// three times, so several take hardly longer than one.
const atOnce = 8

// store stores entries in their order, and says what became of each. In the
// embedded file, where each host has a file of its own, several hosts are
// stored at a time; another store may ask the user something.
func (i *importing) store(ctx context.Context, items []helper.Item) ([]outcome, error) {
	done := make([]outcome, len(items))
	i.progress = i.a.progress(len(items))
	defer i.progress.clear()
	alone := len(items)
	if i.h.Places[0].Name == "file" && alone > atOnce {
		alone = 1 // what only the first write does or tells is over
	}
	for n, item := range items[:alone] {
		var err error
		if done[n], err = i.one(ctx, i.h, item); err != nil {
			return done, err
		}
	}
	if alone == len(items) {
		return done, nil
	}
	return done, i.many(ctx, items, done, alone)
}

// many stores the items from number first on. Those of one host stay together,
// in their order. After an error no other host is begun.
func (i *importing) many(ctx context.Context, items []helper.Item, done []outcome, first int) error {
	var mu sync.Mutex // of failed, and of what is told
	tell := i.a.notice
	i.a.notice = func(text string) {
		mu.Lock()
		defer mu.Unlock()
		i.progress.clear()
		tell(text)
	}
	defer func() { i.a.notice = tell }()
	hosts := hostsOf(items, first)
	var workers sync.WaitGroup
	var failed error
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	fail := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if failed == nil {
			failed = err
		}
		cancel()
	}
	queue := make(chan []int, len(hosts))
	for _, host := range hosts {
		queue <- host
	}
	close(queue)
	for range min(atOnce, len(hosts)) {
		h, err := i.a.helper(ctx) // it is not for two at a time
		if err != nil {
			fail(err)
			break
		}
		each := func(n int) {
			if stop.Err() != nil {
				return
			}
			var err error
			if done[n], err = i.one(ctx, h, items[n]); err != nil {
				fail(err)
			}
		}
		workers.Go(func() {
			for host := range queue {
				for _, n := range host {
					each(n)
				}
			}
		})
	}
	workers.Wait()
	if failed == nil && ctx.Err() != nil {
		return errInterrupted
	}
	return failed
}

// hostsOf groups the numbers of the items from first on by realm.
func hostsOf(items []helper.Item, first int) [][]int {
	at := map[helper.Realm]int{}
	var hosts [][]int
	for n := first; n < len(items); n++ {
		r := items[n].Target.Realm()
		if _, ok := at[r]; !ok {
			at[r] = len(hosts)
			hosts = append(hosts, nil)
		}
		hosts[at[r]] = append(hosts[at[r]], n)
	}
	return hosts
}
