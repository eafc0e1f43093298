/* SPDX-License-Identifier: MIT */
#include "autofs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/auto_fs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Mounts autofs, whose requests come on *REQUESTS. A descriptor, or a negative errno. */
static int set_trap(const char *mountpoint, int *requests)
{
	char options[128];
	int fds[2], trap;

	/* A process group of its own: autofs does not mount for its members. */
	if (setpgid(0, 0) < 0 || pipe2(fds, O_DIRECT) < 0)
		return -errno;
	snprintf(options, sizeof(options), "fd=%d,pgrp=%d,minproto=5,maxproto=5,direct", fds[1],
		(int)getpgrp());
	if (mount("autofs", mountpoint, "autofs", 0, options) < 0)
		return -errno;
	/* Otherwise the kernel's end would not be the last one. */
	close(fds[1]);
	*requests = fds[0];
	trap = open(mountpoint, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return trap < 0 ? -errno : trap;
}

/* The child. Writes an errno, or 0, to TELL, and answers requests until it is killed. */
static void answer(const struct autofs *autofs, const char *source, int tell)
{
	union autofs_v5_packet_union packet;
	int requests = -1, trap, err;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	trap = set_trap(autofs->mountpoint, &requests);
	err = trap < 0 ? -trap : 0;
	if (write(tell, &err, sizeof(err)) < 0 || err)
		_exit(1);
	close(tell);
	while (read(requests, &packet, sizeof(packet)) > 0) {
		int failed = mount(source, autofs->mountpoint, NULL, MS_BIND, NULL);

		++*autofs->triggered;
		ioctl(trap, failed ? AUTOFS_IOC_FAIL : AUTOFS_IOC_READY,
			packet.v5_packet.wait_queue_token);
	}
	_exit(0);
}

int autofs_start(const char *mountpoint, const char *source, struct autofs *ret)
{
	struct autofs autofs = {.mountpoint = strdup(mountpoint)};
	int tell[2], err = EPIPE;

	autofs.triggered = mmap(NULL, sizeof(*autofs.triggered), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!autofs.mountpoint || autofs.triggered == MAP_FAILED || pipe2(tell, O_CLOEXEC) < 0)
		abort();
	autofs.pid = fork();
	if (autofs.pid == 0)
		answer(&autofs, source, tell[1]);
	close(tell[1]);
	if (read(tell[0], &err, sizeof(err)) < 0)
		err = errno;
	close(tell[0]);
	if (err)
		autofs_stop(&autofs);
	else
		*ret = autofs;
	return -err;
}

void autofs_stop(struct autofs *autofs)
{
	if (autofs->pid > 0) {
		/* First, or its own mount would wait for the answer. */
		umount2(autofs->mountpoint, MNT_DETACH);
		umount2(autofs->mountpoint, MNT_DETACH);
		kill(autofs->pid, SIGKILL);
		waitpid(autofs->pid, NULL, 0);
	}
	munmap(autofs->triggered, sizeof(*autofs->triggered));
	free(autofs->mountpoint);
	*autofs = (struct autofs){0};
}
