package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/praatpaal/praatpaal/bench/stand"
)

// fault is one row of the table: what it needs, and what it does.
type fault struct {
	id    string
	title string
	ci    bool // part of the short run
	alone bool // measures time closely, or needs much: no other run beside it
	scene scene
	run   func(context.Context, *world) error
}

// scene is who is there when the fault comes.
type scene struct {
	store       func(dir string) (*stand.Store, error) // nil: a single Redis
	place       func(*world) error                     // starts store and nodes in its own way
	children    int                                    // who talk with the bot
	waiting     int                                    // who ask for a person
	counsellors int
	every       time.Duration // between two messages of one speaker; 0: 500 ms
	says        int           // messages of a counsellor before the end; 0: 4
	empty       bool          // nobody starts by itself
	env         []string      // settings of the nodes
}

// crowd is 200 conversations, 50 of them in the line, and 10 counsellors; the
// short run has a third of it.
func crowd() scene { return scene{children: 150, waiting: 50, counsellors: 10} }

// all lists the faults in the order of the table.
func all() []fault {
	return []fault{
		{id: "F1", title: "node killed -9", ci: true, scene: crowd(), run: nodeKilled},
		{id: "F2", title: "Redis killed -9, back after 2 s", ci: true, scene: crowd(), run: redisKilled},
		{id: "F3", title: "Redis back empty", ci: true, scene: crowd(), run: redisEmpty},
		{id: "F4", title: "Redis stopped for 10 s", ci: true, scene: crowd(), run: redisStopped},
		{id: "F5", title: "Sentinel failover", scene: scene{store: sentinels, children: 150, waiting: 50, counsellors: 10}, run: failover},
		{id: "F6", title: "partition, master in the minority", scene: scene{place: apart, children: 150}, run: partition},
		{id: "F7", title: "one node cut off from Redis", scene: crowd(), run: cutOff},
		{id: "F8", title: "Cluster: a shard's master dies", scene: scene{store: stand.Cluster, children: 150, waiting: 50, counsellors: 10}, run: shardDown},
		{id: "F9", title: "counsellor's browser gone", ci: true, scene: scene{waiting: 30, counsellors: 10, says: 400}, run: deskGone},
		{id: "F10", title: "sockets cut at random bytes", ci: true, scene: scene{empty: true}, run: socketsCut},
		{id: "F11", title: "50 counsellors claim at once", ci: true, scene: scene{empty: true}, run: claimRace},
		{id: "F12", title: "deploy, node after node", scene: crowd(), run: deploy},
		{id: "F14", title: "clients that never read", alone: true, scene: scene{children: 150}, run: slowReaders},
		{id: "F15", title: "lines dead in one direction", scene: scene{children: 30}, run: halfOpen},
		{id: "F16", title: "clocks of the nodes are wrong and jump", scene: scene{place: wrongClocks, waiting: 30, counsellors: 10, says: 400}, run: clocksWrong},
		{id: "F17", title: "the line is very long", alone: true, scene: scene{empty: true}, run: fullLine},
		{id: "F18", title: "1,000 connections/s from one source", alone: true,
			scene: scene{empty: true, env: []string{"PRAATPAAL_CONNECTS_PER_SECOND=20"}}, run: flood},
		{id: "F21", title: "Redis is full", scene: scene{children: 150}, run: redisFull},
		{id: "F23", title: "all nodes killed, all come back", scene: crowd(), run: allKilled},
		{id: "F24", title: "nodes killed while erasing", scene: scene{children: 150}, run: halfErased},
	}
}

// try runs a fault with one seed and judges it.
func try(ctx context.Context, o options, dir string, f fault, seed int) (r result) {
	r.seed = seed
	ctx, cancel := context.WithTimeout(ctx, 8*time.Minute)
	defer cancel()
	w, err := newWorld(o, fmt.Sprintf("%s/%s-%d", dir, f.id, seed), f.scene, seed)
	defer w.close()
	if err == nil {
		err = w.begin(ctx, f.scene)
	}
	if err == nil {
		err = f.run(ctx, w)
	}
	if err == nil {
		err = w.end(ctx)
	}
	w.result.seed, w.result.err = seed, errors.Join(err, w.log.Save(w.dir+"/history.json"))
	return w.result
}
