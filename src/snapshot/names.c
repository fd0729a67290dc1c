/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Names of addresses: the hosts file, a bounded cache with negative entries, and behind them the
 * resolver. What was learned on the wire is not here: the model keeps it with the host. Runs on the
 * engine's loop; called while a snapshot is built, so it must answer at once and never block.
 */
#include "config.h"

#include "dpitop/names.h"

#include <stdio.h>
#include <string.h>

#include "dpitop/map.h"
#include "dpitop/mem.h"
#include "dpitop/snapshot.h"
#include "dpitop/text.h"
#include "snapshot/resolver.h"

enum { CACHE_DEFAULT = 8192, NAME_TEXT = 104, SWEEP = 8 };

#define SECOND_US INT64_C(1000000)
static const int64_t known_us = 3600 * SECOND_US;    /* a name */
static const int64_t no_name_us = 600 * SECOND_US;   /* the server said there is none */
static const int64_t no_answer_us = 60 * SECOND_US;  /* nobody said anything */

enum entry_state { ENTRY_ASKED, ENTRY_KNOWN, ENTRY_NONE };

struct entry {
	struct addr addr; /* the key: first */
	int64_t expires_us;
	uint8_t state;
	char name[NAME_TEXT];
};

struct names {
	struct map *cache;
	struct resolver *resolver; /* NULL until look-ups are wanted */
	uv_loop_t *loop;
	char *resolv_conf;
	uint16_t port;
	bool lookups, here;
	int64_t now_us;    /* of the last call */
	size_t sweep_from; /* where the next eviction begins */
	uint64_t ended[RESOLVER_OUTCOMES]; /* look-ups, by outcome */
	uint64_t swept;    /* entries that left before their time */
};

/* Make room: first what has expired, then, if that was nothing, an eighth of what is there. */
static void sweep(struct names *n)
{
	size_t cursor = 0, removed = 0, quota = map_max(n->cache) / SWEEP + 1;
	struct entry *e;

	while ((e = map_next(n->cache, &cursor)) != NULL)
		if (e->expires_us <= n->now_us) {
			map_remove(n->cache, e);
			removed++;
		}
	cursor = n->sweep_from;
	while (removed < quota && map_count(n->cache) > 0) {
		e = map_next(n->cache, &cursor);
		if (e == NULL) {
			cursor = 0;
			continue;
		}
		map_remove(n->cache, e);
		removed++;
		n->swept++;
	}
	n->sweep_from = cursor;
}

static struct entry *touch(struct names *n, const struct addr *a, bool *created)
{
	struct entry *e = map_touch(n->cache, a, created);

	if (e == NULL) {
		sweep(n);
		e = map_touch(n->cache, a, created);
	}
	return e;
}

static void on_answer(void *ctx, const struct addr *a, enum resolver_outcome o, const char *name)
{
	struct names *n = ctx;
	struct entry *e = touch(n, a, NULL);

	n->ended[o]++;
	if (e == NULL)
		return;
	e->state = o == RESOLVER_NAME ? ENTRY_KNOWN : ENTRY_NONE;
	e->expires_us = n->now_us + (o == RESOLVER_NAME ? known_us :
				     o == RESOLVER_NO_NAME ? no_name_us : no_answer_us);
	e->name[0] = '\0';
	if (o == RESOLVER_NAME)
		text_clean(e->name, sizeof e->name, name, strlen(name));
}

/* hosts(5): address, canonical name, aliases; '#' comments. At most half the cache. */
static void read_hosts(struct names *n, const char *path)
{
	char line[1024], address[ADDR_TEXT], name[256];
	FILE *f = fopen(path, "re");
	struct addr a;

	while (f != NULL && map_count(n->cache) < map_max(n->cache) / 2 &&
	       fgets(line, sizeof line, f) != NULL) {
		bool created;
		struct entry *e;

		line[strcspn(line, "#")] = '\0';
		if (sscanf(line, " %47s %255s", address, name) != 2 ||
		    addr_parse(&a, address, NULL) != 0)
			continue;
		e = map_touch(n->cache, &a, &created);
		if (e == NULL || !created)
			continue;
		e->state = ENTRY_KNOWN;
		e->expires_us = INT64_MAX;
		text_clean(e->name, sizeof e->name, name, strlen(name));
	}
	if (f != NULL)
		fclose(f);
}

struct names *names_new(uv_loop_t *loop, const struct names_options *o, struct error *e)
{
	struct names *n = mem_zalloc(sizeof *n);
	const char *resolv_conf = o->resolv_conf != NULL ? o->resolv_conf : "/etc/resolv.conf";

	n->loop = loop;
	n->port = o->port;
	n->here = o->here;
	n->resolv_conf = mem_strdup(resolv_conf);
	n->cache = map_new(sizeof(struct addr), sizeof(struct entry),
			   o->cache != 0 ? o->cache : CACHE_DEFAULT, hash_seed());
	read_hosts(n, o->hosts != NULL ? o->hosts : "/etc/hosts");
	if (o->lookups) {
		n->resolver = resolver_new(loop, resolv_conf, o->port, on_answer, n, e);
		n->lookups = true;
	}
	return n;
}

void names_close(struct names *n)
{
	if (n == NULL)
		return;
	if (n->resolver != NULL)
		resolver_close(n->resolver);
	map_free(n->cache);
	mem_free(n->resolv_conf);
	mem_free(n);
}

void names_set_lookups(struct names *n, bool on)
{
	n->lookups = on;
	if (on && n->resolver == NULL)
		n->resolver = resolver_new(n->loop, n->resolv_conf, n->port, on_answer, n, NULL);
}

void names_stats(const struct names *n, struct names_stats *out)
{
	*out = (struct names_stats){
		.lookups = n->lookups,
		.cache = {map_count(n->cache), map_max(n->cache), n->swept, map_memory(n->cache)},
		.found = n->ended[RESOLVER_NAME],
		.none = n->ended[RESOLVER_NO_NAME],
		.silent = n->ended[RESOLVER_NO_ANSWER],
	};
	if (n->resolver != NULL)
		resolver_stats(n->resolver, &out->asked, &out->waiting);
}

bool names_is_own(const struct names *n, const struct addr addr[2], const uint16_t port[2])
{
	return n->here && n->resolver != NULL && resolver_is_own(n->resolver, addr, port);
}

const char *names_peek(const struct names *n, const struct addr *a)
{
	const struct entry *e = map_get(n->cache, a);

	return e != NULL && e->state == ENTRY_KNOWN ? e->name : NULL;
}

const char *names_get(struct names *n, const struct addr *a, int64_t now_us)
{
	bool created = false;
	struct entry *e = map_get(n->cache, a);

	n->now_us = now_us;
	if (e != NULL && e->expires_us > now_us)
		return e->state == ENTRY_KNOWN ? e->name : NULL;
	if (!n->lookups || addr_is_multicast(a) || addr_eq(a, &addr_none))
		return e != NULL && e->state == ENTRY_KNOWN ? e->name : NULL;
	if (!resolver_ask(n->resolver, a)) /* busy: the next picture asks again */
		return NULL;
	e = touch(n, a, &created);
	if (e == NULL)
		return NULL;
	/* an expired name stays in view until the answer is there */
	e->expires_us = now_us + no_answer_us;
	if (created)
		e->state = ENTRY_ASKED;
	return e->state == ENTRY_KNOWN ? e->name : NULL;
}
