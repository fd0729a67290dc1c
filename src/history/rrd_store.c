/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only file that knows librrd. Its locks are tried, not waited for, and another program that reads a file
 * holds one: such an update is tried again a few times, then it is the caller's to keep the samples.
 */
#include "config.h"

#include <errno.h>
#include <rrd.h>
#include <rrd_client.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "dpitop/i18n.h"
#include "history/layout.h"
#include "history/rrd_store.h"

enum { TRIES = 5, WAIT_MS = 10, DEFINITION = 80 };

bool rrd_store_there(void)
{
	return true;
}

const char *rrd_store_version(void)
{
	return "librrd " PACKAGE_LIBRRD;
}

static int failed(struct error *e)
{
	const char *text = rrd_get_error();
	int code = error_set(e, ERR_IO, "librrd: %s", text != NULL ? text : "");

	rrd_clear_error();
	return code;
}

int rrd_store_create(const char *path, int dim, int64_t begin_s, struct error *e)
{
	const struct layout *l = layout_of(dim);
	char text[SERIES_COUNT + LAYOUT_RRAS][DEFINITION];
	const char *args[SERIES_COUNT + LAYOUT_RRAS];
	int n = 0;

	for (int s = 0; s < SERIES_COUNT; s++)
		if (layout_column(dim, (enum series)s) >= 0)
			snprintf(text[n++], DEFINITION, "DS:%s:%s:%d:U:U", layout_ds_name(dim, (enum series)s),
				 layout_is_gauge((enum series)s) ? "GAUGE" : "ABSOLUTE", LAYOUT_HEARTBEAT_S);
	/* one known step makes a step of an archive known: who reads takes the gaps from the catalog */
	for (size_t i = 0; i < l->rra_count; i++)
		snprintf(text[n++], DEFINITION, "RRA:%s:0.9999999:%u:%u", l->rras[i].max ? "MAX" : "AVERAGE", l->rras[i].pdps,
			 l->rras[i].rows);
	for (int i = 0; i < n; i++)
		args[i] = text[i];
	rrd_clear_error();
	return rrd_create_r2(path, l->step_s, (time_t)begin_s, 1, NULL, NULL, n, args) == 0 ? 0 : failed(e);
}

static bool connected(const char *daemon, struct error *e)
{
	const char *text;

	rrd_clear_error();
	if (rrdc_connect(daemon) == 0)
		return true;
	text = rrd_get_error();
	error_set(e, ERR_IO, "--rrdcached '%.100s': %s", daemon, text != NULL ? text : "");
	rrd_clear_error();
	return false;
}

static int update_by_daemon(const char *path, const char *const *samples, size_t n, const char *daemon, struct error *e)
{
	if (!connected(daemon, e))
		return ERR_IO;
	return rrdc_update(path, (int)n, samples) == 0 ? 0 : failed(e);
}

int rrd_store_update(const char *path, const char *const *samples, size_t n, const char *daemon, struct error *e)
{
	if (daemon != NULL)
		return update_by_daemon(path, samples, n, daemon, e);
	for (int i = 0;; i++) {
		const struct timespec wait = {0, WAIT_MS * 1000000L};
		const char *text;

		rrd_clear_error();
		/* the library takes the array without const, and does not write to it */
		if (rrd_updatex_r(path, NULL, RRD_SKIP_PAST_UPDATES, (int)n, (const char **)(uintptr_t)samples) == 0)
			return 0;
		text = rrd_get_error();
		if (text == NULL || strstr(text, "could not lock") == NULL)
			return failed(e);
		if (i + 1 == TRIES) {
			failed(e);
			return ERR_LIMIT;
		}
		nanosleep(&wait, NULL);
	}
}

int rrd_store_flush(const char *path, const char *daemon, struct error *e)
{
	if (daemon == NULL)
		return 0;
	if (!connected(daemon, e))
		return ERR_IO;
	return rrdc_flush(path) == 0 ? 0 : failed(e);
}

void rrd_store_leave(const char *daemon)
{
	if (daemon != NULL)
		rrdc_disconnect();
}
