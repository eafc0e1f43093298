/* SPDX-License-Identifier: MIT */
#include "locales.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = {"LC_CTYPE", "LC_MESSAGES/SYS_LC_MESSAGES"};

static int make_dir(const char *dir)
{
	return mkdir(dir, 0755) == 0 && chmod(dir, 0755) == 0 ? 0 : -errno;
}

static int copy_file(const char *from, const char *to)
{
	static char buf[1 << 20];
	FILE *in = fopen(from, "re"), *out = in != NULL ? fopen(to, "wex") : NULL;
	size_t len = out != NULL ? fread(buf, 1, sizeof(buf), in) : 0;
	int rc = out != NULL && fwrite(buf, 1, len, out) == len ? 0 : -errno;

	if (in != NULL)
		fclose(in);
	if (out != NULL && (fclose(out) != 0 || chmod(to, 0644) != 0))
		rc = -errno;
	return rc;
}

int locale_copy(const char *name, const char *dir)
{
	char locales[4096 + 16] = "", from[2 * sizeof(locales)], to[2 * sizeof(locales)];
	const char *others = getenv("TEST_LOCALES");
	int rc;

	if (others)
		snprintf(locales, sizeof(locales), "%s", others);
	else if (readlink("/proc/self/exe", locales, sizeof(locales) - 16) > 0)
		strcpy(strrchr(locales, '/'), "/locales");
	snprintf(from, sizeof(from), "%s/%s", locales, name);
	if (access(from, R_OK) != 0)
		return -errno;
	snprintf(to, sizeof(to), "%s/%s", dir, name);
	rc = make_dir(to);
	snprintf(to, sizeof(to), "%s/%s/LC_MESSAGES", dir, name);
	if (rc == 0)
		rc = make_dir(to);
	for (size_t i = 0; rc == 0 && i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(from, sizeof(from), "%s/%s/%s", locales, name, files[i]);
		snprintf(to, sizeof(to), "%s/%s/%s", dir, name, files[i]);
		rc = copy_file(from, to);
	}
	return rc;
}
