/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * alert: what is wrong, as rows of DIM_ALERT. The whole traffic's model raises them (src/model/alerts.c
 * and scans.c); a part of the traffic has none of its own, it shows those of its hosts. A row's `flows`
 * is the count, its first_us and last_us are when it was first and last seen; the rest is here.
 */
#ifndef DPITOP_ALERT_H
#define DPITOP_ALERT_H

#include <stdint.h>

#include "dpitop/model.h"

enum alert_severity { ALERT_INFO, ALERT_NOTICE, ALERT_WARNING, ALERT_CRITICAL, ALERT_SEVERITIES };

enum alert_kind {
	ALERT_PORT_SCAN,    /* a host tries many ports of another, nearly all in vain; counts ports */
	ALERT_NETWORK_SCAN, /* a host tries one port of many others, nearly all in vain; counts hosts */
	ALERT_FLOOD,        /* far more flows to a host than it answers; counts flows */
	ALERT_DROP,         /* packets of a source were lost before they were seen; counts packets */
	ALERT_NEW_HOST,     /* a local host that was not there in the first minute */
	ALERT_THRESHOLD,    /* a row is over a limit of the user's; counts ticks */
	ALERT_RISK,         /* nDPI finds a flow of the host dangerous; counts flows */
	ALERT_KINDS
};

enum { ALERT_RULE = 128 };

struct dim_alert {
	enum dim dim;           /* whose it is: a row of this dimension, */
	struct dim_key subject; /* of this key; it may be gone */
	uint8_t l4;             /* scans, floods, risks */
	uint16_t port;          /* network scan: tried most; flood: the last; risk: of the last server, 0: none */
	struct addr other;      /* port scan: host with most ports tried; risk: the last server */
	uint32_t tried, answered; /* scans: distinct ports or hosts, of that host or port */
	uint32_t more;          /* scans: other hosts or ports that were tried likewise */
	uint32_t peak;          /* flood: most flows in a second */
	uint64_t kernel, interface, packets; /* drop: lost by either, seen */
	int64_t lasting_us;     /* scans, threshold: how long; new host: since the start */
	uint8_t mac[6];         /* new host; zero: not known */
	char rule[ALERT_RULE];  /* threshold: as the user wrote it */
};

/* Words that programs read; constant. Any thread. */
const char *alert_severity_name(unsigned severity); /* "warning" */
const char *alert_kind_name(unsigned kind);         /* "port scan" */

/* What a row of DIM_ALERT says; NULL if there is no such row. Valid until the next change of the model. */
const struct dim_alert *model_alert(const struct model *m, const struct dim_key *key);
/* Rows that are at least so severe. */
size_t model_alerts(const struct model *m, enum alert_severity s);
/* What sources have lost so far, at the end of a tick: raises when it is more than it was. */
void model_dropped(struct model *m, unsigned source, uint64_t kernel, uint64_t interface, uint64_t packets,
		   int64_t now_us);
/* The row was over rule number `number` in the tick that closed at now_us. */
void model_over(struct model *m, unsigned number, const char *rule, enum dim d, const struct dim_key *key,
		int64_t now_us, int64_t elapsed_us);
/* Rows that had traffic in the last closed tick; *at 0 at first. As model_next(). */
const struct dim_row *model_next_moved(const struct model *m, enum dim d, size_t *at, const struct dim_key **key);

#endif
