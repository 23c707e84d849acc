/* SPDX-License-Identifier: Apache-2.0 */
/*
 * module_path: may this file be loaded as a module?
 */
#include "broker/module_path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"

static int check_owner(const char *path, const struct stat *st,
		       struct error *e)
{
	if (st->st_uid == 0 || st->st_uid == geteuid())
		return 0;
	return error_set(e, ERR_MODULE_LOAD,
			 "%s belongs to uid %u; it has to belong to root or to"
			 " the user of signetd", path, st->st_uid);
}

/* In a folder with the sticky bit nobody can replace another's file. */
static int check_folder(const char *path, struct error *e)
{
	struct stat st;
	int r;

	if (stat(path, &st) != 0)
		return error_set_errno(e, ERR_MODULE_LOAD, errno, "%s", path);
	if ((st.st_mode & S_IWOTH) != 0 && (st.st_mode & S_ISVTX) == 0)
		return error_set(e, ERR_MODULE_LOAD,
				 "everybody can replace files in %s; run: chmod"
				 " o-w %s", path, path);
	r = check_owner(path, &st, e);
	return r;
}

static int check_folders(char *path, struct error *e)
{
	char *slash;
	int r = 0;

	while (r == 0 && (slash = strrchr(path, '/')) != NULL &&
	       slash != path) {
		*slash = '\0';
		r = check_folder(path, e);
	}
	return r;
}

static int check_file(const char *path, struct error *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return error_set_errno(e, ERR_MODULE_LOAD, errno,
				       "cannot load %s", path);
	if (!S_ISREG(st.st_mode))
		return error_set(e, ERR_MODULE_LOAD, "%s is not a file", path);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return error_set(e, ERR_MODULE_LOAD,
				 "%s can be changed by others; run: chmod go-w"
				 " %s", path, path);
	return check_owner(path, &st, e);
}

int module_path_check(const char *path, struct error *e)
{
	char *real;
	int r;

	if (path[0] != '/')
		return error_set(e, ERR_MODULE_LOAD,
				 "%s is not an absolute path", path);
	/* What is checked is what the links lead to, and how one gets there. */
	real = realpath(path, NULL);
	if (real == NULL)
		return error_set_errno(e, ERR_MODULE_LOAD, errno,
				       "cannot load %s", path);
	r = check_file(real, e);
	if (r == 0)
		r = check_folders(real, e);
	free(real);
	return r;
}
