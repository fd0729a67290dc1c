/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Built without librrd: history cannot be recorded. What is there can be read, for that needs no library.
 */
#include "config.h"

#include "dpitop/i18n.h"
#include "history/rrd_store.h"

static int missing(struct error *e)
{
	return error_set(e, ERR_UNSUPPORTED, "this dpitop was built without librrd and cannot record history");
}

bool rrd_store_there(void)
{
	return false;
}

const char *rrd_store_version(void)
{
	return "no librrd";
}

int rrd_store_create(const char *path, int dim, int64_t begin_s, struct error *e)
{
	(void)path, (void)dim, (void)begin_s;
	return missing(e);
}

int rrd_store_update(const char *path, const char *const *samples, size_t n, const char *daemon, struct error *e)
{
	(void)path, (void)samples, (void)n, (void)daemon;
	return missing(e);
}

int rrd_store_flush(const char *path, const char *daemon, struct error *e)
{
	(void)path, (void)daemon;
	return missing(e);
}

void rrd_store_leave(const char *daemon)
{
	(void)daemon;
}
