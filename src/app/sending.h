/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Flows captured here on their way to collectors: the flow table's meter, an IPFIX encoder and a sender for each of
 * them. What is collected here is not sent on. Private to src/app; engine thread.
 */
#ifndef APP_SENDING_H
#define APP_SENDING_H

#include "dpitop/engine.h"
#include "dpitop/meter.h"

struct sending;

/* Opens the sockets. NULL: nobody is to be told; or e is filled. */
struct sending *sending_open(const struct engine_options *o, struct error *e);
/* Before the first packet of flows. s NULL is fine, here and below. */
void sending_begin(struct sending *s, struct flow_table *flows);
int64_t sending_active_us(const struct engine_options *o); /* how long a part of a flow waits; 0: nobody is to be told */
void sending_part(struct sending *s, const struct flow_part *p); /* of a flow in another table */
void sending_free(struct sending *s); /* after the flow table's end */
void sending_tick(struct sending *s); /* a tick closed: what is ready goes out */
/* There is nothing to capture any more: wait for room rather than lose messages. */
void sending_may_wait(struct sending *s);
void sending_end(struct sending *s);  /* all flows have ended: until all is sent, or some seconds have passed */
/* As of now, until the next call. */
size_t sending_list(struct sending *s, const struct export_target **list);

#endif
