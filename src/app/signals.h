/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals that ask the program to end, or to read files again; see signals.c. Private to src/app.
 */
#ifndef APP_SIGNALS_H
#define APP_SIGNALS_H

#include <stdbool.h>

/* Catch SIGINT, SIGTERM and SIGHUP, ignore SIGPIPE. Returns a descriptor that becomes readable when
 * one has come, or -1. */
int signals_catch(void);
int signals_fd(void);   /* that descriptor again */
int signals_seen(void); /* the first one's number, 0 none */
/* From now on SIGUSR1 asks for files to be read again, and so does SIGHUP, unless it says that the terminal
 * is gone. Returns a descriptor that becomes readable when one has come, or -1. */
int signals_catch_reload(void);
/* Was it asked for since the last call? */
bool signals_take_reload(void);
/* On a crash (SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT) call restore, then die of the signal. */
void signals_on_crash(void (*restore)(void));

#endif
