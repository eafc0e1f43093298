/* SPDX-License-Identifier: MIT */
/* fakeroot(1) records of our changes what it records of GNU's. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"

#define GNU "/usr/bin/chmod"

/*
 * Scripts for /bin/sh under fakeroot, in an empty directory. They use $CHMOD, and print what is
 * recorded: the times are fixed, so that the outputs can be compared.
 */
struct script {
	const char *name, *needs, *text;
};

#define LIST "; find . | LC_ALL=C sort | while read f; do stat -c '%n %A %a %u:%g' \"$f\"; done"

static const struct script scripts[] = {
	{"-R u+s", NULL,
		"mkdir -p d/s; echo >d/f; echo >d/s/g; ln -s f d/l; chown -R 0:0 d; "
		"$CHMOD -R u+s d" LIST},
	{"modes of all kinds", NULL,
		"mkdir -p a/b/c; for f in a/1 a/b/2 a/b/c/3; do echo >$f; done; chown 0:0 a a/1; "
		"chown 1:2 a/b; $CHMOD 4755 a/1; $CHMOD -R g+s,o-rwx a/b; $CHMOD 1777 a/b/c; "
		"$CHMOD -R 2750 a/b/c; $CHMOD --reference=a/1 a/b/2; $CHMOD 000 a/b/c/3" LIST},
	{"contested directories", NULL,
		"umask 0; mkdir -p d/s; echo >d/f; echo >d/s/g; mkfifo d/p; $CHMOD 777 d d/s; "
		"$CHMOD -R g+s,o-x d; $CHMOD -R u+s d; $CHMOD u+x d/p" LIST},
	{"device nodes", NULL,
		"mkdir dev; mknod dev/null c 1 3; mknod dev/sda b 8 0; $CHMOD 666 dev/null; "
		"$CHMOD -R g+rw,o-r dev" LIST},
	{"-v", NULL,
		"mkdir d; echo >d/f; ln -s f d/l; $CHMOD -Rv 4711 d; $CHMOD -c u-s d/f; "
		"$CHMOD -v a-x d/f" LIST},
	{"a package of Debian's", "dpkg-deb",
		"umask 022; mkdir -p p/DEBIAN p/usr/bin p/usr/share/doc/p p/var/lib/p; "
		"printf 'Package: p\\nVersion: 1\\nArchitecture: all\\nMaintainer: N <n@e.x>\\n"
		"Description: none\\n' >p/DEBIAN/control; "
		"for f in p/usr/bin/su p/usr/bin/wall p/usr/share/doc/p/copyright; do echo >$f; "
		"done; $CHMOD -R a+rwX,u-s p; chown -R 0:0 p; chown 0:5 p/usr/bin/wall; "
		"$CHMOD 4755 p/usr/bin/su; $CHMOD 2755 p/usr/bin/wall; $CHMOD 1777 p/var/lib/p; "
		"$CHMOD -R go-w p/usr p/DEBIAN p; "
		"find p | while read f; do touch -d 2020-01-01 $f; done; "
		"SOURCE_DATE_EPOCH=1 dpkg-deb --build p p.deb >/dev/null && dpkg-deb -c "
		"p.deb" LIST},
};

static bool is_there(const char *tool)
{
	static const char *const dirs[] = {"/usr/bin", "/bin", "/usr/local/bin"};
	char path[128];

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", dirs[i], tool);
		if (access(path, X_OK) == 0)
			return true;
	}
	return false;
}

/* Runs TEXT in the test's tree with PROGRAM for $CHMOD. */
static void run_script(
	struct fault_test *t, const char *program, const char *text, struct run_result *ret)
{
	/* Ours speaks in the name of GNU's. */
	const char *all = fault_text(t,
		"CHMOD=chmod; chmod() { (exec -a chmod %s \"$@\"); }; cd '%s' || exit 9; %s",
		program, t->tree.path, text);
	char *argv[] = {(char *)"fakeroot", (char *)"bash", (char *)"-c", (char *)all, NULL};
	char *env[] = {(char *)"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", NULL};
	struct run_how how = {
		.path = "fakeroot",
		.argv = argv,
		.env = env,
		.cwd = "/",
		.user = t->drop ? &t->user : NULL,
		.umask = 022,
		.seconds = 60,
	};
	int rc = run(&how, ret);

	if (rc < 0)
		fault_broken("fakeroot", rc);
}

static void skip_unless_watched(struct fault_test *t)
{
	struct run_result result;
	bool is_other;

	if (fault_program.is_static)
		fault_skip("fakeroot cannot watch a static program");
	if (!is_there("fakeroot") || !is_there("bash"))
		fault_skip("there is no fakeroot, or no bash");
	run_script(t, fault_program.path, "$CHMOD --version", &result);
	is_other = strstr(result.err, "wrong ELF class") != NULL;
	run_result_free(&result);
	if (is_other)
		fault_skip("fakeroot is for another processor");
}

static void test_script(struct fault_test *t)
{
	const struct script *script = t->row;
	struct run_result gnu, ours;

	skip_unless_watched(t);
	if (script->needs && !is_there(script->needs))
		fault_skip(fault_text(t, "there is no %s", script->needs));
	if (access(GNU, X_OK) < 0)
		fault_skip("there is no other chmod to compare with");
	run_script(t, GNU, script->text, &gnu);
	fault_new_tree(t, NULL);
	run_script(t, fault_program.path, script->text, &ours);
	fault_check(t, gnu.status == 0, "GNU's chmod: status %d: %s", gnu.status, gnu.err);
	fault_check(t, ours.status == gnu.status, "exit status %d", ours.status);
	/* It was fakeroot that recorded: otherwise root would own nothing. */
	fault_check(t, strstr(gnu.out, " 0:0\n") || t->user.uid == 0, "nothing was recorded: %s",
		gnu.out);
	fault_check_text(t, "what is recorded", gnu.out, ours.out);
	fault_check_text(t, "stderr", gnu.err, ours.err);
	run_result_free(&gnu);
	run_result_free(&ours);
}

/* -n tells what a real run would do with the IDs that fakeroot pretends. */
static const struct script dry_run = {"-n", NULL,
	"mkdir -p d/s; echo >d/f; echo >d/s/g; chown 5:5 d/s d/f; for run in n c; do "
	"$CHMOD -$run -R u=rwX,go= d >$run 2>&1; echo status $?; done; "
	"sed 's/would change/changed/' n | diff - c && cat c"};

static void test_dry_run(struct fault_test *t)
{
	const struct script *script = t->row;
	struct run_result result;

	skip_unless_watched(t);
	run_script(t, fault_program.path, script->text, &result);
	fault_check_text(t, "what is said",
		fault_sorted(t, fault_expand(t,
					"status 0\nstatus 0\n"
					"mode of 'd' changed from {0755} to {0700}\n"
					"mode of 'd/f' changed from {0644} to {0600}\n"
					"mode of 'd/s' changed from {0755} to {0700}\n"
					"mode of 'd/s/g' changed from {0644} to {0600}\n",
					0)),
		fault_sorted(t, result.out));
	run_result_free(&result);
}

void fault_fakeroot(struct fault_list *list)
{
	struct fault_test test = {.fn = test_script, .users = AS_USER};

	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		test.row = &scripts[i];
		fault_add(list, &test, "%s", scripts[i].name);
	}
	test.fn = test_dry_run;
	test.row = &dry_run;
	fault_add(list, &test, "%s", dry_run.name);
}
