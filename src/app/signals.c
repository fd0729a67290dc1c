/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals. A handler can reach nothing but globals, so here are the program's only ones: the number
 * that came, the descriptor that wakes whoever waits, and what to restore on a crash. Main thread
 * sets them up; handlers run anywhere.
 */
#include "config.h"

#include "app/signals.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

static volatile sig_atomic_t caught;
static volatile sig_atomic_t wake_fd = -1;
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
