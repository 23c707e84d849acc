/* SPDX-License-Identifier: Apache-2.0 */
/*
 * wait: tells a person at a terminal that a dialog may want an answer.
 */
#ifndef SIGNET_CLI_WAIT_H
#define SIGNET_CLI_WAIT_H

#include <stdbool.h>

/*
 * Around a call that a person may have to answer.  When it lasts for more than
 * a second, a line on standard error says so; once in the life of the program,
 * only at a terminal, and not while a dialog has that very terminal.
 */
void cli_wait_begin(void);
void cli_wait_end(void);

#endif
