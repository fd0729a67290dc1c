/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The texts nDPI holds of a flow. Its `protos` is a union: what may be read depends on the protocol
 * that was found. Nothing is copied here, nothing is clean yet: flow_meta_new() does both.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "flow/dpi_texts.h"
#include "flow/dpi_compat.h"

static bool has_protocol(const struct dpi_class *c, const uint16_t *ids, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (c->master == ids[i] || c->app == ids[i])
			return true;
	return false;
}

#define HAS_PROTOCOL(c, ids) has_protocol(c, ids, sizeof(ids) / sizeof(ids)[0])

static const uint16_t tls_ids[] = {NDPI_PROTOCOL_TLS, NDPI_PROTOCOL_QUIC, NDPI_PROTOCOL_DTLS,
				   NDPI_PROTOCOL_MAIL_SMTPS, NDPI_PROTOCOL_MAIL_IMAPS, NDPI_PROTOCOL_MAIL_POPS};
static const uint16_t query_ids[] = {NDPI_PROTOCOL_DNS, NDPI_PROTOCOL_MDNS, NDPI_PROTOCOL_LLMNR};
static const uint16_t dns_ids[] = {NDPI_PROTOCOL_DNS};
static const uint16_t ssh_ids[] = {NDPI_PROTOCOL_SSH};

static const char *tls_version(uint16_t version)
{
	/* RFC 8446 appendix B.1, RFC 9147 section 5.3 */
	static const struct { uint16_t version; const char *name; } names[] = {
		{0x0002, "SSLv2"}, {0x0300, "SSLv3"}, {0x0301, "TLSv1.0"}, {0x0302, "TLSv1.1"}, {0x0303, "TLSv1.2"},
		{0x0304, "TLSv1.3"}, {0xfeff, "DTLSv1.0"}, {0xfefd, "DTLSv1.2"}, {0xfefc, "DTLSv1.3"},
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].version == version)
			return names[i].name;
	return NULL;
}

static void tls_texts(struct dpi_texts *t, struct ndpi_flow_struct *s)
{
	t->text[FLOW_JA3] = COMPAT_JA3(s);
	t->text[FLOW_JA3S] = s->protos.tls_quic.ja3_server;
	t->text[FLOW_JA4] = COMPAT_JA4(s);
	t->text[FLOW_ALPN] = COMPAT_ALPN(s);
	t->text[FLOW_TLS_VERSION] = tls_version(s->protos.tls_quic.ssl_version);
}

static void http_texts(struct dpi_texts *t, struct ndpi_flow_struct *s)
{
	t->text[FLOW_URL] = s->http.url;
	t->text[FLOW_USER_AGENT] = s->http.user_agent;
	t->text[FLOW_CONTENT_TYPE] = s->http.content_type;
	t->text[FLOW_SERVER_INFO] = COMPAT_HTTP_SERVER(s);
	if (s->http.url != NULL && s->http.method != NDPI_HTTP_METHOD_UNKNOWN)
		t->text[FLOW_METHOD] = ndpi_http_method2str(s->http.method);
	if (s->http.response_status_code != 0) {
		snprintf(t->code, sizeof t->code, "%u", (unsigned)s->http.response_status_code);
		t->text[FLOW_CODE] = t->code;
	}
}

static void dns_answer(struct dpi_texts *t, struct ndpi_flow_struct *s)
{
	static const uint8_t nothing[16];
	const uint8_t *bytes = COMPAT_DNS_ADDRESS(s);
	struct addr a;

	/* record types A and AAAA, RFC 1035 section 3.2.2, RFC 3596 */
	if (s->protos.dns.rsp_type == 1 && memcmp(bytes, nothing, 4) != 0)
		a = addr_from_v4(bytes);
	else if (s->protos.dns.rsp_type == 28 && memcmp(bytes, nothing, 16) != 0)
		a = addr_from_v6(bytes);
	else
		return;
	t->text[FLOW_ANSWER] = addr_format(&a, t->answer, sizeof t->answer);
}

void dpi_texts_get(struct dpi_texts *t, struct ndpi_flow_struct *s, const struct dpi_class *c)
{
	memset(t, 0, sizeof *t);
	t->text[HAS_PROTOCOL(c, query_ids) ? FLOW_QUERY : FLOW_SITE] = (const char *)s->host_server_name;
	http_texts(t, s);
	if (HAS_PROTOCOL(c, tls_ids))
		tls_texts(t, s);
	else if (HAS_PROTOCOL(c, ssh_ids))
		t->text[FLOW_SERVER_INFO] = s->protos.ssh.server_signature;
	else if (HAS_PROTOCOL(c, dns_ids))
		dns_answer(t, s);
}
