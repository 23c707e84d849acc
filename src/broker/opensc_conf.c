/* SPDX-License-Identifier: Apache-2.0 */
/*
 * opensc_conf: a configuration of OpenSC for the worker of one reader.
 */
#include "broker/opensc_conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#define OPENSC_CONF_MAX (64u * 1024)

/* A name of a reader is anything: what could end the string is left out. */
static void put_name(struct buf *out, const char *name)
{
	buf_put_u8(out, '"');
	for (; *name != '\0'; name++)
		if (*name != '"' && *name != '\\' && (uint8_t)*name >= ' ')
			buf_put_u8(out, (uint8_t)*name);
	buf_put_u8(out, '"');
}

void opensc_conf_put(const struct opensc_conf *conf, struct buf *out)
{
	bool first = true;

	buf_put_str(out, "app default {\n");
	for (size_t i = 0; i < conf->others_count; i++) {
		if (strstr(conf->reader, conf->others[i]) != NULL)
			continue;
		buf_put_str(out, first ? "\tignored_readers = " : ", ");
		put_name(out, conf->others[i]);
		first = false;
	}
	buf_put_str(out, first ? "" : ";\n");
	buf_put_str(out, "\treader_driver pcsc {\n\t\tprovider_library = ");
	put_name(out, conf->provider);
	buf_put_str(out, ";\n\t}\n\tframework pkcs15 {\n"
		    "\t\tuse_pin_caching = false;\n"
		    "\t}\n}\n");
	/*
	 * Readers that came meanwhile take slots, too: of 16, four each.  A
	 * login is the card's: nobody else gets at it from C_Login to C_Logout,
	 * and then by the provider it is reset first.
	 * And C_SetPIN takes the PUK (WIRE_PIN_SETS_BY_PUK).
	 */
	buf_put_str(out, "app opensc-pkcs11 {\n\tpkcs11 {\n"
		    "\t\tmax_virtual_slots = 64;\n"
		    "\t\tlock_login = true;\n"
		    "\t\tuser_pin_unblock_style = "
		    "set_pin_in_unlogged_session;\n\t}\n}\n");
}

int opensc_conf_write(const char *folder, const struct opensc_conf *conf,
		      char **path, struct error *e)
{
	AUTO(buf_fini) struct buf text;
	AUTO(fd_closep) int fd = -1;
	char *name;
	int r;

	buf_init(&text, OPENSC_CONF_MAX);
	opensc_conf_put(conf, &text);
	if (buf_error(&text) != 0 ||
	    asprintf(&name, "%s/signet-opensc.XXXXXX", folder) < 0)
		return error_set(e, ERR_NO_MEMORY, "no memory");
	fd = mkostemp(name, O_CLOEXEC);
	r = fd < 0 ? error_set_errno(e, ERR_IO, errno, "%s", name) :
		fd_write_all(fd, buf_slice(&text), e);
	if (r == 0) {
		*path = name;
		return 0;
	}
	if (fd >= 0)
		unlink(name);
	free(name);
	return r;
}
