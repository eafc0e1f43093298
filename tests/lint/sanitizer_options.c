/*
 * Linked into programs that are built with a sanitizer: what it is told at the start, for the tests
 * hand the program an environment of their own. Reports go to files REPORTS.PID, so that none is
 * lost with a closed stderr; a report ends the program with a status of its own.
 */
const char *__asan_default_options(void);
const char *__lsan_default_options(void);
const char *__tsan_default_options(void);
const char *__ubsan_default_options(void);

/* Under a preloaded library the sanitizer is not the first, which is what it checks by default. */
const char *__asan_default_options(void)
{
	return "log_path=" REPORTS ":exitcode=99:verify_asan_link_order=0:"
	       "detect_stack_use_after_return=1:strict_string_checks=1";
}

const char *__lsan_default_options(void)
{
	return "log_path=" REPORTS ":exitcode=99";
}

const char *__tsan_default_options(void)
{
	return "log_path=" REPORTS ":exitcode=99:halt_on_error=1";
}

const char *__ubsan_default_options(void)
{
	return "log_path=" REPORTS ":exitcode=99:print_stacktrace=1";
}
