/* SPDX-License-Identifier: MIT */
#include "sigpipe.h"

#include <signal.h>
#include <stddef.h>

void sigpipe_hold(struct sigpipe *s)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction old;

	if (s->is_settled)
		return;
	s->is_settled = true;
	if (sigaction(SIGPIPE, &ignore, &old) == 0)
		s->is_held = old.sa_handler != SIG_IGN;
}

void sigpipe_end_program(const struct sigpipe *s)
{
	const struct sigaction end = {.sa_handler = SIG_DFL};

	if (s->is_held && sigaction(SIGPIPE, &end, NULL) == 0)
		(void)raise(SIGPIPE);
}
