/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words of our own that stand where rows have names, states and places, in the reader's language. By
 * dimension, so that a host or site that is called like one of them keeps its name. Any thread; called
 * wherever people read a row, never by what programs read.
 */
#include "config.h"

#include <string.h>

#include "dpitop/column.h"
#include "dpitop/i18n.h"

#define BIT(dim) DIM_BIT(DIM_##dim)
#define PLACES (BIT(COUNTRY) | BIT(COUNTRY_PAIR) | BIT(AS) | BIT(AS_PAIR))
#define STATES (BIT(STATE) | BIT(FLOW))

/* clang-format off */
static const struct {
	uint64_t dims;
	const char *word;
} words[] = {
	{BIT(SUBNET) | BIT(SUBNET_PAIR), N_("internet")},
	{PLACES | BIT(CITY) | BIT(ETHERTYPE), N_("unknown")},
	{BIT(COUNTRY) | BIT(AS), N_("not known or private")},
	{BIT(HOST) | BIT(FLOW), N_("local")},
	{BIT(VLAN) | BIT(VLAN_PAIR), N_("untagged")},
	{BIT(TUNNEL) | BIT(TCP_FLAGS), N_("none")},
	{BIT(EXPORTER), N_("captured here")},
	{STATES, N_("new")},
	{STATES, N_("handshake")},
	{STATES, N_("open")},
	{STATES, N_("oneway")},
	{STATES, N_("closing")},
	{STATES, N_("closed")},
	{STATES, N_("reset")},
	{STATES, N_("idle")},
	{BIT(FLOW), N_("own look-up")},
	{BIT(FLOW), N_("not inspected")},
	{BIT(ALERT), N_("info")},
	{BIT(ALERT), N_("notice")},
	{BIT(ALERT), N_("warning")},
	{BIT(ALERT), N_("critical")},
	{BIT(ALERT), N_("port scan")},
	{BIT(ALERT), N_("network scan")},
	{BIT(ALERT), N_("flood")},
	{BIT(ALERT), N_("drop")},
	{BIT(ALERT), N_("new host")},
	{BIT(ALERT), N_("threshold")},
	{BIT(ALERT), N_("risk")},
	{BIT(SUBNET) | BIT(COUNTRY) | BIT(AS) | BIT(VLAN), N_("(other)")}, /* of the matrix */
};
/* clang-format on */

const char *row_word(enum dim d, const char *text)
{
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if ((words[i].dims & DIM_BIT(d)) && strcmp(words[i].word, text) == 0)
			return _(text);
	return text;
}
