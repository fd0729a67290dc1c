/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The past of past.h: who talked to whom, and how much in each second.
 */
#include "config.h"

#include "past.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dpitop/dpi.h"
#include "dpitop/mem.h"

#define SECOND_US INT64_C(1000000)

enum { CONVERSATIONS = 6, PACKET = 500, ENTITIES = 64, END_S = 1699999980, BEGIN_S = END_S - 17 * 86400,
       GAP_FROM_S = END_S - 45 * 3600, GAP_TO_S = END_S - 42 * 3600, PEAK_S = END_S - 20 * 3600 - 13 * 60 };

static const struct conversation {
	const char *client, *server, *app, *country, *net, *name;
	uint32_t asn;
	uint16_t category;
	int up, down; /* bytes a second, on average */
	int from_hour, to_hour; /* of the day, UTC */
} conversations[CONVERSATIONS] = {
	{"192.168.1.40", "203.0.113.10", "TLS.NetFlix", "US", "192.168.1.0/24", "nas.lan", 64500, 0, 20000, 900000, 17, 24},
	{"192.168.1.20", "198.51.100.7", "TLS.Google", "DE", "192.168.1.0/24", "laptop.lan", 64501, 0, 6000, 90000, 7, 24},
	{"192.168.1.20", "198.51.100.8", "QUIC.YouTube", "DE", "192.168.1.0/24", "laptop.lan", 64501, 0, 9000, 400000, 18, 23},
	{"10.0.0.5", "192.0.2.66", "BitTorrent", "CN", "10.0.0.0/24", "", 64502, 0, 300000, 250000, 0, 24},
	{"10.0.0.9", "198.51.100.53", "DNS", "DE", "10.0.0.0/24", "gate.lan", 64501, 0, 200, 900, 0, 24},
	{"10.0.0.9", "192.168.1.40", "SMBv23", "", "10.0.0.0/24", "gate.lan", 0, 0, 500000, 4000, 2, 4},
};

struct entity {
	struct entity_info info;
	uint32_t mask[2];   /* conversations whose client side, whose server side it is */
	bool both;          /* carries: client to server is [0] */
	bool pair_forth, pair_back;
	uint32_t forth, back; /* of pairs: conversations that go forth, back */
};

static struct entity entities[ENTITIES];
static size_t entity_count;

bool past_is_recorded(int64_t second)
{
	return second >= BEGIN_S && second < END_S && !(second >= GAP_FROM_S && second < GAP_TO_S);
}

/* Of the minute in which the second is. */
static int64_t rate(const struct conversation *c, int64_t second, int way)
{
	int64_t minute = second / 60, hour = second / 3600 % 24, noise;
	uint64_t h = (uint64_t)minute * UINT64_C(0x9e3779b97f4a7c15) + (uint64_t)(c - conversations + 1) * 7919;

	if (!past_is_recorded(second) || hour < c->from_hour || hour >= c->to_hour)
		return 0;
	h ^= h >> 29;
	h *= UINT64_C(0xbf58476d1ce4e5b9);
	noise = 50 + (int64_t)(h >> 33) % 100; /* percent */
	if (minute >= PEAK_S / 60 && minute < PEAK_S / 60 + 3)
		noise *= 9;
	return (way == 0 ? c->up : c->down) * noise / 100;
}

/* Bytes, or, `each` that many, packets: whole in each second, so that all steps add up. */
static int64_t sum(const struct conversation *c, int64_t from_s, int64_t to_s, int way, int64_t each)
{
	int64_t bytes = 0;

	for (int64_t at = from_s; at < to_s;) {
		int64_t next = (at / 60 + 1) * 60;

		if (next > to_s)
			next = to_s;
		bytes += rate(c, at, way) / each * (next - at);
		at = next;
	}
	return bytes;
}

uint64_t past_bytes(int64_t from_us, int64_t to_us)
{
	int64_t bytes = 0;

	for (int i = 0; i < CONVERSATIONS; i++)
		for (int way = 0; way < 2; way++)
			bytes += sum(&conversations[i], from_us / SECOND_US, to_us / SECOND_US, way, 1);
	return (uint64_t)bytes;
}

/* ---- entities ---- */

static struct entity *touch(int dim, const struct dim_key *key)
{
	struct entity *e;

	for (size_t i = 0; i < entity_count; i++)
		if (entities[i].info.dim == dim && memcmp(&entities[i].info.key, key, sizeof *key) == 0)
			return &entities[i];
	ck_assert_uint_lt(entity_count, ENTITIES);
	e = &entities[entity_count++];
	memset(e, 0, sizeof *e);
	e->info = (struct entity_info){.dim = dim, .keyed = true, .key = *key, .key_text = "", .name = "",
				       .first_us = PAST_BEGIN_US, .last_us = PAST_END_US};
	return e;
}

static void add_host(const char *address, unsigned bit, bool server, const struct conversation *c)
{
	struct dim_key k;
	struct entity *e;

	memset(&k, 0, sizeof k);
	ck_assert_int_eq(addr_parse(&k.host.addr, address, NULL), 0);
	e = touch(DIM_HOST, &k);
	e->mask[server] |= bit;
	e->info.local = strncmp(address, "192.168.", 8) == 0 || strncmp(address, "10.", 3) == 0;
	if (!server)
		e->info.name = c->name;
	if (!e->info.local)
		memcpy(e->info.country, c->country, strlen(c->country));
}

/* What carries both ways. */
static void add_kind(int dim, uint16_t number, unsigned bit)
{
	struct dim_key k;
	struct entity *e;

	memset(&k, 0, sizeof k);
	k.small.number = number;
	e = touch(dim, &k);
	e->both = true;
	e->mask[0] |= bit;
}

static void add_app(struct dpi *d, const struct conversation *c, unsigned bit)
{
	struct dpi_class class_ = {0};
	struct dim_key k;
	struct entity *e;

	if (!dpi_app_find(d, c->app, &class_))
		ck_assert(dpi_app_find(d, "Unknown", &class_));
	memset(&k, 0, sizeof k);
	k.app.master = class_.master;
	k.app.app = class_.app;
	e = touch(DIM_APP, &k);
	e->both = true;
	e->mask[0] |= bit;
	add_kind(DIM_CATEGORY, dpi_app_category(d, &class_), bit);
	add_kind(DIM_BREED, dpi_breed(d, &class_), bit);
}

static struct cidr net_of(const char *text)
{
	struct cidr c;

	memset(&c, 0, sizeof c);
	ck_assert_int_eq(cidr_parse(&c, text, NULL), 0);
	return c;
}

static const char *server_net(const struct conversation *c)
{
	return strcmp(c->server, "192.168.1.40") == 0 ? "192.168.1.0/24" : "0.0.0.0/0";
}

static void add_places(const struct conversation *c, unsigned bit)
{
	struct dim_key k;
	struct entity *e;

	for (int server = 0; server < 2; server++) {
		memset(&k, 0, sizeof k);
		k.subnet.net = net_of(server ? server_net(c) : c->net);
		touch(DIM_SUBNET, &k)->mask[server] |= bit;
		memset(&k, 0, sizeof k);
		if (server)
			memcpy(k.country.code, c->country, strlen(c->country));
		touch(DIM_COUNTRY, &k)->mask[server] |= bit;
		memset(&k, 0, sizeof k);
		k.as.asn = server ? c->asn : 0;
		touch(DIM_AS, &k)->mask[server] |= bit;
		memset(&k, 0, sizeof k);
		k.subnet_pair.src = net_of(server ? server_net(c) : c->net);
		k.subnet_pair.dst = net_of(server ? c->net : server_net(c));
		e = touch(DIM_SUBNET_PAIR, &k);
		*(server ? &e->back : &e->forth) |= bit;
	}
}

static void make_entities(struct dpi *d)
{
	struct dim_key none;

	memset(&none, 0, sizeof none);
	entity_count = 0;
	touch(ENTITY_TOTALS, &none);
	for (unsigned i = 0; i < CONVERSATIONS; i++) {
		const struct conversation *c = &conversations[i];

		add_host(c->client, 1u << i, false, c);
		add_host(c->server, 1u << i, true, c);
		add_app(d, c, 1u << i);
		add_kind(DIM_L4, i == 2 || i == 4 ? 17 : 6, 1u << i);
		add_kind(DIM_IP_VERSION, 4, 1u << i);
		add_kind(DIM_VLAN, 0, 1u << i);
		add_kind(DIM_INTERFACE, 0, 1u << i);
		add_places(c, 1u << i);
	}
	for (size_t i = 0; i < entity_count; i++)
		if (entities[i].info.dim == DIM_INTERFACE) {
			entities[i].info.key_text = "eth0";
			entities[i].info.keyed = false;
		}
}

/* ---- as an archive ---- */

static const struct entity *next(void *ctx, int dim, size_t *cursor)
{
	(void)ctx;
	while (*cursor < entity_count) {
		const struct entity *e = &entities[(*cursor)++];

		if (dim < 0 || e->info.dim == dim)
			return e;
	}
	return NULL;
}

static void entity(void *ctx, const struct entity *e, struct entity_info *out)
{
	(void)ctx;
	*out = e->info;
}

/* As the files of such a dimension have them. */
static size_t steps(int dim, int64_t step_us[8], int64_t reach_us[8])
{
	static const int64_t line[][2] = {{1, 3600}, {10, 86400}, {60, 14 * 86400}, {600, 90 * 86400}, {3600, 730 * 86400}};
	static const int64_t kind[][2] = {{10, 7200}, {60, 86400}, {300, 7 * 86400}, {3600, 90 * 86400}, {21600, 730 * 86400}};
	const int64_t (*all)[2] = dim == ENTITY_TOTALS || dim == DIM_INTERFACE ? line : kind;
	size_t n = 5, skip = dim == DIM_HOST ? 1 : 0;
	static const uint64_t none = 1ull << DIM_SITE | 1ull << DIM_TUNNEL | 1ull << DIM_RISK | 1ull << DIM_ALERT | 1ull << DIM_EXPORTER;

	if (dim < DIM_COUNT && (none >> dim & 1))
		return 0;
	n -= dim == DIM_HOST ? 2 : 0;
	for (size_t i = 0; i < n; i++) {
		step_us[i] = all[i + skip][0] * SECOND_US;
		reach_us[i] = all[i + skip][1] * SECOND_US;
	}
	return n;
}

static int64_t of_entity(const struct entity *e, int64_t from_s, int64_t to_s, int side, int64_t each)
{
	int64_t bytes = 0;

	for (int i = 0; i < CONVERSATIONS; i++) {
		const struct conversation *c = &conversations[i];
		uint32_t bit = 1u << i;

		if (e->info.dim == ENTITY_TOTALS) {
			bytes += i != 5 ? sum(c, from_s, to_s, side, each) : 0; /* the last one stays within */
		} else if (e->info.dim == DIM_SUBNET_PAIR) {
			bytes += side == 0 && (e->forth & bit) ? sum(c, from_s, to_s, 0, each) : 0;
			bytes += side == 0 && (e->back & bit) ? sum(c, from_s, to_s, 1, each) : 0;
		} else {
			bytes += e->mask[0] & bit ? sum(c, from_s, to_s, side, each) : 0;
			bytes += e->mask[1] & bit ? sum(c, from_s, to_s, !side, each) : 0;
		}
	}
	return bytes;
}

static void fill(const struct entity *e, struct series_block *b, size_t i)
{
	int64_t from = (b->from_us + (int64_t)i * b->step_us) / SECOND_US, to = from + b->step_us / SECOND_US;
	int64_t bytes[2] = {of_entity(e, from, to, 0, 1), of_entity(e, from, to, 1, 1)};
	int64_t packets[2] = {of_entity(e, from, to, 0, PACKET), of_entity(e, from, to, 1, PACKET)};
	const struct conversation *within = &conversations[5];
	int64_t local = sum(within, from, to, 0, 1) + sum(within, from, to, 1, 1);

	for (int s = 0; s < SERIES_COUNT; s++)
		b->values[s][i] = 0;
	for (int d = 0; d < 2; d++) {
		b->values[SERIES_BYTES_0 + d][i] = (double)bytes[d];
		b->values[SERIES_PACKETS_0 + d][i] = (double)packets[d];
	}
	b->values[SERIES_FLOWS][i] = bytes[0] > 0 ? (double)((to - from + 59) / 60) : 0;
	b->values[SERIES_LIVE][i] = bytes[0] > 0 ? 3 : 0;
	b->values[SERIES_HOSTS][i] = bytes[0] > 0 ? 2 : 0;
	if (e->info.dim != ENTITY_TOTALS)
		return;
	b->values[SERIES_BYTES][i] = (double)(bytes[0] + bytes[1] + local);
	b->values[SERIES_PACKETS_0][i] = (double)(packets[0] + packets[1] + sum(within, from, to, 0, PACKET) + sum(within, from, to, 1, PACKET));
	b->values[SERIES_PACKETS_1][i] = 0;
	b->values[SERIES_LOCAL][i] = (double)local;
}

static int fetch(void *ctx, const struct entity *e, int64_t from_us, int64_t to_us, int64_t step_us, struct series_block *out,
		 struct error *error)
{
	struct past *p = ctx;

	(void)error;
	p->fetched++;
	out->step_us = step_us;
	out->from_us = from_us - from_us % step_us;
	out->steps = (size_t)((to_us - out->from_us + step_us - 1) / step_us);
	out->memory = mem_array(out->steps * SERIES_COUNT + 1, sizeof *out->memory);
	for (int s = 0; s < SERIES_COUNT; s++)
		out->values[s] = out->memory + (size_t)s * out->steps;
	for (size_t i = 0; i < out->steps; i++)
		fill(e, out, i);
	return 0;
}

static bool span(void *ctx, struct archive_span *out)
{
	if (((struct past *)ctx)->nothing)
		return false;
	*out = (struct archive_span){PAST_BEGIN_US, PAST_END_US};
	return true;
}

static size_t runs(void *ctx, struct archive_span *out, size_t max)
{
	(void)ctx;
	(void)max;
	out[0] = (struct archive_span){PAST_BEGIN_US, GAP_FROM_S * SECOND_US};
	out[1] = (struct archive_span){GAP_TO_S * SECOND_US, PAST_END_US};
	return 2;
}

/* ---- the replay and its feed ---- */

struct past *past_new(void)
{
	struct past *p = mem_zalloc(sizeof *p);

	p->dpi = dpi_open(NULL);
	ck_assert_ptr_nonnull(p->dpi);
	make_entities(p->dpi);
	p->want = mem_zalloc(sizeof *p->want);
	p->source = (struct window_source){p, next, entity, fetch, steps, span, NULL, runs, NULL};
	p->context.dpi = p->dpi;
	ck_assert_int_eq(chdir(SOURCE_TREE), 0); /* no path of the machine is on a screen */
	p->context.geoip = geoip_open("tests/golden/geo", NULL);
	p->context.subnets = subnets_new(24, 64);
	subnets_add_private(p->context.subnets);
	p->context.name = "history";
	p->clock_us = PAST_END_US;
	p->replay = replay_new(&p->source, &p->context, 0);
	return p;
}

void past_free(struct past *p)
{
	replay_free(p->replay);
	geoip_close(p->context.geoip);
	subnets_free(p->context.subnets);
	dpi_close(p->dpi);
	mem_free(p->want);
	mem_free(p);
}

struct snapshot *past_picture(struct past *p)
{
	while (!replay_load(p->replay, 0))
		;
	return replay_picture(p->replay);
}

static struct snapshot *acquire(void *ctx)
{
	return past_picture(ctx);
}

static void want(void *ctx, const struct want *w)
{
	struct past *p = ctx;

	*p->want = *w;
	replay_want(p->replay, w);
}

static void seek(void *ctx, int64_t time_us)
{
	replay_seek(((struct past *)ctx)->replay, time_us);
}

static void step(void *ctx, int n)
{
	replay_step(((struct past *)ctx)->replay, n);
}

static void page(void *ctx, int n)
{
	replay_page(((struct past *)ctx)->replay, n);
}

static void play(void *ctx, double speed)
{
	struct past *p = ctx;

	replay_play(p->replay, speed, p->clock_us);
}

static void zoom(void *ctx, int64_t window_us)
{
	replay_zoom(((struct past *)ctx)->replay, window_us);
}

static void jump(void *ctx, enum replay_jump where)
{
	replay_jump(((struct past *)ctx)->replay, where);
}

static void rest(void *ctx)
{
	replay_rest(((struct past *)ctx)->replay);
}

struct feed past_feed(struct past *p)
{
	static const struct replay_ops replay = {.seek = seek, .step = step, .page = page, .play = play, .zoom = zoom,
						 .jump = jump, .rest = rest};
	static const struct feed_ops ops = {.acquire = acquire, .want = want, .replay = &replay};

	return (struct feed){.ops = &ops, .ctx = p};
}
