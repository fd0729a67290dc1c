/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fuzz target: NetFlow v1, v5, v7 and v9. See exports.h.
 */
#include "config.h"

#include "exports.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	fuzz_exports(data, n, EXPORT_NETFLOW);
	return 0;
}
