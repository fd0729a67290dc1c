/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What each risk means, in one sentence for the person who has to look at it. Indexed by the bits of
 * enum ndpi_risk_enum (ndpi_typedefs.h of nDPI 4.2), to which later versions only add at the end.
 * Constant; any thread.
 */
#include "config.h"

#include "dpitop/dpi.h"
#include "dpitop/i18n.h"

/* clang-format off */
static const char *const help[] = {
	[1] = N_("The URL carries what looks like a script to be run in another user's browser."),
	[2] = N_("The URL carries what looks like SQL meant for the server's database."),
	[3] = N_("The URL carries what looks like a command meant for the server's shell."),
	[4] = N_("A program was transferred in the clear; what it is should be known."),
	[5] = N_("The protocol runs on another port than its own: hidden, or set up so."),
	[6] = N_("The certificate is signed by its own key: nobody vouches for the server."),
	[7] = N_("TLS older than 1.2: its protection is broken."),
	[8] = N_("The chosen cipher is weak; the traffic may be read by others."),
	[9] = N_("The server's certificate is past its last day."),
	[10] = N_("The certificate is for another name than the one that was asked for."),
	[11] = N_("The program that asks names itself as attack tools and broken clients do."),
	[12] = N_("The request names the server by its address: programs do that, people rarely."),
	[13] = N_("The URL looks like those of known attacks."),
	[14] = N_("The HTTP header has fields that programs in good order do not send."),
	[15] = N_("TLS without a sign of HTTPS within: another protocol may hide in it."),
	[16] = N_("The name looks made by a program, as malware does to find its master."),
	[17] = N_("A packet breaks the rules of its protocol."),
	[18] = N_("The SSH client is old or offers ciphers that are no longer safe."),
	[19] = N_("The SSH server is old or offers ciphers that are no longer safe."),
	[20] = N_("SMB version 1: its holes have spread worms."),
	[21] = N_("The server name is encrypted though its plain form is there as well."),
	[22] = N_("The protocol protects neither passwords nor content."),
	[23] = N_("DNS as it is not meant: odd names or answers, maybe a tunnel."),
	[24] = N_("TLS without a server name: browsers send one, malware often does not."),
	[25] = N_("The content is not what its type says."),
	[26] = N_("The address belongs to a network with a bad name."),
	[27] = N_("The name belongs to a domain with a bad name."),
	[28] = N_("The TLS client's fingerprint (JA3) is that of known malware."),
	[29] = N_("The certificate's fingerprint is that of a known bad server."),
	[30] = N_("Somebody works on a desktop or its files from afar."),
	[31] = N_("The TLS client offers protocols (ALPN) that hardly anybody offers."),
	[32] = N_("The certificate is valid for longer than authorities may sign."),
	[33] = N_("TLS carries an extension that is not as the standard has it."),
	[34] = N_("TLS was broken off with a fatal alert."),
	[35] = N_("The content looks random: encrypted or packed where neither is usual."),
	[36] = N_("A user name or password crossed the network in the clear."),
	[37] = N_("A DNS answer over 512 bytes by UDP: amplification, or a tunnel."),
	[38] = N_("A DNS message in fragments: rare, and a way around inspection."),
	[39] = N_("Text of the protocol has characters that may not be there."),
	[40] = N_("The traffic looks like a known attack on a program (such as Log4j)."),
	[41] = N_("The server's certificate has only days left."),
};
/* clang-format on */

const char *dpi_risk_help(unsigned bit)
{
	return bit < sizeof help / sizeof help[0] && help[bit] != NULL ? help[bit] : "";
}
