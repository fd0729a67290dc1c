/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: IPFIX, datagrams and streams. See exports.h.
 */
#include "config.h"

#include "exports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	fuzz_exports(data, n, EXPORT_ONLY_IPFIX);
	return 0;
}
