/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: DNS messages. What parses has clean names and no more answers than fit.
 */
#include "config.h"

#include <stdint.h>
#include <stdlib.h>

#include "dpitop/dns.h"
#include "dpitop/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct dns_message m;

	if (!dns_parse(&m, data, n))
		return 0;
	if (m.count > DNS_MAX_ANSWERS || !text_is_clean(m.query) || !text_is_clean(m.ptr))
		abort();
	return 0;
}
