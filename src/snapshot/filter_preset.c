/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * THE table of presets: filters that have a name, for the screen's menu and for `preset = NAME`. They
 * ask for categories and applications by name, since the library's numbers mean something else in each
 * of its releases; a name that a release does not know matches nothing there. Asking DNS for a name has
 * the category of what is behind the name, but is not its use. dpitop-filter(7) lists
 * them in the same order. Constant; any thread.
 */
#include "config.h"

#include <stdio.h>
#include <strings.h>

#include "dpitop/i18n.h"
#include "snapshot/filter_parts.h"

/* clang-format off */
static const struct filter_preset presets[] = {
	{"p2p", N_("file sharing and other peer-to-peer"),
	 /* the category Download also holds what one server hands to one client */
	 "cat = FileSharing or cat ~ P2P or "
	 "cat = Download and not (app = HTTP or app ~ FTP or app = Pastebin or app = WhatsAppFiles or app = SMPP or "
	 "app = Direct_Download_Link) or "
	 "app = BitTorrent or app = eDonkey or app = Gnutella or app = DirectConnect or app = FastTrack or app = OpenFT or "
	 "app = AppleJuice or app = Stealthnet or app = Soulseek or app = Thunder or app = Aimini or app = Kontiki or "
	 "app = PPStream or app = Sopcast or app = TVUplayer or app = QQLive"},
	{"web", N_("HTTP, TLS, QUIC and what is in them"),
	 "(cat = Web or app = HTTP or app = TLS or app = QUIC or app = HTTP_Proxy or app = HTTP_Connect or "
	 "app = WebSocket) and not app = DNS"},
	{"mail", N_("SMTP, IMAP, POP and web mail"),
	 "(cat ~ Mail or app = SMTP or app = SMTPS or app = IMAP or app = IMAPS or app = POP3 or app = POPS) and "
	 "not app = DNS"},
	{"dns", N_("name look-ups, encrypted ones too"),
	 "app = DNS or app = MDNS or app = LLMNR or app = DoH_DoT or app = DNScrypt or app = AVASTSecureDNS"},
	{"voip", N_("telephony and its media"),
	 "cat = VoIP or app = SIP or app = RTP or app = RTCP or app = H323 or app = STUN"},
	{"streaming", N_("video and music"),
	 "(cat = Media or cat = Video or cat = Streaming or cat = Music) and not app = DNS"},
	{"remote-access", N_("SSH, RDP, VNC, Telnet and their like"),
	 "cat = RemoteAccess or app = SSH or app = RDP or app = VNC or app = Telnet or app = TeamViewer or app = AnyDesk"},
	{"vpn", N_("tunnels that hide what is in them"),
	 "cat = VPN or app = OpenVPN or app = WireGuard or app = IPsec or app = Tor"},
	{"local", N_("both ends in local networks"),
	 "scope = local"},
	{"external", N_("at least one end elsewhere"),
	 "scope = external"},
	{"encrypted", N_("what nDPI knows to be encrypted"),
	 "encrypted = yes"},
	{"unencrypted", N_("what anyone on the way can read"),
	 "encrypted = no"},
	{"own", N_("look-ups for names that dpitop makes itself"),
	 "own = yes"},
	{"risky", N_("flows in which nDPI finds a risk"),
	 "risk != none"},
};
/* clang-format on */

enum { PRESETS = sizeof presets / sizeof presets[0] };

/* Read by the parser itself: a preset is a filter, not a test. */
const struct filter_kind kind_preset = {.ops = OP_BIT(OP_EQ) | OP_BIT(OP_NE)};

size_t filter_preset_count(void)
{
	return PRESETS;
}

const struct filter_preset *filter_preset_at(size_t i)
{
	return &presets[i];
}

const struct filter_preset *filter_preset_find(const char *name, struct error *e)
{
	char names[160];
	size_t used = 0;

	for (size_t i = 0; i < PRESETS; i++)
		if (strcasecmp(presets[i].name, name) == 0)
			return &presets[i];
	for (size_t i = 0; i < PRESETS && used < sizeof names; i++)
		used += (size_t)snprintf(names + used, sizeof names - used, " %s", presets[i].name);
	error_set(e, ERR_USAGE, "there is no preset '%.24s'; there are:%s", name, names);
	return NULL;
}
