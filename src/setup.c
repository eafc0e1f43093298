/* SPDX-License-Identifier: MIT */
#include "setup.h"

#include "policy.h"
#include "probe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <unistd.h>

/* Compiles the mode, or takes that of the reference. Returns false after reporting an error. */
static bool get_spec(const struct cli *cli, struct report *report, struct modespec *ret)
{
	struct stat st;
	int err;

	if (cli->modes0_from != NULL) {
		/*
		 * Each file gets a spec of its own, see listed.h. This one stands for them where
		 * something is decided for all files: it is absolute, and denies no access.
		 */
		modespec_from_mode(ret, 0777);
		return true;
	}
	if (cli->reference != NULL) {
		err = sys_stat(AT_FDCWD, cli->reference, SYS_FOLLOW, &st);
		if (err == 0)
			modespec_from_mode(ret, st.st_mode);
		else
			report_error(
				report, "failed to get attributes of %q%e", cli->reference, -err);
		return err == 0;
	}
	err = modespec_compile(ret, cli->mode, NULL);
	if (err == -ENOMEM) {
		report_error(report, "memory exhausted");
	} else if (err != 0) {
		report_error(report, "invalid mode: %w", cli->mode);
		report_try_help(report);
	}
	return err == 0;
}

/* The members of struct apply that the command line determines. */
static struct apply requested(const struct cli *cli)
{
	return (struct apply){
		.links = cli->apply_links,
		.with_old_mode = cli->verbosity != REPORT_ERRORS,
		.with_unmasked = cli->mode_is_option,
		.recursive = cli->recursive,
		.contents_first = cli->recursive && cli->contents_first,
		.skip_unchanged = cli->skip_unchanged,
		.dry_run = cli->dry_run,
	};
}

/* Sets which directory is the root. Returns false after reporting an error. */
static bool guard_root(struct apply *apply, struct report *report)
{
	struct stat st;
	int err = sys_stat(AT_FDCWD, "/", SYS_NOFOLLOW, &st);

	if (err != 0) {
		report_error(report, "failed to get attributes of %q%e", "/", -err);
		return false;
	}
	apply->guards_root = true;
	apply->root_dev = st.st_dev;
	apply->root_ino = st.st_ino;
	return true;
}

/* Prepares the patterns. Returns false after reporting that there is no memory. */
static bool get_selection(struct selection *ret, const struct cli *cli, struct report *report)
{
	const struct charset *charset = &charset_c;

	/* The name of the locale shows that it has UTF-8, which saves the time of setlocale(3). */
	if (selection_needs_charset(cli))
		charset = userlocale_names_utf8() ? &charset_utf8 : report_charset(report);
	if (selection_init(ret, cli, charset) == 0)
		return true;
	report_error(report, "memory exhausted");
	return false;
}

/* Chooses how files are changed. */
static void get_method(struct apply *apply, struct report *report)
{
	apply->preload = report->preload = probe_find_preload();
	if (apply->preload == PROBE_PRELOAD_IGNORED)
		report_warning(report,
			"this program is static: "
			"a preloaded library, as fakeroot's, does not see what it changes");
	apply->method =
		apply->recursive ? probe_method(apply->preload, PROBE_TREES) : SYS_UNDECIDED;
}

/*
 * Finds out what the caller is allowed to do. REACHES says whether it matters which directories the
 * caller can read and search.
 */
static void get_privileges(struct apply *apply, bool reaches)
{
	uid_t euid = (uid_t)getauxval(AT_EUID);
	bool is_faked;

	apply->overrides_modes =
		reaches && probe_has_capability(PROBE_CAP_DAC_READ_SEARCH | PROBE_CAP_DAC_OVERRIDE);
	/* A preloaded library may pretend that the caller is root (fakeroot). */
	apply->euid = apply->preload == PROBE_PRELOADED ? geteuid() : euid;
	if (!apply->dry_run)
		return;
	is_faked = apply->euid != euid;
	apply->is_privileged = is_faked || probe_has_capability(PROBE_CAP_FOWNER);
	apply->unmapped_uid = is_faked ? 0 : probe_unmapped_uid();
}

/*
 * Whether there may be files that are examined and then changed by name, because the owner and mode
 * of their directory say that nobody else can rename them.
 */
static bool relies_on_owners(const struct apply *apply)
{
	return (apply->method == SYS_FCHMODAT2 || apply->method == SYS_LIBC) &&
	       apply->nostat != APPLY_SKIP_NOSTAT && !apply->nostat_suits_dirs;
}

/* Opens the directory of --beneath. Returns false after reporting an error. */
static bool get_beneath(struct beneath *ret, const char *dir, struct report *report)
{
	int err = dir != NULL ? beneath_open(ret, dir) : 0;

	if (err != 0)
		report_error(report, "cannot access %q%e", dir, -err);
	report->beneath = dir;
	return err == 0;
}

bool setup_init(struct setup *ret, const struct cli *cli, struct report *report)
{
	struct apply *apply = &ret->apply;

	*ret = (struct setup){
		.apply = requested(cli), .late_method = SYS_UNDECIDED, .beneath = {.fd = -1}};
	apply->spec = &ret->spec;
	apply->late_method = &ret->late_method;
	report->verbosity = cli->verbosity;
	report->quiet = cli->quiet;
	report->dry_run = cli->dry_run;
	if (!get_spec(cli, report, &ret->spec))
		return false;
	if (cli->recursive && cli->preserve_root && !guard_root(apply, report))
		return false;
	if (!get_selection(&ret->selection, cli, report))
		return false;
	if (!source_open(&ret->source, cli, report))
		return false;
	get_method(apply, report);
	get_privileges(apply, cli->recursive || cli->modes0_from != NULL);
	/* umask(2) reads it by setting it. No file is created, so it need not be restored. */
	if (modespec_uses_umask(apply->spec))
		apply->umask = umask(0);
	policy_prepare(apply);
	if (cli->recursive)
		apply->may_map_owners = relies_on_owners(apply) && probe_may_map_owners();
	if (!get_beneath(&ret->beneath, cli->beneath, report))
		return false;
	if (cli->recursive && cli->progress)
		report_start_progress(report, apply->nostat != APPLY_CHMOD_NOSTAT);
	return true;
}

void setup_free(struct setup *s)
{
	if (s->beneath.fd >= 0)
		beneath_close(&s->beneath);
	source_close(&s->source);
	selection_free(&s->selection);
	modespec_free(&s->spec);
}
