/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nDPI: the module, a flow's state in it, verdicts, and the names of what it knows. With dpi_texts.c
 * the only file that sees the library. What is kept of a flow is copied at once; the library's memory
 * goes back at the verdict. One module per engine thread; who only asks for names may share it.
 */
#include "config.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "dpitop/dpi.h"
#include "flow/dpi.h"
#include "flow/dpi_compat.h"
#include "flow/dpi_foreign.h"
#include "flow/dpi_texts.h"

struct dpi {
	compat_module *module;
	atomic_uint *users; /* of the module */
	struct dpi_foreign foreign;
};

enum { STATE_HEAP_BYTES = 700 }; /* mean of what a state allocates besides itself, measured */

struct dpi *dpi_open(struct error *e)
{
	struct dpi *d;
	compat_module *m;

	/* we read members of its structs: another release than the headers' would be read wrongly */
	if (ndpi_get_api_version() != NDPI_API_VERSION) {
		error_set(e, ERR_UNSUPPORTED, "libndpi %s is not the release this program was built with (%d.%d)",
			  ndpi_revision(), NDPI_MAJOR, NDPI_MINOR);
		return NULL;
	}
	m = compat_open();
	if (m == NULL) {
		error_set(e, ERR_UNSUPPORTED, "nDPI could not start");
		return NULL;
	}
	d = mem_zalloc(sizeof *d);
	d->module = m;
	d->users = mem_alloc(sizeof *d->users);
	atomic_init(d->users, 1);
	return d;
}

struct dpi *dpi_share(const struct dpi *d)
{
	struct dpi *names = mem_zalloc(sizeof *names);

	names->module = d->module;
	names->users = d->users;
	atomic_fetch_add(names->users, 1);
	return names;
}

void dpi_close(struct dpi *d)
{
	if (d == NULL)
		return;
	if (atomic_fetch_sub(d->users, 1) == 1) {
		ndpi_exit_detection_module(d->module);
		mem_free(d->users);
	}
	dpi_foreign_release(&d->foreign);
	mem_free(d);
}

struct dpi_state *dpi_state_new(void)
{
	return mem_zalloc(sizeof(struct ndpi_flow_struct)); /* ndpi_free_flow() gives it to free() */
}

static struct ndpi_flow_struct *inner(struct dpi_state *s)
{
	return (struct ndpi_flow_struct *)s;
}

void dpi_state_free(struct dpi_state *s)
{
	if (s != NULL)
		ndpi_free_flow(inner(s));
}

size_t dpi_memory(size_t states)
{
	return states * (sizeof(struct ndpi_flow_struct) + STATE_HEAP_BYTES);
}

static bool is_guess(uint8_t confidence)
{
	return strncmp(ndpi_confidence_get_name((ndpi_confidence_t)confidence), "Match by ", 9) == 0;
}

static struct dpi_class class_of(const ndpi_protocol *p, const struct ndpi_flow_struct *s)
{
	struct dpi_class c = {.master = COMPAT_MASTER(*p), .app = COMPAT_APP(*p),
			      .category = (uint16_t)p->category, .confidence = (uint8_t)s->confidence};

	c.guessed = c.app != NDPI_PROTOCOL_UNKNOWN && is_guess(c.confidence);
	return c;
}

static ndpi_protocol protocol_of(const struct dpi_class *c)
{
	ndpi_protocol p = compat_protocol(c->master, c->app);

	p.category = (ndpi_protocol_category_t)c->category;
	return p;
}

bool dpi_look(struct dpi *d, struct dpi_state *s, const uint8_t *packet, size_t n, int64_t ts_us,
	      struct dpi_class *c)
{
	ndpi_protocol p = COMPAT_PROCESS(d->module, inner(s), packet, (unsigned short)n, (uint64_t)ts_us / 1000);

	*c = class_of(&p, inner(s));
	return compat_is_done(d->module, inner(s), &p);
}

/* A site that was read before stays: the sink may have been told. */
static void keep_site(struct dpi_texts *texts, const struct flow_meta *m)
{
	if (flow_meta_text(m, FLOW_SITE)[0] == '\0' && flow_meta_text(m, FLOW_QUERY)[0] == '\0')
		return;
	texts->text[FLOW_SITE] = flow_meta_text(m, FLOW_SITE);
	texts->text[FLOW_QUERY] = flow_meta_text(m, FLOW_QUERY);
}

static void take_facts(struct dpi *d, struct ndpi_flow_struct *s, struct flow *f)
{
	struct dpi_texts texts;
	struct flow_meta *old;
	ndpi_protocol p = protocol_of(&f->class_);

	f->risks = s->risk;
	if (COMPAT_IS_ENCRYPTED(d->module, p))
		f->flags |= FLOW_ENCRYPTED;
	dpi_texts_get(&texts, s, &f->class_);
	keep_site(&texts, f->meta);
	old = f->meta;
	f->meta = flow_meta_new(texts.text);
	mem_free(old);
}

void dpi_verdict(struct dpi *d, struct dpi_state *s, struct flow *f)
{
	if (f->class_.app == NDPI_PROTOCOL_UNKNOWN) {
		u_int8_t guessed = 0;
		ndpi_protocol p = COMPAT_GIVEUP(d->module, inner(s), &guessed);

		f->class_ = class_of(&p, inner(s));
		f->class_.guessed |= guessed != 0 && f->class_.app != NDPI_PROTOCOL_UNKNOWN;
	}
	take_facts(d, inner(s), f);
}

void dpi_preview(struct dpi *d, struct dpi_state *s, struct flow *f)
{
	take_facts(d, inner(s), f);
}

/* The library's guesses know networks of IPv4 only; 0: no address. */
static uint32_t v4_of(const struct addr *a)
{
	const uint8_t *b = a->b + 12;

	return addr_is_v4(a) ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3] : 0;
}

void dpi_guess(const struct dpi *d, const struct flow *f, struct dpi_class *c)
{
	ndpi_protocol p = COMPAT_GUESS(d->module, f->l4, v4_of(&f->addr[0]), f->port[0], v4_of(&f->addr[1]), f->port[1]);

	*c = (struct dpi_class){.master = COMPAT_MASTER(p), .app = COMPAT_APP(p)};
	c->guessed = c->app != NDPI_PROTOCOL_UNKNOWN;
	if (c->guessed)
		c->confidence = c->master != NDPI_PROTOCOL_UNKNOWN ? NDPI_CONFIDENCE_MATCH_BY_IP : NDPI_CONFIDENCE_MATCH_BY_PORT;
	c->category = dpi_app_category(d, c);
}

const char *dpi_app_name(const struct dpi *d, const struct dpi_class *c, char *buf, unsigned size)
{
	const char *foreign = dpi_foreign_name(&d->foreign, DPI_KIND_APP, c->app);

	if (foreign != NULL) {
		snprintf(buf, size, "%s", foreign);
		return buf;
	}
	return COMPAT_NAME(d->module, protocol_of(c), buf, size);
}

const char *dpi_category_name(const struct dpi *d, uint16_t category)
{
	const char *foreign = dpi_foreign_name(&d->foreign, DPI_KIND_CATEGORY, category);

	if (foreign != NULL)
		return foreign;
	return ndpi_category_get_name(d->module, (ndpi_protocol_category_t)category);
}

const char *dpi_breed_name(const struct dpi *d, uint8_t breed)
{
	const char *foreign = dpi_foreign_name(&d->foreign, DPI_KIND_BREED, breed);

	if (foreign != NULL)
		return foreign;
	return COMPAT_BREED_NAME(d->module, (ndpi_protocol_breed_t)breed);
}

uint8_t dpi_breed(const struct dpi *d, const struct dpi_class *c)
{
	if (dpi_foreign_name(&d->foreign, DPI_KIND_APP, c->app) != NULL)
		return NDPI_PROTOCOL_UNRATED;
	return (uint8_t)ndpi_get_proto_breed(d->module, c->app != NDPI_PROTOCOL_UNKNOWN ? c->app : c->master);
}

uint16_t dpi_app_category(const struct dpi *d, const struct dpi_class *c)
{
	if (dpi_foreign_name(&d->foreign, DPI_KIND_APP, c->app) != NULL)
		return NDPI_PROTOCOL_CATEGORY_UNSPECIFIED;
	return (uint16_t)ndpi_get_proto_category(d->module, protocol_of(&(struct dpi_class){
						 .master = c->master, .app = c->app}));
}

const char *dpi_confidence_name(const struct dpi *d, uint8_t confidence)
{
	const char *name = ndpi_confidence_get_name((ndpi_confidence_t)confidence);

	(void)d;
	return name != NULL ? name : "Unknown";
}

/* The library writes a risk that it has no name for into a static buffer, so that two threads must not ask: all are
 * asked for once, and copied. Constant from then on. */
static char risk_names[NDPI_MAX_RISK][64];
static uv_once_t risk_names_once = UV_ONCE_INIT;

static void read_risk_names(void)
{
	for (unsigned bit = 0; bit < NDPI_MAX_RISK; bit++)
		snprintf(risk_names[bit], sizeof risk_names[bit], "%s", ndpi_risk2str((ndpi_risk_enum)bit));
}

const char *dpi_risk_name(unsigned bit)
{
	uv_once(&risk_names_once, read_risk_names);
	return bit < NDPI_MAX_RISK ? risk_names[bit] : NULL;
}

unsigned dpi_risk_score(uint64_t risks)
{
	u_int16_t client, server;

	return risks != 0 ? ndpi_risk2score(risks, &client, &server) : 0;
}

/* The library's own severities, in their order, from NDPI_RISK_LOW on. */
unsigned dpi_risk_severity(unsigned bit)
{
	unsigned severity = bit < NDPI_MAX_RISK ? (unsigned)ndpi_risk2severity((ndpi_risk_enum)bit)->severity - NDPI_RISK_LOW : 0;

	return severity < DPI_SEVERITIES ? severity : DPI_SEVERITIES - 1;
}

unsigned dpi_risk_count(void)
{
	return NDPI_MAX_RISK;
}

/* ---- back from names ---- */

static int app_number(const struct dpi *d, const char *name, size_t n)
{
	unsigned count = ndpi_get_num_supported_protocols(d->module);
	char buf[DPI_APP_TEXT];

	for (unsigned i = 0; i < count; i++) {
		struct dpi_class c = {.app = (uint16_t)i};

		dpi_app_name(d, &c, buf, sizeof buf);
		if (strncmp(buf, name, n) == 0 && buf[n] == '\0')
			return (int)i;
	}
	return -1;
}

int dpi_number(const struct dpi *d, enum dpi_kind kind, const char *name)
{
	const int counts[DPI_KINDS] = {[DPI_KIND_CATEGORY] = NDPI_PROTOCOL_NUM_CATEGORIES,
				       [DPI_KIND_BREED] = NDPI_PROTOCOL_UNRATED + 1};

	if (kind == DPI_KIND_APP)
		return strlen(name) < DPI_APP_TEXT ? app_number(d, name, strlen(name)) : -1;
	for (int i = 0; i < counts[kind]; i++) {
		const char *own = kind == DPI_KIND_CATEGORY ? dpi_category_name(d, (uint16_t)i)
							    : dpi_breed_name(d, (uint8_t)i);

		if (strcmp(own, name) == 0)
			return i;
	}
	return -1;
}

bool dpi_app_find(const struct dpi *d, const char *name, struct dpi_class *c)
{
	int whole = dpi_number(d, DPI_KIND_APP, name);

	memset(c, 0, sizeof *c);
	if (whole >= 0) {
		c->app = (uint16_t)whole;
		return true;
	}
	/* there are names with a dot of their own, "Z39.50" */
	for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
		size_t n = (size_t)(dot - name);
		int app = dpi_number(d, DPI_KIND_APP, dot + 1);
		int master = app > 0 && n < DPI_APP_TEXT ? app_number(d, name, n) : -1;

		if (master <= 0 || master == app)
			continue;
		c->master = (uint16_t)master;
		c->app = (uint16_t)app;
		return true;
	}
	return false;
}

int dpi_foreign(struct dpi *d, enum dpi_kind kind, const char *name)
{
	return dpi_foreign_touch(&d->foreign, kind, name);
}

#define STRING(x) #x
#define STRING_OF(x) STRING(x)

const char *dpi_version(void)
{
	return "nDPI " STRING_OF(NDPI_MAJOR) "." STRING_OF(NDPI_MINOR);
}
