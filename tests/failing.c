/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dpitop whose memory ends, whose disk breaks, whose clock is set: linked so that what the program asks the system for comes
 * through here; libraries have it as ever. For tests/faults.py. In the environment:
 *   FAILING_AT      the number of the allocation that fails, and all after it
 *   FAILING_COUNT   it says at its end how many there were
 *   FAILING_SWITCH  a file with struct faults, which the test changes meanwhile
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "history/rrd_store.h"

enum { DISK_WHOLE, DISK_BROKEN /* the program's own writes */, DISK_BROKEN_FOR_RRD /* librrd's */ };

struct faults {
	_Atomic int64_t clock_s; /* the clock, and with it the time of packets, is ahead by that */
	_Atomic int64_t disk;
};

/* What the linker makes of malloc() and the others, with --wrap. */
void *__real_malloc(size_t n);
void *__real_calloc(size_t count, size_t n);
void *__real_realloc(void *p, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t count, size_t n);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);
ssize_t __real_write(int fd, const void *data, size_t n);
ssize_t __real_pwrite(int fd, const void *data, size_t n, off_t at);
int __real_fdatasync(int fd);
int __real_rrd_store_update(const char *path, const char *const *samples, size_t n, const char *daemon, struct error *e);
int __real_clock_gettime(clockid_t clock, struct timespec *t);
int __real_pcap_dispatch(pcap_t *p, int n, pcap_handler fn, unsigned char *ctx);
ssize_t __wrap_write(int fd, const void *data, size_t n);
ssize_t __wrap_pwrite(int fd, const void *data, size_t n, off_t at);
int __wrap_fdatasync(int fd);
int __wrap_rrd_store_update(const char *path, const char *const *samples, size_t n, const char *daemon, struct error *e);
int __wrap_clock_gettime(clockid_t clock, struct timespec *t);
int __wrap_pcap_dispatch(pcap_t *p, int n, pcap_handler fn, unsigned char *ctx);

/* ---- memory ---- */

static atomic_ulong made;
static unsigned long fails_at;
static struct faults none, *faults = &none;

static void tell(void)
{
	fprintf(stderr, "%lu allocations\n", atomic_load(&made));
}

/* Mapped before any right is given up: what the test writes there is seen at once. */
static void map_faults(const char *path)
{
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *p = fd >= 0 ? mmap(NULL, sizeof *faults, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;

	if (p != MAP_FAILED)
		faults = p;
	else if (path != NULL)
		abort();
	if (fd >= 0)
		close(fd);
}

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("FAILING_AT");

	map_faults(getenv("FAILING_SWITCH"));
	fails_at = at != NULL ? strtoul(at, NULL, 10) : 0;
	if (getenv("FAILING_COUNT") != NULL)
		atexit(tell);
}

static int fails(void)
{
	unsigned long n = atomic_fetch_add(&made, 1) + 1;

	return fails_at != 0 && n >= fails_at;
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t count, size_t n)
{
	return fails() ? NULL : __real_calloc(count, n);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

void *__wrap_aligned_alloc(size_t alignment, size_t n)
{
	return fails() ? NULL : __real_aligned_alloc(alignment, n);
}

/* ---- disk ---- */

/* Files it opened, not what it was started with. */
static int is_broken(int fd)
{
	struct stat st;

	return faults->disk == DISK_BROKEN && fd > 2 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static int io_error(void)
{
	errno = EIO;
	return -1;
}

ssize_t __wrap_write(int fd, const void *data, size_t n)
{
	return is_broken(fd) ? io_error() : __real_write(fd, data, n);
}

ssize_t __wrap_pwrite(int fd, const void *data, size_t n, off_t at)
{
	return is_broken(fd) ? io_error() : __real_pwrite(fd, data, n, at);
}

int __wrap_fdatasync(int fd)
{
	return is_broken(fd) ? io_error() : __real_fdatasync(fd);
}

int __wrap_rrd_store_update(const char *path, const char *const *samples, size_t n, const char *daemon, struct error *e)
{
	if (faults->disk == DISK_BROKEN_FOR_RRD)
		return error_set(e, ERR_IO, "cannot write '%.100s': Input/output error", path);
	return __real_rrd_store_update(path, samples, n, daemon, e);
}

/* ---- clock ---- */

int __wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	int status = __real_clock_gettime(clock, t);

	if (status == 0 && clock == CLOCK_REALTIME)
		t->tv_sec += faults->clock_s;
	return status;
}

struct relay {
	pcap_handler to;
	unsigned char *ctx;
};

static void relay_packet(unsigned char *ctx, const struct pcap_pkthdr *h, const unsigned char *data)
{
	const struct relay *r = (const struct relay *)(const void *)ctx;
	struct pcap_pkthdr then = *h;

	then.ts.tv_sec += faults->clock_s;
	r->to(r->ctx, &then, data);
}

int __wrap_pcap_dispatch(pcap_t *p, int n, pcap_handler fn, unsigned char *ctx)
{
	struct relay r = {fn, ctx};

	return __real_pcap_dispatch(p, n, relay_packet, (unsigned char *)&r);
}
