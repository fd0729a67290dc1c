/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * nDPI 4.2 to 5.0 behind one set of names: what the releases call differently, and what only some of
 * them have (configure probes members of their structs). Included by dpi.c and dpi_texts.c alone; no
 * other file sees the library's types. The tests have run with 4.2, 4.4, 4.6, 4.8, 4.10, 4.12 and 4.13 of
 * January 2025; for 5.0 the two files were only compiled, with its declarations.
 */
#ifndef FLOW_DPI_COMPAT_H
#define FLOW_DPI_COMPAT_H

#include <ndpi_api.h>

#define DPI_RELEASE (NDPI_MAJOR * 100 + NDPI_MINOR) /* 402, 404, ... 411, 500 */

typedef struct ndpi_detection_module_struct compat_module; /* the library's own name is this long */

#if DPI_RELEASE >= 411
static inline ndpi_protocol compat_protocol(uint16_t master, uint16_t app)
{
	return (ndpi_protocol){.proto = {.master_protocol = master, .app_protocol = app}};
}
#define COMPAT_MASTER(p) ((p).proto.master_protocol)
#define COMPAT_APP(p) ((p).proto.app_protocol)
#else
static inline ndpi_protocol compat_protocol(uint16_t master, uint16_t app)
{
	return (ndpi_protocol){.master_protocol = master, .app_protocol = app};
}
#define COMPAT_MASTER(p) ((p).master_protocol)
#define COMPAT_APP(p) ((p).app_protocol)
#endif

/* Start the module with all protocols; NULL if it cannot. */
#if DPI_RELEASE >= 500
static inline compat_module *compat_open(void)
{
	compat_module *m = ndpi_init_detection_module(NULL);

	if (m != NULL && ndpi_finalize_initialization(m) != 0) {
		ndpi_exit_detection_module(m);
		return NULL;
	}
	return m;
}
#elif DPI_RELEASE >= 410
static inline compat_module *compat_open(void)
{
	compat_module *m = ndpi_init_detection_module(NULL);
	NDPI_PROTOCOL_BITMASK all;

	if (m == NULL)
		return NULL;
	NDPI_BITMASK_SET_ALL(all);
	if (ndpi_set_protocol_detection_bitmask2(m, &all) != 0 || ndpi_finalize_initialization(m) != 0) {
		ndpi_exit_detection_module(m);
		return NULL;
	}
	return m;
}
#else
static inline compat_module *compat_open(void)
{
	compat_module *m = ndpi_init_detection_module(ndpi_no_prefs);
	NDPI_PROTOCOL_BITMASK all;

	if (m == NULL)
		return NULL;
	NDPI_BITMASK_SET_ALL(all);
	ndpi_set_protocol_detection_bitmask2(m, &all);
	ndpi_finalize_initialization(m);
	return m;
}
#endif

#if DPI_RELEASE >= 406
#define COMPAT_PROCESS(m, s, packet, n, ms) ndpi_detection_process_packet(m, s, packet, n, ms, NULL)
#else
#define COMPAT_PROCESS(m, s, packet, n, ms) ndpi_detection_process_packet(m, s, packet, n, ms)
#endif

/* Has the library seen enough of a flow that it named as p? */
#if DPI_RELEASE >= 500
static inline bool compat_is_done(compat_module *m, struct ndpi_flow_struct *s, const ndpi_protocol *p)
{
	(void)m, (void)s;
	return p->state == NDPI_STATE_CLASSIFIED || p->state == NDPI_STATE_MONITORING;
}
#else
static inline bool compat_is_done(compat_module *m, struct ndpi_flow_struct *s, const ndpi_protocol *p)
{
	return COMPAT_APP(*p) != NDPI_PROTOCOL_UNKNOWN && !ndpi_extra_dissection_possible(m, s);
}
#endif

#if DPI_RELEASE >= 500
#define COMPAT_GIVEUP(m, s, guessed) ((void)(guessed), ndpi_detection_giveup(m, s))
#define COMPAT_NAME(m, p, buf, size) ndpi_protocol2name(m, (p).proto, buf, size)
#elif DPI_RELEASE >= 410
#define COMPAT_GIVEUP(m, s, guessed) ndpi_detection_giveup(m, s, guessed)
#define COMPAT_NAME(m, p, buf, size) ndpi_protocol2name(m, p, buf, size)
#else
#define COMPAT_GIVEUP(m, s, guessed) ndpi_detection_giveup(m, s, 1, guessed)
#define COMPAT_NAME(m, p, buf, size) ndpi_protocol2name(m, p, buf, size)
#endif

/* By protocol, addresses (host byte order, 0: none) and ports. */
#if HAVE_DECL_NDPI_GUESS_UNDETECTED_PROTOCOL_V4
#define COMPAT_GUESS(m, l4, src, sport, dst, dport) ndpi_guess_undetected_protocol_v4(m, NULL, l4, src, sport, dst, dport)
#else
#define COMPAT_GUESS(m, l4, src, sport, dst, dport) ndpi_guess_undetected_protocol(m, NULL, l4, src, sport, dst, dport)
#endif

#if DPI_RELEASE >= 410
#define COMPAT_BREED_NAME(m, breed) ((void)(m), ndpi_get_proto_breed_name(breed))
#else
#define COMPAT_BREED_NAME(m, breed) ndpi_get_proto_breed_name(m, breed)
#endif

#if DPI_RELEASE >= 500
#define COMPAT_IS_ENCRYPTED(m, p) ndpi_is_encrypted_proto(m, (p).proto)
#else
#define COMPAT_IS_ENCRYPTED(m, p) ndpi_is_encrypted_proto(m, p)
#endif

/* Texts of a flow; NULL or "" where there is none or the release has no such member. */
#ifdef HAVE_STRUCT_NDPI_FLOW_STRUCT_PROTOS_TLS_QUIC_JA3_CLIENT
#define COMPAT_JA3(s) ((s)->protos.tls_quic.ja3_client)
#else
#define COMPAT_JA3(s) NULL
#endif
#ifdef HAVE_STRUCT_NDPI_FLOW_STRUCT_PROTOS_TLS_QUIC_JA4_CLIENT
#define COMPAT_JA4(s) ((s)->protos.tls_quic.ja4_client)
#else
#define COMPAT_JA4(s) NULL
#endif
#if defined HAVE_STRUCT_NDPI_FLOW_STRUCT_PROTOS_TLS_QUIC_NEGOTIATED_ALPN
#define COMPAT_ALPN(s) \
	((s)->protos.tls_quic.negotiated_alpn != NULL ? (s)->protos.tls_quic.negotiated_alpn \
						      : (s)->protos.tls_quic.advertised_alpns)
#elif defined HAVE_STRUCT_NDPI_FLOW_STRUCT_PROTOS_TLS_QUIC_ALPN
#define COMPAT_ALPN(s) ((s)->protos.tls_quic.alpn)
#else
#define COMPAT_ALPN(s) NULL
#endif
#ifdef HAVE_STRUCT_NDPI_FLOW_STRUCT_HTTP_SERVER
#define COMPAT_HTTP_SERVER(s) ((s)->http.server)
#else
#define COMPAT_HTTP_SERVER(s) NULL
#endif

/* Address of the first DNS answer: bytes, and whether they are 16. */
#if DPI_RELEASE >= 411
#define COMPAT_DNS_ADDRESS(s) ((const void *)&(s)->protos.dns.rsp_addr[0])
#else
#define COMPAT_DNS_ADDRESS(s) ((const void *)&(s)->protos.dns.rsp_addr)
#endif

#endif
