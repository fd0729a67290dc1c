/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening a capture handle: ring size, time-out, link type of "any", filter, and the sentence for
 * what can go wrong; and the state of an interface. Nothing here keeps anything or knows the loop:
 * that is live.c, which calls this at the start and after each loss of the interface.
 */
#include "config.h"

#include "source/tap.h"

#include <linux/filter.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "dpitop/i18n.h"
#include "source/kinds.h"

/* Blocks of packets are handed over when full or this old. Never 0 (no wake-up at all), never
 * immediate mode (a wake-up per packet). */
enum { READ_TIMEOUT_MS = 100 };

static const struct fault_of {
	int pcap;
	enum tap_fault fault;
	enum err err;
	const char *text;
} faults[] = {
	{PCAP_ERROR_NO_SUCH_DEVICE, TAP_GONE, ERR_NOT_FOUND,
	 N_("no such interface (dpitop -L lists them)")},
	{PCAP_ERROR_IFACE_NOT_UP, TAP_DOWN, ERR_IO, N_("the interface is down")},
	{PCAP_ERROR_PERM_DENIED, TAP_DENIED, ERR_PERMISSION, NULL},
	{PCAP_ERROR_PROMISC_PERM_DENIED, TAP_DENIED, ERR_PERMISSION, NULL},
};

static void say_denied(const char *name, struct error *e)
{
	char self[192];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n < 0)
		n = snprintf(self, sizeof self, "dpitop");
	self[n] = '\0';
	error_set(e, ERR_PERMISSION,
		  "cannot capture on %.40s: permission denied; run with sudo, or once: "
		  "setcap cap_net_raw+ep %s", name, self);
}

static void say_fault(pcap_t *p, const char *name, int status, enum tap_fault *fault,
		      struct error *e)
{
	const char *why = pcap_geterr(p);
	size_t i;

	for (i = 0; i < sizeof faults / sizeof *faults; i++) {
		if (faults[i].pcap != status)
			continue;
		*fault = faults[i].fault;
		if (faults[i].text)
			error_set(e, faults[i].err, "cannot capture on '%.40s': %s", name,
				  _(faults[i].text));
		else
			say_denied(name, e);
		return;
	}
	*fault = TAP_OTHER;
	error_set(e, ERR_IO, "cannot capture on '%.40s': %s", name,
		  *why ? why : pcap_statustostr(status));
}

int tap_set_filter(pcap_t *p, const char *text, struct error *e)
{
	struct bpf_program code;
	int r = source_compile(&code, pcap_datalink(p), pcap_snapshot(p), text, e);

	if (r != 0)
		return r;
	if (pcap_setfilter(p, &code) != 0)
		r = error_set(e, ERR_IO, "cannot set the capture filter: %s", pcap_geterr(p));
	pcap_freecode(&code);
	return r;
}

pcap_t *tap_open(const struct tap_options *o, enum tap_fault *fault, struct error *e)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	pcap_t *p = pcap_create(o->name, text);
	int status;

	*fault = TAP_OTHER;
	if (!p) {
		error_set(e, ERR_IO, "cannot capture on '%.40s': %s", o->name, text);
		return NULL;
	}
	pcap_set_snaplen(p, o->snaplen);
	pcap_set_promisc(p, o->promiscuous && strcmp(o->name, "any") != 0);
	pcap_set_timeout(p, READ_TIMEOUT_MS);
	pcap_set_buffer_size(p, (int)o->buffer_bytes);
	if (o->protocol != 0)
		pcap_set_protocol_linux(p, o->protocol);
	status = pcap_activate(p);
	if (status < 0) {
		say_fault(p, o->name, status, fault, e);
		goto failed;
	}
	if (strcmp(o->name, "any") == 0) /* fails on an old libpcap: then it stays SLL */
		pcap_set_datalink(p, DLT_LINUX_SLL2);
	if (pcap_setnonblock(p, 1, text) != 0) {
		error_set(e, ERR_IO, "cannot capture on '%.40s': %s", o->name, text);
		goto failed;
	}
	if (o->capture_filter[0] && tap_set_filter(p, o->capture_filter, e) != 0)
		goto failed;
	*fault = TAP_NO_FAULT;
	return p;
failed:
	pcap_close(p);
	return NULL;
}

bool tap_refuse(pcap_t *p)
{
	struct sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	struct sock_fprog program = {.len = 1, .filter = code};

	return setsockopt(pcap_fileno(p), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

enum link_state tap_link_state(const char *name, unsigned *index)
{
	struct ifreq request;
	enum link_state state = LINK_GONE;
	int fd;

	*index = strlen(name) < sizeof request.ifr_name ? if_nametoindex(name) : 0;
	if (*index == 0)
		return LINK_GONE;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return LINK_UP;
	memset(&request, 0, sizeof request);
	memcpy(request.ifr_name, name, strlen(name));
	if (ioctl(fd, SIOCGIFFLAGS, &request) == 0) {
		if (!(request.ifr_flags & IFF_UP))
			state = LINK_DOWN;
		else
			state = request.ifr_flags & IFF_RUNNING ? LINK_UP : LINK_NO_CARRIER;
	}
	close(fd);
	return state;
}
