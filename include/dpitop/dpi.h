/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What nDPI knows, without nDPI: ids, names, categories, breeds, risks. src/flow/dpi.c is the only
 * file that sees nDPI's own types. One struct dpi per engine thread; ids are those of the linked
 * library and never leave the process (files and exports carry names).
 */
#ifndef DPITOP_DPI_H
#define DPITOP_DPI_H

#include <stdbool.h>
#include <stdint.h>

#include "dpitop/err.h"
#include "dpitop/mem.h"

struct dpi;
struct packet;

struct dpi *dpi_open(struct error *e); /* NULL: the library does not fit or could not start */
/* For another thread that only asks for names: with the library's module of d (megabytes), which lives until both
 * are closed, but with names of its own (dpi_foreign()). Any thread. */
struct dpi *dpi_share(const struct dpi *d);
void dpi_close(struct dpi *d);         /* NULL is fine */

enum { DPI_APP_TEXT = 64, DPI_UNKNOWN = 0, DPI_SEVERITIES = 4 };

struct dpi_class { /* what a flow is; zero is "Unknown, not yet looked at" */
	uint16_t master; /* 0 if none: "TLS" of TLS.Google */
	uint16_t app;    /* 0 if unknown */
	uint16_t category;
	uint8_t confidence; /* the library's number; name by dpi_confidence_name() */
	uint8_t guessed;    /* by port or address, not by inspection */
};

/* Names. Strings are constant for the process or go into the caller's buffer. Any thread that holds
 * a dpi of the same process (read only). */
const char *dpi_app_name(const struct dpi *d, const struct dpi_class *c, char *buf, unsigned size); /* "TLS.Google", "Unknown" */
const char *dpi_category_name(const struct dpi *d, uint16_t category); /* "Web"; "Unspecified" */
const char *dpi_breed_name(const struct dpi *d, uint8_t breed);        /* "Safe"; "Unrated" */
uint8_t dpi_breed(const struct dpi *d, const struct dpi_class *c);
/* The category an application has by itself (a flow's own may differ: class.category). */
uint16_t dpi_app_category(const struct dpi *d, const struct dpi_class *c);
const char *dpi_confidence_name(const struct dpi *d, uint8_t confidence);
const char *dpi_risk_name(unsigned bit);     /* "Weak TLS Cipher"; NULL past the last */
const char *dpi_risk_help(unsigned bit);     /* what it means, a sentence; "" where there is none */
unsigned dpi_risk_score(uint64_t risks);     /* sum of the library's scores for the bits */
unsigned dpi_risk_severity(unsigned bit);    /* 0 low, 1 medium, 2 high, 3 severe and worse */
unsigned dpi_risk_count(void);               /* bits that have a name */
const char *dpi_version(void);               /* "nDPI 4.2" */

/* ---- back from names: of files, which may be of another release ---- */

enum dpi_kind { DPI_KIND_APP, DPI_KIND_CATEGORY, DPI_KIND_BREED, DPI_KINDS };
enum { DPI_FOREIGN_MAX = 512 /* names of each kind; breeds: 128 */ };

/* What dpi_app_name() and its like give for a name: number of a category or breed, -1 if there is none of that name. */
int dpi_number(const struct dpi *d, enum dpi_kind kind, const char *name);
/* "TLS.Google" as a class (master and app only); false: the library does not know it. */
bool dpi_app_find(const struct dpi *d, const char *name, struct dpi_class *c);
/* The number under which a name that the library does not know shows as itself: no category, not rated. The same name gets
 * the same one as long as d lives. name: clean, below DPI_APP_TEXT bytes. -1: there are too many. Only while no other
 * thread reads names. */
int dpi_foreign(struct dpi *d, enum dpi_kind kind, const char *name);

#endif
