/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From parts of flows to messages on their way; see sending.h. Each collector has messages of its own, for each has
 * its own path, numbers and templates. Engine thread.
 */
#include "config.h"

#include "app/sending.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/sender.h"
#include "app/target.h"
#include "dpitop/mem.h"
#include "dpitop/text.h"

#define SECOND_US INT64_C(1000000)
enum { DOMAIN = 1, ACTIVE_S = 60, FLUSH_US = 500000 };

struct sent { /* to one collector */
	struct sending *all;
	struct sender *sender;
	struct ipfix_encoder *encoder;
	struct target target;
	size_t room; /* of the messages */
};

struct sending {
	struct sent to[SNAPSHOT_EXPORTS];
	size_t count;
	bool may_wait;
	int64_t active_us, started_us, flushed_us;
	char name[65];
	struct ipfix_interface interfaces[SNAPSHOT_SOURCES];
	size_t interface_count; /* 0: files */
	struct export_target list[SNAPSHOT_EXPORTS];
};

static int64_t wall_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

/* ---- opening ---- */

static int open_one(struct sending *s, const char *url, struct error *e)
{
	struct sent *to = &s->to[s->count];
	struct error own = {.code = ERR_NONE};
	int fd;

	if (s->count == SNAPSHOT_EXPORTS)
		return error_set(e, ERR_USAGE, "--export is given more than %d times", SNAPSHOT_EXPORTS);
	if (target_parse(&to->target, url, &own) != 0)
		return error_set(e, ERR_USAGE, "--export: %.350s", own.text);
	fd = target_open(&to->target, e);
	if (fd < 0)
		return -1;
	to->all = s;
	to->sender = sender_new(fd);
	s->count++;
	return 0;
}

static void find_interfaces(struct sending *s, const struct engine_options *o)
{
	for (size_t i = 0; i < o->source_count && i < SNAPSHOT_SOURCES; i++) {
		struct ipfix_interface *to = &s->interfaces[i];

		if (strcmp(o->sources[i].kind, "live") != 0)
			continue;
		to->number = if_nametoindex(o->sources[i].name);
		text_clean(to->name, sizeof to->name, o->sources[i].name, strlen(o->sources[i].name));
		s->interface_count = i + 1;
	}
}

int64_t sending_active_us(const struct engine_options *o)
{
	if (o->export_count == 0)
		return 0;
	return (o->export_active_s > 0 ? o->export_active_s : ACTIVE_S) * SECOND_US;
}

struct sending *sending_open(const struct engine_options *o, struct error *e)
{
	struct sending *s;
	char name[sizeof s->name] = "";

	if (o->export_count == 0)
		return NULL;
	s = mem_zalloc(sizeof *s);
	s->active_us = sending_active_us(o);
	s->started_us = wall_us();
	if (gethostname(name, sizeof name - 1) == 0)
		text_clean(s->name, sizeof s->name, name, strlen(name));
	find_interfaces(s, o);
	for (size_t i = 0; i < o->export_count; i++) {
		if (open_one(s, o->export_to[i], e) == 0)
			continue;
		sending_free(s);
		return NULL;
	}
	return s;
}

void sending_free(struct sending *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++) {
		sender_free(s->to[i].sender);
		ipfix_encoder_free(s->to[i].encoder);
	}
	mem_free(s);
}

/* ---- flows ---- */

static void on_message(void *ctx, const struct ipfix_message *m)
{
	struct sent *to = ctx;

	sender_put(to->sender, m, to->all->may_wait);
}

void sending_part(struct sending *s, const struct flow_part *p)
{
	int64_t now_us = wall_us();

	for (size_t i = 0; i < s->count; i++)
		ipfix_put(s->to[i].encoder, p, now_us);
}

static void on_part(void *ctx, const struct flow_part *p)
{
	sending_part(ctx, p);
}

static void look_after(struct sent *to)
{
	struct sender_state state = sender_state(to->sender);

	if (state.renew)
		ipfix_renew(to->encoder);
	if (state.room != to->room)
		ipfix_limit(to->encoder, state.room);
	to->room = state.room;
	ipfix_statistics(to->encoder, &state.sent, &state.lost);
}

void sending_begin(struct sending *s, struct flow_table *flows)
{
	for (size_t i = 0; s != NULL && i < s->count; i++) {
		struct sent *to = &s->to[i];
		struct ipfix_options o = {
			.biflow = to->target.biflow, .domain = DOMAIN, .name = s->name, .started_us = s->started_us,
			.interfaces = s->interface_count > 0 ? s->interfaces : NULL, .interface_count = s->interface_count,
			.send = on_message, .ctx = to};

		to->encoder = ipfix_encoder_new(&o, flow_table_dpi(flows));
		look_after(to);
	}
	if (s != NULL)
		flow_table_meter(flows, s->active_us, on_part, s);
}

void sending_tick(struct sending *s)
{
	int64_t now_us;

	if (s == NULL)
		return;
	now_us = wall_us();
	if (now_us >= s->flushed_us && now_us - s->flushed_us < FLUSH_US) /* a file's seconds are short */
		return;
	s->flushed_us = now_us;
	for (size_t i = 0; i < s->count; i++) {
		ipfix_flush(s->to[i].encoder, now_us);
		look_after(&s->to[i]);
	}
}

void sending_may_wait(struct sending *s)
{
	if (s != NULL)
		s->may_wait = true;
}

void sending_end(struct sending *s)
{
	for (size_t i = 0; s != NULL && i < s->count; i++)
		ipfix_flush(s->to[i].encoder, wall_us());
	for (size_t i = 0; s != NULL && i < s->count; i++)
		sender_drain(s->to[i].sender);
}

/* ---- pictures ---- */

size_t sending_list(struct sending *s, const struct export_target **list)
{
	*list = NULL;
	if (s == NULL)
		return 0;
	for (size_t i = 0; i < s->count; i++) {
		const struct target *t = &s->to[i].target;
		bool v6 = strchr(t->host, ':') != NULL;
		struct sender_state state = sender_state(s->to[i].sender);
		struct export_target *to = &s->list[i];
		char text[sizeof t->host + 32];

		if (state.renew && s->to[i].encoder != NULL)
			ipfix_renew(s->to[i].encoder);
		snprintf(text, sizeof text, "ipfix://%s%s%s:%u", v6 ? "[" : "", t->host, v6 ? "]" : "", t->port);
		text_clean(to->to, sizeof to->to, text, strlen(text));
		to->sent = state.sent;
		to->lost = state.lost;
		to->ok = !state.failing;
		to->why = state.why;
	}
	*list = s->list;
	return s->count;
}
