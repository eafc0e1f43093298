/* SPDX-License-Identifier: MIT */
/* Streams that cannot be written, or are closed (SPEC.md 9). */
#include "cli.h"

#define FULL        .stdout_to = RUN_FULL
#define CLOSED      .stdout_to = RUN_CLOSED
#define BROKEN      .stdout_to = RUN_BROKEN
#define ERR_FULL    .stderr_to = RUN_FULL
#define ERR_CLOSED  .stderr_to = RUN_CLOSED
#define ERR_BROKEN  .stderr_to = RUN_BROKEN
#define ALL_CLOSED  .stdin_to = RUN_CLOSED, .stdout_to = RUN_CLOSED, .stderr_to = RUN_CLOSED
#define IGNORED     .sigpipe_ignored = true
#define KILLED      .status = 128 + 13
#define NO_SPACE    E("write error: No space left on device")
#define BAD_FD      E("write error: Bad file descriptor")
#define BROKEN_PIPE E("write error: Broken pipe")
#define WRITE_ERROR E("write error")

static const struct cli_row rows[] = {
	/* Full: all is done, and the status is 1. */
	T("f 644", "-v 755 f", FULL, ERR(NO_SPACE), FAILS, AFTER("f 755")),
	T("f 644", "-v 644 f", FULL, ERR(NO_SPACE), FAILS),
	T("f 644", "-fv 755 f", FULL, ERR(NO_SPACE), FAILS, AFTER("f 755")),
	T("f 644", "-c 644 f", FULL),
	T("f 644", "755 f", FULL, AFTER("f 755")),
	T("d/ 755, d/f 644", "-Rv 700 d", FULL, ERR(NO_SPACE), FAILS, AFTER("d/ 700, d/f 700")),
	T("f 644", "-c 755 f nope", FULL, ERR(ABSENT("nope"), WRITE_ERROR), FAILS, AFTER("f 755")),
	T("f 644", "-v 755 f nope", FULL, ERR(ABSENT("nope"), NO_SPACE), FAILS, AFTER("f 755")),
	T("f 644", "-v 755 nope f", FULL, ERR(ABSENT("nope"), NO_SPACE), FAILS, AFTER("f 755")),
	T("f 644", "-c 755 nope f nix", FULL, ERR(ABSENT("nope"), ABSENT("nix"), WRITE_ERROR),
		FAILS, AFTER("f 755")),
	T("f 644", "-fc 755 f nope", FULL, ERR(NO_SPACE), FAILS, AFTER("f 755")),
	T("f 777", "-v -w f", FULL, ERR(SURPRISED("f", "r-xrwxrwx", "r-xr-xr-x"), WRITE_ERROR),
		FAILS, AFTER("f 577")),
	T(NULL, "--help", FULL, ERR(NO_SPACE), FAILS),
	T(NULL, "--version", FULL, ERR(NO_SPACE), FAILS),
	T("f 644", "bogus f", FULL, INVALID("bogus")),

	/* Closed: no error as long as nothing is printed. */
	T("f 644", "755 f", CLOSED, AFTER("f 755")),
	T("d/ 755, d/f 755", "-Rc 755 d", CLOSED),
	T("f 644", "-v 755 f", CLOSED, ERR(BAD_FD), FAILS, AFTER("f 755")),
	T("f 644", "-c 755 f", CLOSED, ERR(BAD_FD), FAILS, AFTER("f 755")),
	T("f 644", "-fv 755 f", CLOSED, ERR(BAD_FD), FAILS, AFTER("f 755")),
	T("d/ 755, d/f 644", "-Rv 700 d", CLOSED, ERR(BAD_FD), FAILS, AFTER("d/ 700, d/f 700")),
	T("d/ 755, d/f 644", "-R 700 d", CLOSED, AFTER("d/ 700, d/f 700")),
	T(NULL, "755 nope", CLOSED, ERR(ABSENT("nope")), FAILS),
	T("f 644", "-c 755 f nope", CLOSED, ERR(ABSENT("nope"), BAD_FD), FAILS, AFTER("f 755")),
	T(NULL, "--help", CLOSED, ERR(BAD_FD), FAILS),
	T(NULL, "--version", CLOSED, ERR(BAD_FD), FAILS),

	/* A pipe that nobody reads. */
	T("f 644", "-v 755 f", BROKEN, KILLED, AFTER("f 755")),
	T("f 644", "-v 755 f", BROKEN, IGNORED, ERR(BROKEN_PIPE), FAILS, AFTER("f 755")),
	T("f 644", "-fv 755 f", BROKEN, IGNORED, ERR(BROKEN_PIPE), FAILS, AFTER("f 755")),
	T("f 644", "755 f", BROKEN, AFTER("f 755")),
	T("f 644", "-c 755 f nope", BROKEN, KILLED, AFTER("f 755")),
	T("f 644", "-c 755 f nope", BROKEN, IGNORED, ERR(ABSENT("nope"), WRITE_ERROR), FAILS,
		AFTER("f 755")),
	T(NULL, "--help", BROKEN, IGNORED, ERR(BROKEN_PIPE), FAILS),

	/* Nowhere to complain. */
	T("f 644", "755 f", ERR_FULL, AFTER("f 755")),
	T("f 644", "755 nope f", ERR_FULL, FAILS, AFTER("f 755")),
	T("f 644", "-v 755 nope f", ERR_FULL, OUT(NO_ACCESS("nope"), CHANGED("f", 0644, 0755)),
		FAILS, AFTER("f 755")),
	T("f 644", "755 f", ERR_CLOSED, AFTER("f 755")),
	T("f 644", "755 nope f", ERR_CLOSED, FAILS, AFTER("f 755")),
	T("f 644", "-v 755 nope f", ERR_CLOSED, OUT(NO_ACCESS("nope"), CHANGED("f", 0644, 0755)),
		FAILS, AFTER("f 755")),
	T("f 777", "-w f", ERR_CLOSED, FAILS, AFTER("f 577")),
	T("f 644", "bogus f", ERR_CLOSED, FAILS),
	T("f 644", "755 nope f", ERR_BROKEN, .status = 128 + 13),
	T("f 644", "755 nope f", ERR_BROKEN, IGNORED, FAILS, AFTER("f 755")),
	T("f 644", "-v 755 f", FULL, ERR_FULL, FAILS, AFTER("f 755")),

	/* No standard stream at all: nothing is opened in their places, or at least not for long.
	 */
	T("f 644", "755 f", ALL_CLOSED, AFTER("f 755")),
	T("f 644", "755 nope f", ALL_CLOSED, FAILS, AFTER("f 755")),
	T("f 644", "-v 755 f", ALL_CLOSED, FAILS, AFTER("f 755")),
	T("d/ 755, d/s/ 755, d/s/f 644", "-R 700 d", ALL_CLOSED,
		AFTER("d/ 700, d/s/ 700, d/s/f 700")),
	T("d/ 755, d/s/ 755, d/s/f 644", "-Rv 700 d", ALL_CLOSED, FAILS,
		AFTER("d/ 700, d/s/ 700, d/s/f 700")),
	T("d/ 755, d/s/ 755, d/s/f 644", "-Rv 700 d nope", .stdin_to = RUN_CLOSED,
		SAYS(CHANGED("d", 0755, 0700), CHANGED("d/s", 0755, 0700),
			CHANGED("d/s/f", 0644, 0700), ABSENT("nope"), NO_ACCESS("nope")),
		FAILS, AFTER("d/ 700, d/s/ 700, d/s/f 700")),
};

const struct cli_group cli_output = CLI_GROUP(output);
