/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main: the signet command.
 */
#include <fcntl.h>
#include <unistd.h>

#include "cli/cli.h"

/*
 * A caller may have closed them; the next file opened would then take the
 * place of standard output or error, and be written into.
 */
static int open_standard_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return -1;
	} while (fd <= STDERR_FILENO);
	return close(fd);
}

int main(int argc, char **argv)
{
	if (open_standard_fds() != 0)
		return CLI_FILE;
	return cli_main(argc, argv);
}
