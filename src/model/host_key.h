/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Host names in the one form in which they compare equal. Private to src/model; any thread.
 */
#ifndef MODEL_HOST_KEY_H
#define MODEL_HOST_KEY_H

#include <stddef.h>

enum { HOST_KEY = 256 }; /* bytes with the end; names have 253 at most, RFC 1035 section 2.3.4 */

/* The name of n bytes in lower case, labels beyond ASCII as the wire has them ("xn--..."), without a point
 * at its end. Returns its length, 0 if it is no host name. */
size_t host_key(char dst[HOST_KEY], const char *name, size_t n);

#endif
