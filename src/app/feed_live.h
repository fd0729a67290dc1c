/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An engine on a thread as the screen's feed; see feed_live.c. Private to src/app.
 */
#ifndef APP_FEED_LIVE_H
#define APP_FEED_LIVE_H

#include "dpitop/engine.h"
#include "dpitop/feed.h"

struct feed feed_live(struct engine *g);

#endif
