/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * IEEE 802.11 data frames, and the headers that receivers put before them: radiotap, Prism, AVS and
 * PPI. Frames that are encrypted, carry no data or manage the network are non-IP. Of an aggregate
 * (A-MSDU) the first frame counts. Called by the link and tunnel layers of the engine's thread.
 */
#include "config.h"

#include "decode/decoder.h"

enum { /* frame control, first and second byte: IEEE 802.11-2020 section 9.2.4.1 */
	FC_KIND = 0x0f, /* version and type */
	FC_DATA = 0x08,
	FC_NO_DATA = 0x40,
	FC_QOS = 0x80,
	FC_BOTH_DS = 0x03,
	FC_PROTECTED = 0x40,
	FC_ORDER = 0x80, /* with QoS: four bytes of HT control */
	QOS_AMSDU = 0x80
};

static void data_frame(struct walk *w, struct cursor c, const uint8_t fc[2], bool padded)
{
	uint32_t header = (fc[1] & FC_BOTH_DS) == FC_BOTH_DS ? 30 : 24;
	bool aggregate = false;

	decode_non_ip(w, 0);
	if ((fc[0] & FC_KIND) != FC_DATA || (fc[0] & FC_NO_DATA) || (fc[1] & FC_PROTECTED))
		return;
	if (fc[0] & FC_QOS) {
		aggregate = cursor_peek(&c, header + 1)[header] & QOS_AMSDU;
		header += fc[1] & FC_ORDER ? 6 : 2;
	}
	if (padded)
		header = (header + 3) & ~3u;
	if (aggregate) /* destination, source, length: section 9.3.2.2.2 */
		header += 14;
	cursor_skip(&c, header);
	if (cursor_ok(&c) && decode_enter(w))
		decode_llc(w, c);
}

void decode_wifi(struct walk *w, struct cursor c)
{
	data_frame(w, c, cursor_peek(&c, 2), false);
}

/* The bytes of frame control in the wrong order, as some CAPWAP access points have them */
void decode_wifi_swapped(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_peek(&c, 2);
	const uint8_t fc[2] = {h[1], h[0]};

	data_frame(w, c, fc, false);
}

enum { /* https://www.radiotap.org: bits of the first presence word, of the flags field */
	RADIOTAP_TSFT = 1 << 0,
	RADIOTAP_FLAGS = 1 << 1,
	RADIOTAP_EXTENDED = 0x80, /* in a presence word's last byte: another word follows */
	RADIOTAP_PADDED = 0x20    /* between 802.11 header and body, to 4 bytes */
};

/* Fields lie behind the presence words in the order of their bits, aligned to their size, from the
 * header's start: only TSFT (8 bytes) comes before the flags. */
static bool radiotap_padded(struct cursor header)
{
	uint8_t present = cursor_peek(&header, 8)[4], last;
	uint32_t length = header.left, at;

	if (!(present & RADIOTAP_FLAGS))
		return false;
	cursor_skip(&header, 4);
	do {
		last = cursor_take(&header, 4)[3];
	} while (last & RADIOTAP_EXTENDED);
	at = length - header.left;
	if (present & RADIOTAP_TSFT)
		cursor_skip(&header, ((8 - at % 8) % 8) + 8);
	return cursor_u8(&header) & RADIOTAP_PADDED;
}

void decode_radiotap(struct walk *w, struct cursor c)
{
	struct cursor header = c;
	uint32_t length = le16(cursor_peek(&c, 4) + 2);

	decode_non_ip(w, 0);
	cursor_skip(&c, length);
	cursor_limit(&header, length);
	if (length >= 8 && cursor_ok(&c))
		data_frame(w, c, cursor_peek(&c, 2), radiotap_padded(header));
}

/* AVS says who it is and how long, in network order; Prism is always 144 bytes */
void decode_prism(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_peek(&c, 8);
	uint32_t magic = be32(h);

	cursor_skip(&c, magic == 0x80211001 || magic == 0x80211002 ? be32(h + 4) : 144);
	decode_wifi(w, c);
}

/* Per-Packet Information: version, flags, length, then the link type of what follows */
void decode_ppi(struct walk *w, struct cursor c)
{
	const uint8_t *h = cursor_peek(&c, 8);
	uint32_t length = le16(h + 2), type = le32(h + 4);
	const struct link_type *link = link_find(type <= UINT16_MAX ? (int)type : -1);

	decode_non_ip(w, 0);
	cursor_skip(&c, length);
	if (length >= 8 && cursor_ok(&c) && link != NULL && decode_enter(w))
		link->decode(w, c);
}
