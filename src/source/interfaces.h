/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The default route's interface out of the kernel's tables; private to src/source and its test.
 */
#ifndef SOURCE_INTERFACES_H
#define SOURCE_INTERFACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Text as of /proc/net/route and /proc/net/ipv6_route (proc(5)): the interface of the default route
 * with the smallest metric that is up. */
bool interfaces_route4(FILE *in, char *name, size_t size);
bool interfaces_route6(FILE *in, char *name, size_t size);

#endif
