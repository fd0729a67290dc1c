/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is wrong with a capture file, in one line with a remedy: compressed files are known by their
 * first bytes, formats that libpcap does not read by its words. Called by reader.c.
 */
#include "config.h"

#include "source/reader_error.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "dpitop/i18n.h"

static const struct packer {
	const char *name, *tool;
	uint8_t magic[6], count;
} packers[] = {
	{"gzip", "zcat", {0x1f, 0x8b}, 2},                            /* RFC 1952 */
	{"zstd", "zstdcat", {0x28, 0xb5, 0x2f, 0xfd}, 4},             /* RFC 8878 */
	{"xz", "xzcat", {0xfd, '7', 'z', 'X', 'Z', 0}, 6},
	{"bzip2", "bzcat", {'B', 'Z', 'h'}, 3},
	{"lz4", "lz4cat", {0x04, 0x22, 0x4d, 0x18}, 4},
	{"zip", "unzip -p", {'P', 'K', 3, 4}, 4},
};

/* Remedies by a part of libpcap's sentence. %s: the file. */
static const struct remedy {
	const char *part, *text;
} remedies[] = {
	{"unknown file format", N_("editcap -F pcap converts other formats")},
	{"different from the type of the first", N_("tshark -Y 'frame.interface_id == 0' -w splits it")},
	{"different from the snapshot", N_("editcap -F pcap makes it readable")},
	{"has a snapshot length", N_("editcap -F pcap makes it readable")},
	{"archaic pcap", N_("editcap -F pcap makes it readable")},
	{"unsupported pcap", N_("editcap -F pcap may make it readable")},
};

static const char *remedy_for(const char *pcap_text)
{
	size_t i;

	for (i = 0; i < sizeof remedies / sizeof *remedies; i++)
		if (strstr(pcap_text, remedies[i].part))
			return _(remedies[i].text);
	return NULL;
}

int reader_say_open_error(const char *name, const uint8_t *head, size_t head_count,
			  const char *pcap_text, struct error *e)
{
	const char *remedy = remedy_for(pcap_text);
	size_t i;

	for (i = 0; i < sizeof packers / sizeof *packers; i++)
		if (head_count >= packers[i].count &&
		    memcmp(head, packers[i].magic, packers[i].count) == 0)
			return error_set(e, ERR_FORMAT,
					 "cannot read '%.80s': it is compressed (%s); try: "
					 "%s %.80s | dpitop -r -",
					 name, packers[i].name, packers[i].tool, name);
	if (head_count == 0)
		return error_set(e, ERR_FORMAT, "cannot read '%.100s': it is empty", name);
	if (strstr(pcap_text, "unknown file format"))
		return error_set(e, ERR_FORMAT,
				 "cannot read '%.100s': it is no capture file (pcap or pcapng); %s",
				 name, remedy);
	return error_set(e, ERR_FORMAT, "cannot read '%.80s': %.100s%s%s", name, pcap_text,
			 remedy ? "; " : "", remedy ? remedy : "");
}

int reader_say_read_error(const char *name, uint64_t packets, const char *pcap_text,
			  struct error *e)
{
	const char *remedy = remedy_for(pcap_text);

	return error_set(e, ERR_FORMAT, "'%.60s' is damaged after %llu packets: %.100s%s%s",
			 name, (unsigned long long)packets, pcap_text, remedy ? "; " : "", remedy ? remedy : "");
}
