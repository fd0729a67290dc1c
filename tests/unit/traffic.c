/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The small world of traffic.h.
 */
#include "config.h"

#include "traffic.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow/dpi.h"

static void sink(void *ctx, const struct flow_update *u)
{
	struct traffic *t = ctx;

	model_apply(t->model, u);
}

/* As Debian's tor-geoipdb has it: first, last, country. */
static void open_geo(struct traffic *t)
{
	struct error e = {.text = ""};
	char path[64];
	FILE *f;

	strcpy(t->geo, "/tmp/dpitop-geo-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(t->geo));
	snprintf(path, sizeof path, "%s/geoip", t->geo);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs("3221225984,3221226239,US\n3325256704,3325256959,DE\n", f);
	fclose(f);
	t->geoip = geoip_open(t->geo, &e);
	ck_assert_msg(t->geoip != NULL, "%s", e.text);
}

void traffic_open(struct traffic *t, const struct flow_limits *limits)
{
	struct flow_limits usual = {.keep_us = 60 * SECOND_US};
	struct error e = {.text = ""};

	memset(t, 0, sizeof *t);
	t->now_us = START_US;
	t->flows = flow_table_new(limits != NULL ? limits : &usual, 1, sink, t, &e);
	ck_assert_msg(t->flows != NULL, "%s", e.text);
	t->subnets = subnets_new(24, 64);
	subnets_add_private(t->subnets);
	open_geo(t);
	t->options = (struct model_options){
		.subnets = t->subnets, .geoip = t->geoip, .dpi = flow_table_dpi(t->flows),
	};
	t->model = model_new(&t->options);
	strcpy(t->source.name, "eth0");
	t->in = (struct snapshot_input){
		.model = t->model, .flows = t->flows, .dpi = flow_table_dpi(t->flows),
		.subnets = t->subnets, .geoip = t->geoip, .sources = &t->source,
		.source_count = 1, .now_us = t->now_us,
	};
}

void traffic_close(struct traffic *t)
{
	char path[64];

	model_free(t->model);
	flow_table_free(t->flows);
	subnets_free(t->subnets);
	geoip_close(t->geoip);
	snprintf(path, sizeof path, "%s/geoip", t->geo);
	unlink(path);
	rmdir(t->geo);
}

static struct flow *find(struct traffic *t, const struct packet *p)
{
	const struct flow *f;
	size_t cursor = 0;

	while ((f = flow_table_next(t->flows, &cursor)) != NULL)
		for (int i = 0; i < 2; i++)
			if (addr_eq(&f->addr[i], &p->src) && addr_eq(&f->addr[!i], &p->dst) &&
			    f->port[i] == p->src_port && f->port[!i] == p->dst_port &&
			    f->l4 == p->l4 && !(f->flags & FLOW_ENDED))
				return (struct flow *)(uintptr_t)f; /* ours to change */
	return NULL;
}

struct flow *traffic_packet(struct traffic *t, const char *src, uint16_t src_port, const char *dst,
			    uint16_t dst_port, uint8_t l4, uint32_t bytes)
{
	struct packet p = {
		.ts_us = t->now_us, .wire_len = bytes, .kind = PACKET_IP, .l4 = l4,
		.flags = PACKET_PORTS | PACKET_MAC, .src_port = src_port, .dst_port = dst_port,
		.src_mac = {2, 0, 0, 0, 0, 1}, .dst_mac = {2, 0, 0, 0, 0, 2},
	};

	ck_assert_int_eq(addr_parse(&p.src, src, NULL), 0);
	ck_assert_int_eq(addr_parse(&p.dst, dst, NULL), 0);
	p.ip_version = addr_is_v4(&p.src) ? 4 : 6;
	flow_table_packet(t->flows, &p, 0);
	t->seen.packets++;
	t->seen.bytes += bytes;
	return find(t, &p);
}

struct flow *traffic_flow(struct traffic *t, const char *client, uint16_t client_port,
			  const char *server, uint16_t server_port, uint8_t l4, uint32_t bytes)
{
	traffic_packet(t, client, client_port, server, server_port, l4, bytes);
	return traffic_packet(t, server, server_port, client, client_port, l4, 2 * bytes);
}

void traffic_name(struct traffic *t, struct flow *f, const char *app)
{
	const struct dpi *d = flow_table_dpi(t->flows);
	const char *point = strchr(app, '.');
	char name[DPI_APP_TEXT];
	struct dpi_class c = {.app = 0};

	for (int part = point == NULL; part < 2; part++) {
		uint16_t *id = part == 0 ? &c.master : &c.app;
		size_t n = part == 0 ? (size_t)(point - app) : strlen(app);

		for (uint16_t i = 1; i < 600 && *id == 0; i++) {
			struct dpi_class one = {.app = i};

			dpi_app_name(d, &one, name, sizeof name);
			if (strlen(name) == n && strncmp(name, app, n) == 0)
				*id = i;
		}
		ck_assert_msg(*id != 0, "the library does not know '%s'", app);
		if (point != NULL && part == 0)
			app = point + 1;
	}
	c.category = dpi_app_category(d, &c);
	f->class_ = c;
}

void traffic_site(struct flow *f, const char *site)
{
	const char *const texts[FLOW_TEXT_COUNT] = {
		[FLOW_SITE] = f->port[1] != 53 ? site : NULL,
		[FLOW_QUERY] = f->port[1] == 53 ? site : NULL,
	};

	f->meta = flow_meta_new(texts);
}

static void close_tick(struct traffic *t)
{
	model_count(t->model, t->seen.packets, t->seen.bytes, 0, t->now_us, t->now_us);
	memset(&t->seen, 0, sizeof t->seen);
	t->now_us += SECOND_US;
	t->in.now_us = t->now_us;
	model_tick(t->model, t->now_us, SECOND_US);
}

void traffic_tick(struct traffic *t)
{
	ck_assert(flow_table_tick(t->flows, t->now_us + SECOND_US, 0));
	close_tick(t);
}

void traffic_end(struct traffic *t)
{
	flow_table_finish(t->flows);
	close_tick(t);
	t->in.final = true;
}

void traffic_five(struct traffic *t)
{
	struct flow *f;

	f = traffic_flow(t, "10.0.0.5", 1001, "192.0.2.1", 443, TCP, 1000);
	traffic_name(t, f, "TLS");
	traffic_site(f, "www.example.org");
	f = traffic_flow(t, "10.0.0.5", 1002, "198.51.100.7", 443, TCP, 400);
	traffic_name(t, f, "TLS.Google");
	traffic_site(f, "mail.example.net");
	f = traffic_flow(t, "10.0.0.6", 1003, "198.51.100.7", 80, TCP, 300);
	traffic_name(t, f, "HTTP");
	f = traffic_flow(t, "10.0.0.6", 1004, "10.0.0.1", 53, UDP, 80);
	traffic_name(t, f, "DNS");
	traffic_site(f, "www.example.org");
	f = traffic_flow(t, "203.0.113.9", 1005, "10.0.0.1", 22, TCP, 60);
	traffic_name(t, f, "SSH");
	traffic_tick(t);
}
