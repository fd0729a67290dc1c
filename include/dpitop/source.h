/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * source: where facts come from. One source_ops per kind (source_kinds[] in src/source/source.c);
 * each lives on the engine's loop and hands frames to the engine's sink in batches. One thread, but
 * for source_filter_check().
 */
#ifndef DPITOP_SOURCE_H
#define DPITOP_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "dpitop/addr.h"
#include "dpitop/err.h"

struct source;
struct export_datagram;
struct export_decoder;
struct export_sink;

/* Where a collector's datagrams go; borrowed for the source's life. */
struct source_exports {
	struct export_decoder *decoder;
	const struct export_sink *sink;
	bool (*allows)(void *ctx, const struct addr *from); /* else it is counted and dropped */
	int64_t (*now_us)(void);  /* since the epoch: TCP has no stamps */
	void (*done)(void *ctx);  /* the bytes that were decoded go: after each batch */
	void *ctx;
};

struct source_options {
	const char *name;          /* interface ("eth0", "any"), file ("-": stdin) or where to listen ("[PROTO://][ADDR:]PORT") */
	const char *capture_filter; /* BPF text, "" none */
	int snaplen;               /* 0: 65535 (files: as they are) */
	bool promiscuous;
	size_t buffer_bytes;       /* kernel ring; 0: 6 MiB, and for up to 4 interfaces 32 MiB under load */
	unsigned peers;            /* number of live sources in all (for the default ring) */
	double speed;              /* files: 0 as fast as possible, else factor of packet time */
	/* Pipes: a descriptor that becomes readable when waiting for bytes must end (a signal's pipe);
	 * 0 or less: none. */
	int wake_fd;
	/* around a reopen: raise and lower CAP_NET_RAW; may be NULL */
	void (*privilege)(void *ctx, bool raise);
	void *privilege_ctx;
	const struct source_exports *exports; /* collectors */
};

struct frame {
	int64_t ts_us;
	uint32_t cap_len, wire_len;
	const uint8_t *data;       /* borrowed for the call */
};

struct source_sink {
	/* One frame. Hot. */
	void (*frame)(void *ctx, struct source *s, const struct frame *f);
	/* After each batch (at most 256 frames). */
	void (*batch)(void *ctx, struct source *s);
	/* End of a file, or a state that the user should see (source_stats has it). */
	void (*event)(void *ctx, struct source *s);
	void *ctx;
};

struct source_state {
	char text[256];            /* "up", "interface is down", "gone; waiting", "end of file" */
	bool ok, ended;
	int failed;                /* negative err when it ended by a fault (corrupt file, a signal
	                            * while waiting): text says which */
	int linktype;
	char linktype_name[32];
	uint64_t dropped, if_dropped;
	uint64_t read_bytes, size_bytes; /* files */
	int snaplen;
	uint64_t buffer_bytes;
	uint64_t refused;          /* collectors: datagrams of exporters that are not allowed */
	char filter[128];
};

/* Open (interface exists and may be captured, file is a capture, filter compiles), before privileges
 * are dropped. kind: "live", "file" or "collector". NULL: e says why. */
struct source *source_open(const char *kind, const struct source_options *o, struct error *e);
int source_start(struct source *s, uv_loop_t *loop, const struct source_sink *sink,
		 struct error *e);
/* Files without a loop: read up to `frames` frames now, as fast as possible. Returns frames read; 0
 * at the end. */
size_t source_pump(struct source *s, size_t frames, const struct source_sink *sink);
void source_stats(struct source *s, struct source_state *out); /* asks the kernel; once a second */
int source_capture_filter(struct source *s, const char *text, struct error *e);
void source_speed(struct source *s, double factor); /* files: 0 as fast as possible */
void source_pause(struct source *s, bool on);       /* files with a pace */
/* Files on a loop: the packet time at which the play-back is now (between two packets too); 0 when
 * it has no pace, has not begun or has ended. */
int64_t source_clock_us(const struct source *s);
/* Live capture: from now on nothing more comes into the kernel's buffer; what is there is still handed on. */
void source_refuse(struct source *s);
/* Packets in the kernel's buffer, as far as it says; more than there are where libpcap keeps some to itself. */
uint64_t source_waiting(struct source *s);
/* Would this capture filter compile for that link type? 0, or ERR_USAGE with e filled. Any thread. */
int source_filter_check(int linktype, const char *text, struct error *e);
void source_close(struct source *s); /* closes handles; memory goes when the loop has run */
/* Could one listen there? 0, or ERR_USAGE with e filled. Any thread. */
int source_listen_check(const char *text, struct error *e);
const char *source_name(const struct source *s);
const char *source_kind(const struct source *s);
int source_linktype(const struct source *s); /* -1: it has no frames */
bool source_is_live(const struct source *s);
/* How full its buffer in the kernel was before the batch under way, percent; 0 while it is emptied each time. */
unsigned source_fill(const struct source *s);
unsigned source_index(const struct source *s);
void source_set_index(struct source *s, unsigned index);

/* Interfaces that can be captured, for -L and the default (that of the default route, else the first
 * that is up). */
struct source_interface {
	char name[64], description[96], addresses[256];
	bool up, loopback, is_default;
};
size_t source_interfaces(struct source_interface *out, size_t max, struct error *e);
int source_default_interface(char *buf, size_t size, struct error *e);
/* Networks of an interface's own addresses, for the local networks. Calls each(). */
struct cidr;
void source_interface_networks(const char *name, void (*each)(void *ctx, const struct cidr *c),
			       void *ctx);

#endif
