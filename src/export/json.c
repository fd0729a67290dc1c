/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * --json, schema 1: one object per picture. What a row's fields are is the column table's business
 * (columns flagged COLUMN_JSON, in table order); which lists there are is the table below. The same
 * writer serves a finished snapshot and the walk over a model too large for one. `conservation` is
 * added up from the rows that were written. Any thread.
 */
#include "config.h"

#include "dpitop/export.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "dpitop/alert.h"
#include "dpitop/column.h"
#include "dpitop/filter.h"
#include "dpitop/json.h"

enum { SCHEMA = 1, COLUMNS_MAX = 64 };

static const struct json_list {
	const char *key;
	enum dim dim;
} lists[] = {
	{"hosts", DIM_HOST},
	{"l4", DIM_L4},
	{"l7", DIM_APP},
	{"categories", DIM_CATEGORY},
	{"ports", DIM_PORT},
	{"subnets", DIM_SUBNET},
	{"matrix", DIM_SUBNET_PAIR},
	{"countries", DIM_COUNTRY},
	{"as", DIM_AS},
	{"sites", DIM_SITE},
	{"site_categories", DIM_SITE_CATEGORY},
	{"flows", DIM_FLOW},
	{"alerts", DIM_ALERT},
	/* only where they are asked for alone */
	{"breeds", DIM_BREED},
	{"ethertypes", DIM_ETHERTYPE},
	{"states", DIM_STATE},
	{"tcp_flags", DIM_TCP_FLAGS},
	{"country_pairs", DIM_COUNTRY_PAIR},
	{"as_pairs", DIM_AS_PAIR},
	{"cities", DIM_CITY},
	{"vlans", DIM_VLAN},
	{"vlan_pairs", DIM_VLAN_PAIR},
	{"tunnels", DIM_TUNNEL},
	{"risks", DIM_RISK},
	{"interfaces", DIM_INTERFACE},
	{"exporters", DIM_EXPORTER},
};

static const struct conservation_key {
	const char *key;
	enum dim dim;
	bool both_ends; /* each byte is in one row's [0] and in one row's [1] */
} conservation_keys[] = {
	{"l4", DIM_L4, false},
	{"l7", DIM_APP, false},
	{"hosts", DIM_HOST, true},
	{"flows", DIM_FLOW, false},
	{"matrix", DIM_SUBNET_PAIR, false},
};

/* What is written, wherever it comes from. */
struct picture {
	struct json json;
	FILE *out;
	const struct source_info *sources;
	size_t source_count;
	const struct exporter_info *exporters;
	size_t exporter_count;
	const struct export_target *exports;
	size_t export_count;
	const struct history_info *history; /* NULL: none is recorded */
	const struct model_totals *totals; /* of the matching traffic */
	const char *filter_text;
	bool hides_rows; /* lists are no partition then */
	bool written[DIM_LIST_COUNT]; /* whole */
	struct flow_counters sum[DIM_LIST_COUNT];
	const struct snapshot *snapshot;      /* one of the two */
	const struct snapshot_input *input;
	const struct want *want;
	enum dim dim; /* of the list being written */
	struct json_column {
		struct json_key key;
		struct value (*get)(const struct row *r);
	} columns[COLUMNS_MAX]; /* its columns */
	size_t column_count;
};

static int write_out(void *ctx, const char *data, size_t n)
{
	return fwrite(data, 1, n, ctx) == n ? 0 : -1;
}

/* "a, b" as an array of strings. */
static void put_list(struct json *j, const char *text)
{
	json_array(j, NULL);
	while (*text) {
		const char *end = strstr(text, ", ");
		size_t n = end ? (size_t)(end - text) : strlen(text);

		json_string_part(j, NULL, text, n);
		text += n + (end ? 2 : 0);
	}
	json_array_end(j);
}

/* "GET 12, POST 3" as an object of counts. */
static void put_tally(struct json *j, const char *text)
{
	json_object(j, NULL);
	while (*text) {
		char item[256], *space;
		const char *end = strstr(text, ", ");
		size_t n = end ? (size_t)(end - text) : strlen(text);
		unsigned long long count = 0;

		snprintf(item, sizeof item, "%.*s", (int)(n < sizeof item ? n : sizeof item - 1),
			 text);
		space = strrchr(item, ' ');
		if (space && sscanf(space + 1, "%llu", &count) == 1) {
			*space = '\0';
			json_u64(j, item, count);
		}
		text += n + (end ? 2 : 0);
	}
	json_object_end(j);
}

static void put_spark(struct json *j, const uint32_t *spark)
{
	size_t i;

	json_array(j, NULL);
	for (i = 0; i < DIM_SPARK; i++)
		json_u64(j, NULL, spark[i]);
	json_array_end(j);
}

/* What is not known is left out; of what may be empty, a list is no less of one. */
static bool is_known(const struct value *v)
{
	switch (v->type) {
	case VALUE_NONE:
		return false;
	case VALUE_TEXT: case VALUE_TALLY:
		return v->s && *v->s;
	case VALUE_LIST:
		return v->s != NULL;
	case VALUE_SHARE: case VALUE_REAL:
		return isfinite(v->d);
	default:
		return true;
	}
}

static void put_value(struct json *j, const struct value *v)
{
	char text[ADDR_TEXT];

	switch (v->type) {
	case VALUE_NONE:
		break;
	case VALUE_TEXT:
		json_string(j, NULL, v->s);
		break;
	case VALUE_ADDR:
		json_string(j, NULL, addr_format(v->addr, text, sizeof text));
		break;
	case VALUE_COUNT: case VALUE_BYTES: case VALUE_PACKETS: case VALUE_RATE:
	case VALUE_PACKET_RATE: case VALUE_DURATION_US: case VALUE_RISK:
		json_u64(j, NULL, v->u);
		break;
	case VALUE_SHARE: case VALUE_REAL:
		json_double(j, NULL, v->d, 6);
		break;
	case VALUE_TIME_US:
		json_time_us(j, NULL, (int64_t)v->u);
		break;
	case VALUE_SPARK:
		put_spark(j, v->spark);
		break;
	case VALUE_BOOL:
		json_bool(j, NULL, v->u != 0);
		break;
	case VALUE_LIST:
		put_list(j, v->s);
		break;
	case VALUE_TALLY:
		put_tally(j, v->s);
		break;
	case VALUE_SEVERITY:
		json_string(j, NULL, alert_severity_name(severity_of_value(v->u)));
		break;
	}
}

static int put_row(void *ctx, const struct row *r)
{
	struct picture *p = ctx;
	struct flow_counters *sum = &p->sum[p->dim];
	size_t i;

	json_object(&p->json, NULL);
	if (r->flags & ROW_OTHER)
		json_bool(&p->json, "other", true);
	for (i = 0; i < p->column_count; i++) {
		struct value v = p->columns[i].get(r);

		if (!is_known(&v))
			continue;
		json_key(&p->json, &p->columns[i].key);
		put_value(&p->json, &v);
	}
	json_object_end(&p->json);
	for (i = 0; i < 2; i++) {
		sum->bytes[i] += r->total.bytes[i];
		sum->packets[i] += r->total.packets[i];
	}
	return p->json.failed;
}

static void choose_columns(struct picture *p, enum dim d)
{
	bool is_past = p->snapshot && p->snapshot->replay.on;

	p->dim = d;
	p->column_count = 0;
	for (size_t i = 0; i < column_count && p->column_count < COLUMNS_MAX; i++) {
		const struct column *c = &column_table[i];
		struct json_column *to = &p->columns[p->column_count];

		if (!(c->flags & COLUMN_JSON) || !(c->dims & DIM_BIT(d)))
			continue;
		if (is_past && !column_is_recorded(c))
			continue;
		json_key_init(&to->key, c->id);
		to->get = c->get;
		p->column_count++;
	}
}

static void put_rows(struct picture *p, enum dim d, const char *key)
{
	bool on = p->snapshot ? p->snapshot->lists[d].rows || p->snapshot->lists[d].all
			      : p->want->lists[d].on;
	size_t i;

	if (!on)
		return;
	choose_columns(p, d);
	p->written[d] = !(p->snapshot && p->snapshot->lists[d].partial);
	json_array(&p->json, key);
	if (p->snapshot) {
		const struct list *l = &p->snapshot->lists[d];

		for (i = 0; i < l->count; i++)
			put_row(p, &l->rows[i]);
		if (l->other.flags & ROW_OTHER)
			put_row(p, &l->other);
	} else {
		snapshot_walk(p->input, d, &p->want->lists[d], put_row, p);
	}
	json_array_end(&p->json);
}

static void put_port(struct json *j, const struct exporter_port *p)
{
	json_object(j, NULL);
	json_u64(j, "index", p->counters.interface);
	if (p->name[0] != '\0')
		json_string(j, "name", p->name);
	json_u64(j, "in_bytes", p->told_bytes[0]);
	json_u64(j, "out_bytes", p->told_bytes[1]);
	if (p->has_counters) {
		json_object(j, "counters");
		json_bool(j, "up", p->counters.oper_up);
		json_u64(j, "speed", p->counters.speed_bps);
		json_u64(j, "in_bytes", p->counters.bytes[0]);
		json_u64(j, "out_bytes", p->counters.bytes[1]);
		json_u64(j, "errors", (uint64_t)p->counters.errors[0] + p->counters.errors[1]);
		json_u64(j, "discarded", (uint64_t)p->counters.discards[0] + p->counters.discards[1]);
		json_object_end(j);
	}
	json_object_end(j);
}

static void put_ports(struct json *j, const struct exporter_info *info)
{
	if (info->port_count == 0)
		return;
	json_array(j, "interfaces");
	for (size_t i = 0; i < info->port_count; i++)
		put_port(j, &info->ports[i]);
	json_array_end(j);
}

static void put_exporter(struct json *j, const struct exporter_info *info)
{
	const struct export_exporter *x = &info->x;
	char text[ADDR_TEXT];

	json_object(j, NULL);
	json_string(j, "address", addr_format(&x->addr, text, sizeof text));
	if (!addr_eq(&x->agent, &addr_none))
		json_string(j, "agent", addr_format(&x->agent, text, sizeof text));
	if (x->name[0] != '\0')
		json_string(j, "name", x->name);
	json_u64(j, "domain", x->domain);
	json_string(j, "version", export_version_name((enum export_version)x->version));
	json_u64(j, "datagrams", x->datagrams);
	json_u64(j, "records", x->records);
	json_u64(j, "option_records", x->option_records);
	json_u64(j, "counter_samples", x->counter_samples);
	json_u64(j, "malformed", x->malformed);
	json_u64(j, "missing_template", x->missing_template);
	json_u64(j, "recovered", x->recovered);
	json_u64(j, "lost", x->lost);
	if (x->misnumbered)
		json_bool(j, "misnumbered", true);
	json_u64(j, "sampling_interval", x->sampling);
	if (x->has_clock)
		json_double(j, "clock_offset", (double)x->clock_offset_us / 1e6, 6);
	json_u64(j, "bytes", x->bytes);
	json_u64(j, "packets", x->packets);
	if (info->again.records > 0) {
		json_u64(j, "duplicate_records", info->again.records);
		json_u64(j, "duplicate_bytes", info->again.bytes);
		json_u64(j, "duplicate_packets", info->again.packets);
	}
	put_ports(j, info);
	json_object_end(j);
}

static void put_exporters(struct picture *p, unsigned source)
{
	json_array(&p->json, "exporters");
	for (size_t i = 0; i < p->exporter_count; i++)
		if (p->exporters[i].source == source)
			put_exporter(&p->json, &p->exporters[i]);
	json_array_end(&p->json);
}

static void put_sources(struct picture *p)
{
	struct json *j = &p->json;
	size_t i;

	json_array(j, "source");
	for (i = 0; i < p->source_count; i++) {
		const struct source_info *s = &p->sources[i];

		json_object(j, NULL);
		json_string(j, "name", s->name);
		json_string(j, "kind", s->kind);
		if (s->linktype[0])
			json_string(j, "linktype", s->linktype);
		json_u64(j, "packets", s->packets);
		json_u64(j, "bytes", s->bytes);
		json_u64(j, "dropped", s->dropped);
		json_u64(j, "undecoded", s->undecoded);
		json_u64(j, "truncated", s->truncated);
		json_string(j, "state", s->state);
		if (s->collects) {
			json_u64(j, "refused", s->refused);
			json_u64(j, "unknown", s->unknown);
			put_exporters(p, (unsigned)i);
		}
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_sent(struct json *j, const char *key, const struct sent_totals *t)
{
	json_object(j, key);
	json_u64(j, "messages", t->messages);
	json_u64(j, "records", t->records);
	json_u64(j, "option_records", t->option_records);
	json_u64(j, "bytes", t->bytes);
	json_u64(j, "packets", t->packets);
	json_u64(j, "octets", t->octets);
	json_object_end(j);
}

static void put_exports(struct picture *p)
{
	struct json *j = &p->json;

	if (p->export_count == 0)
		return;
	json_array(j, "exports");
	for (size_t i = 0; i < p->export_count; i++) {
		json_object(j, NULL);
		json_string(j, "to", p->exports[i].to);
		json_bool(j, "ok", p->exports[i].ok);
		if (p->exports[i].why[0] != '\0')
			json_string(j, "why", p->exports[i].why);
		put_sent(j, "sent", &p->exports[i].sent);
		put_sent(j, "lost", &p->exports[i].lost);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_history(struct picture *p)
{
	const struct history_info *h = p->history;
	struct json *j = &p->json;

	if (h == NULL)
		return;
	json_object(j, "history");
	json_string(j, "directory", h->dir);
	json_bool(j, "writing", h->writing);
	json_bool(j, "failing", h->failing);
	json_string(j, "state", h->text);
	json_u64(j, "files", h->files);
	json_u64(j, "bytes", h->bytes);
	json_u64(j, "limit", h->size_bytes);
	json_u64(j, "removed", h->removed);
	json_u64(j, "damaged", h->damaged);
	json_u64(j, "dropped", h->dropped);
	json_u64(j, "late", h->late);
	json_u64(j, "lost", h->lost);
	if (h->flushed_us > 0)
		json_time_us(j, "flushed", h->flushed_us);
	json_object_end(j);
}

static void put_head(struct picture *p)
{
	const struct model_totals *t = p->totals;
	struct json *j = &p->json;

	json_string(j, "dpitop", PACKAGE_VERSION);
	json_u64(j, "schema", SCHEMA);
	if (p->filter_text[0])
		json_string(j, "filter", p->filter_text);
	put_sources(p);
	put_exports(p);
	put_history(p);
	if (t->packets > 0) {
		json_time_us(j, "from", t->first_us);
		json_time_us(j, "to", t->last_us);
	}
	json_u64(j, "packets", t->packets);
	json_u64(j, "bytes", t->bytes);
	json_object(j, "non_ip");
	json_u64(j, "packets", t->non_ip_packets);
	json_u64(j, "bytes", t->non_ip_bytes);
	json_object_end(j);
}

/* The lists and non_ip make up all there is. */
static bool is_whole(const struct picture *p, const struct conservation_key *k)
{
	const struct flow_counters *s = &p->sum[k->dim];
	uint64_t packets = p->totals->packets - p->totals->non_ip_packets;
	uint64_t bytes = p->totals->bytes - p->totals->non_ip_bytes;

	if (k->both_ends)
		return s->packets[0] == packets && s->packets[1] == packets &&
		       s->bytes[0] == bytes && s->bytes[1] == bytes;
	return s->packets[0] + s->packets[1] == packets && s->bytes[0] + s->bytes[1] == bytes;
}

static void put_conservation(struct picture *p)
{
	size_t i;

	if (p->hides_rows)
		return;
	json_object(&p->json, "conservation");
	for (i = 0; i < sizeof conservation_keys / sizeof *conservation_keys; i++) {
		const struct conservation_key *k = &conservation_keys[i];

		if (p->written[k->dim])
			json_bool(&p->json, k->key, is_whole(p, k));
	}
	json_object_end(&p->json);
}

static int put_picture(struct picture *p, struct error *e)
{
	size_t i;

	errno = 0; /* the first that fails sets it */
	json_init(&p->json, write_out, p->out);
	json_object(&p->json, NULL);
	put_head(p);
	put_rows(p, DIM_IP_VERSION, "ip_version");
	for (i = 0; i < sizeof lists / sizeof *lists; i++)
		put_rows(p, lists[i].dim, lists[i].key);
	put_conservation(p);
	json_object_end(&p->json);
	json_newline(&p->json);
	if (json_flush(&p->json) != 0 || fflush(p->out) != 0)
		return error_set(e, ERR_IO, "cannot write the output: %s", strerror(errno != 0 ? errno : EIO));
	return 0;
}

int export_json(FILE *out, const struct snapshot *s, struct error *e)
{
	struct filter *f = filter_parse(s->filter_text, NULL);
	struct picture p = {
		.out = out,
		.sources = s->sources,
		.source_count = s->source_count,
		.exporters = s->exporters,
		.exporter_count = s->exporter_count,
		.exports = s->exports,
		.export_count = s->export_count,
		.history = (s->history.on || s->history.failing) && !s->replay.on ? &s->history : NULL,
		.totals = &s->filtered,
		.filter_text = s->filter_text,
		.hides_rows = f && (filter_hides_rows(f) || (s->replay.on && filter_selects_flows(f))),
		.snapshot = s,
	};

	filter_free(f);
	return put_picture(&p, e);
}

int export_json_walk(FILE *out, const struct snapshot_input *in, const struct want *want,
		     struct error *e)
{
	struct picture p = {
		.out = out,
		.sources = in->sources,
		.source_count = in->source_count,
		.exporters = in->exporters,
		.exporter_count = in->exporter_count,
		.exports = in->exports,
		.export_count = in->export_count,
		.totals = model_totals(in->filtered ? in->filtered : in->model),
		.filter_text = want->filter,
		.hides_rows = in->filter && filter_hides_rows(in->filter),
		.input = in,
		.want = want,
	};

	return put_picture(&p, e);
}
