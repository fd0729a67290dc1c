/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals. A handler can reach nothing but globals, so here are the program's only ones: the number
 * that came, what was asked for, the descriptors that wake whoever waits, and what to restore on a crash. Main thread
 * sets them up; handlers run anywhere.
 */
#include "config.h"

#include "app/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static volatile sig_atomic_t caught;
static volatile sig_atomic_t wake_fd = -1;
static volatile sig_atomic_t reload_fd = -1, reload_asked;
static bool had_terminal;
static void (*volatile crash_restore)(void);
static char crash_stack[64 << 10]; /* a stack overflow is a crash too */

static void on_end(int number)
{
	int saved = errno;
	uint64_t one = 1;

	if (!caught)
		caught = number;
	if (wake_fd >= 0 && write(wake_fd, &one, sizeof one) < 0)
		errno = saved; /* full: it wakes as well */
	errno = saved;
}

static void on_nothing(int number)
{
	(void)number;
}

static void on_crash(int number)
{
	if (crash_restore)
		crash_restore();
	raise(number); /* SA_RESETHAND: now it kills */
}

int signals_catch(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction a;
	size_t i;

	wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	memset(&a, 0, sizeof a);
	a.sa_handler = on_end;
	for (i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct sigaction old;

		/* nohup(1): what was ignored stays so */
		if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler == SIG_IGN)
			continue;
		sigaction(numbers[i], &a, NULL);
	}
	signal(SIGPIPE, SIG_IGN);
	/* it asks for lists to be read again: where there are none it must not end the program, with the terminal as it is */
	a.sa_handler = on_nothing;
	sigaction(SIGUSR1, &a, NULL);
	return wake_fd;
}

/* The kernel takes a terminal that hangs up away from its processes before it tells them. */
static bool has_terminal(void)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct pollfd p = {.fd = fd};
	bool alive = fd >= 0 && (poll(&p, 1, 0) <= 0 || !(p.revents & (POLLHUP | POLLERR | POLLNVAL)));

	if (fd >= 0)
		close(fd);
	return alive;
}

static void on_reload(int number)
{
	int saved = errno;
	uint64_t one = 1;

	if (number == SIGHUP && had_terminal && !has_terminal()) {
		on_end(number);
	} else {
		reload_asked = 1;
		if (reload_fd >= 0 && write(reload_fd, &one, sizeof one) < 0)
			errno = saved; /* full: it wakes as well */
	}
	errno = saved;
}

int signals_catch_reload(void)
{
	static const int numbers[] = {SIGHUP, SIGUSR1};
	struct sigaction a, old;

	had_terminal = has_terminal();
	reload_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	memset(&a, 0, sizeof a);
	a.sa_handler = on_reload;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (sigaction(numbers[i], NULL, &old) != 0 || old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &a, NULL);
	return reload_fd;
}

bool signals_take_reload(void)
{
	uint64_t count;

	if (!reload_asked)
		return false;
	reload_asked = 0; /* first: what comes meanwhile is done by this one */
	if (reload_fd >= 0 && read(reload_fd, &count, sizeof count) < 0)
		count = 0; /* nothing to take out */
	return true;
}

int signals_fd(void)
{
	return wake_fd;
}

int signals_seen(void)
{
	return caught;
}

void signals_on_crash(void (*restore)(void))
{
	static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	struct sigaction a;
	stack_t stack;
	size_t i;

	memset(&stack, 0, sizeof stack);
	stack.ss_sp = crash_stack;
	stack.ss_size = sizeof crash_stack;
	sigaltstack(&stack, NULL);
	crash_restore = restore;
	memset(&a, 0, sizeof a);
	a.sa_handler = on_crash;
	a.sa_flags = (int)(SA_RESETHAND | SA_NODEFER | SA_ONSTACK);
	for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
		sigaction(numbers[i], &a, NULL);
}
