/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals that ask the program to end; see signals.c. Private to src/app.
 */
#ifndef APP_SIGNALS_H
#define APP_SIGNALS_H

/* Catch SIGINT, SIGTERM and SIGHUP, ignore SIGPIPE. Returns a descriptor that becomes readable when
 * one has come, or -1. */
int signals_catch(void);
int signals_seen(void); /* the first one's number, 0 none */
/* On a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) call restore, then die of the signal. */
void signals_on_crash(void (*restore)(void));

#endif
