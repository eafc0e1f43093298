# SPDX-License-Identifier: MIT
# The tests. A program of each folder of tests/, made of its sources and of what several share.

UNIT_TESTS := $(patsubst tests/unit/%_test.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/*_test.c))
# The programs that test another one.
TESTERS := cli fault race count diff
FUZZ_TARGETS := modespec quote cli glob modes0 message
PROGRAMS := $(BUILD)/chmod $(BUILD)/static/chmod
# The library; none if tests/cross/cmocka.h takes its place.
CMOCKA ?= -lcmocka
T := $(BUILD)/tests

N ?= 2000
SEED ?= 1
FUZZ_TIME ?= 60

objects = $(patsubst tests/%.c,$(T)/obj/%.o,$(wildcard tests/$(1)/*.c))
DIFF_ARGS = $(HOST_CHMOD) --count $(N) --seed $(SEED)
# MATCH: a pattern for the names of the tests that are run. A blank becomes a ?, because run-tests
# splits commands at blanks. Of unit and fuzz it chooses programs, with at most one *.
MATCH ?=
blank := $() $()
match = $(if $(MATCH), $(subst $(blank),?,$(MATCH)))
matching = $(filter $(1)/$(or $(subst *,%,$(MATCH)),%),$(2))
# The command TEST for both programs.
both = $(foreach program,$(PROGRAMS),'$(1) $(program)$(match)')

# What each part runs, a command in quotes for each.
RUN_unit := $(call matching,$(T)/unit,$(UNIT_TESTS))
RUN_model := '$(T)/model$(if $(MATCH), --match$(match)) $(SEED)'
# By each method that can be forced, and beside GNU's program in other languages.
RUN_cli := $(call both,$(T)/cli) $(call both,$(T)/cli --old-kernel) \
	'env LD_PRELOAD=libc.so.6 $(T)/cli $(BUILD)/chmod$(match)' \
	'$(T)/cli --beside $(HOST_CHMOD) $(BUILD)/chmod$(match)'
RUN_fault := $(call both,$(T)/fault)
RUN_race := $(call both,$(T)/race)
RUN_storage := $(call both,$(T)/storage)
RUN_count := $(call both,$(T)/count)
RUN_diff := $(foreach program,$(PROGRAMS),'$(T)/diff $(program) $(DIFF_ARGS)')
RUN_fuzz = $(foreach program,$(NEED_fuzz),'$(program) tests/fuzz/corpus/$(notdir $(program))')
RUN_lib := 'tests/lib/run $(BUILD)'
RUN_hardening := 'tests/release/hardening $(BUILD)/chmod'
RUN_container := 'tests/release/container $(BUILD)/static/chmod'
RUN_bits32 := 'tests/release/bits32 $(BUILD)'
RUN_refuses := 'tests/support/refuses $(TESTERS:%=$(T)/%)'
PARTS := cli fault storage race count unit model diff fuzz lib hardening bits32 container refuses

NEED_unit := $(RUN_unit)
NEED_fuzz := $(call matching,$(T)/fuzz,$(FUZZ_TARGETS:%=$(T)/fuzz/%))
NEED_lib := lib
NEED_hardening := $(BUILD)/chmod
NEED_container := $(BUILD)/static/chmod
NEED_bits32 := $(SOURCES)
NEED_refuses := $(TESTERS:%=$(T)/%)
NEED_model := $(T)/model
NEED = $(foreach part,$(1),$(or $(NEED_$(part)),$(T)/$(part) $(PROGRAMS)))

.PHONY: check $(PARTS:%=check-%) check-host check-storm check-long diff fuzz bench \
	lint mutation need-cmocka

check: need-cmocka $(call NEED,$(PARTS))
	@tests/run-tests $(foreach part,$(PARTS),$(RUN_$(part)))

# check-cli, check-fault...: one part, and of that what MATCHes: make check-cli MATCH='root*'.
define check_part
check-$(1): need-cmocka $(call NEED,$(1))
	@tests/run-tests $$(RUN_$(1))
endef
$(foreach part,$(PARTS),$(eval $(call check_part,$(part))))

# The rows of check-cli for the chmod of this machine: what differs is listed with its reason.
check-host: need-cmocka $(T)/cli
	@tests/run-tests '$(T)/cli --host $(HOST_CHMOD)$(match)'

# Storms alone, see tests/storage/storm.c, each of STORM seconds.
STORM ?= 5
RUN_storm = $(foreach program,$(PROGRAMS),'$(T)/storage --seconds $(STORM) $(program) storm*')
check-storm: need-cmocka $(call NEED,storage)
	@tests/run-tests $(RUN_storm)

# What takes longer: a million files, an attacker that runs freely, a hundred thousand cases.
check-long: STORM = 60
check-long: need-cmocka $(call NEED,count race diff model storage)
	@TEST_PATIENCE=8 tests/run-tests '$(T)/model --long' \
		$(foreach program,$(PROGRAMS),'$(T)/count $(program) --long') \
		$(foreach program,$(PROGRAMS),'$(T)/race $(program) --free-run 10') \
		'$(T)/diff $(BUILD)/chmod $(HOST_CHMOD) --count 100000 --seed $(SEED)' $(RUN_storm)

diff: $(call NEED,diff)
	$(T)/diff $(BUILD)/chmod $(DIFF_ARGS)

# Side by side with the other chmods of this machine.
bench: need-cmocka $(PROGRAMS) $(T)/make_tree $(T)/floor $(T)/slowfs
	@tests/bench/run $(BUILD)

lint:
	@tests/lint/run

mutation: all
	@tests/mutation/run

need-cmocka:
	@printf '#include <%s>\n' stdarg.h stddef.h stdint.h setjmp.h cmocka.h | \
		$(CC) $(CPPFLAGS) -E -x c -o /dev/null - 2>/dev/null || { \
		echo 'The tests need cmocka: make deps, or install libcmocka-dev (Debian),' >&2; \
		echo 'cmocka-dev (Alpine), libcmocka-devel (Fedora).' >&2; exit 1; }

$(T)/obj/%.o: tests/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(COMPILE) -Itests $(CFLAGS) -c -o $@ $<

$(T)/unit/%: $(T)/obj/unit/%_test.o $(MODULES) $(T)/obj/support/tree.o \
		$(T)/obj/support/guard.o
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $(WRAP:%=-Wl,--wrap=%) -o $@ $(filter %.o,$^) $(CMOCKA) $(LDLIBS)

# Functions that tests replace, to note their calls or to make them fail.
$(T)/unit/apply $(T)/unit/apply_after $(T)/unit/apply_last $(T)/unit/apply_modes \
	$(T)/unit/apply_order: WRAP = sys_pin \
	sys_pin_stat sys_pin_chmod sys_stat sys_chmod sys_chmod_following sys_reopened_chmod \
	sys_perms_are_local sys_is_read_only
$(T)/unit/cli: WRAP = malloc
$(T)/unit/dir $(T)/unit/reopen: WRAP = calloc malloc realloc sys_identify sys_open_dir sys_pin
$(T)/unit/patterns: WRAP = calloc glob_matches
$(T)/unit/files0: WRAP = malloc
$(T)/unit/later: WRAP = malloc sys_identify
$(T)/unit/message: WRAP = userlocale_translation
$(T)/unit/modespec: WRAP = calloc
$(T)/unit/listing $(T)/unit/names: WRAP = calloc malloc realloc sys_read_dir \
	sys_sorts_by_inode
$(T)/unit/order $(T)/unit/order_random: WRAP = calloc condition_wake_all malloc realloc \
	pthread_create sys_identify sys_open_dir sys_pin
$(T)/unit/progress $(T)/unit/progress_process: WRAP = clock_gettime __clock_gettime64 write
$(T)/unit/report_streams: WRAP = write
$(T)/unit/sigpipe: WRAP = sigaction
$(T)/unit/probe: WRAP = openat openat64 __openat64_2 read statfs statfs64 fstatfs fstatfs64
$(T)/unit/task $(T)/unit/task_after $(T)/unit/task_cut $(T)/unit/task_divide \
	$(T)/unit/task_order: WRAP = calloc malloc realloc sys_identify \
	sys_open_dir sys_pin sys_read_dir sys_sorts_by_inode
$(T)/unit/threads: WRAP = pthread_create
$(T)/unit/transcript: WRAP = calloc malloc realloc
$(T)/unit/visit $(T)/unit/visit_after $(T)/unit/visit_failures: WRAP = calloc malloc realloc \
	sys_open_dir sys_open_pinned_dir sys_pin sys_pin_stat
$(T)/unit/walk $(T)/unit/walk_order $(T)/unit/walk_workers: WRAP = calloc clock_gettime \
	__clock_gettime64 lock_take malloc order_free_fds order_set_target pthread_create realloc \
	sys_open_dir sys_read_dir thread_cpus thread_voluntary_switches

define test_program
$(T)/$(1): $(call objects,$(1)) $(call objects,support)
	$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $$(CMOCKA) $$(LDLIBS)
endef
$(foreach test,$(TESTERS) slowfs storage,$(eval $(call test_program,$(test))))
# The tests of storage are run by the main program of fault.
$(T)/storage: $(patsubst %,$(T)/obj/fault/%.o,acts chain check faults main rows)

# Locales with charsets of their own, where there is a localedef(1) that knows them.
$(T)/cli: | $(T)/locales
LOCALES = en_IN:UTF-8 zh_CN:GB18030 de_DE:ISO-8859-1 ja_JP:EUC-JP de_DE.UTF-8:UTF-8 \
	fr_FR.UTF-8:UTF-8 ja_JP.UTF-8:UTF-8 ru_RU.UTF-8:UTF-8
# In the folder $(1), with the option $(2).
make_locales = mkdir -p $(1); for pair in $(LOCALES); do \
	localedef -c $(2) -i tests/cli/locale -f $${pair\#*:} $(abspath $(1))/$${pair%:*} \
		>/dev/null 2>&1 || :; done
$(T)/locales: tests/cli/locale
	@$(call make_locales,$@,); touch $@

$(T)/model: $(call objects,model) $(MODULES)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(CMOCKA) $(LDLIBS)

$(T)/make_tree $(T)/floor: $(T)/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) $(COMPILE) $(CFLAGS) -o $@ $< $(LDLIBS)

# --------------------------------------------------- under sanitizers, and what they do not reach

.PHONY: check-all check-asan check-tsan check-valgrind cover

check-all: check check-asan check-tsan check-valgrind

SANITIZE_asan = -fsanitize=address,undefined -fno-sanitize-recover=all -static-libasan
SANITIZE_tsan = -fsanitize=thread -static-libtsan
sanitized = $(MAKE) BUILD=$(BUILD)/$(1) HARDEN= HARDEN_LD= \
	CFLAGS='-O1 -g -fno-omit-frame-pointer -U_FORTIFY_SOURCE $(SANITIZE_$(1))' \
	LDLIBS='-DREPORTS="\"$(CURDIR)/$(BUILD)/$(1)/reports/report\"" \
		tests/lint/sanitizer_options.c'
# Not those of failing allocations and of /proc: a sanitizer has its own malloc and needs /proc.
SANITIZED_FAULTS = refused errors methods directories filesystems descriptors deep names streams \
	workers ours: ours-first ours-mounts ours-progress ours-files0*refused
sanitized_tests = '$(T)/cli $(BUILD)/$(1)/chmod' '$(T)/race $(BUILD)/$(1)/chmod' \
	'$(T)/diff $(BUILD)/$(1)/chmod $(DIFF_ARGS)' \
	$(foreach group,$(SANITIZED_FAULTS),'$(T)/fault $(BUILD)/$(1)/chmod $(group)*')

# The tests that need no other program, in the build folder $(1); and each as a command of $(2).
built_unaided = $(UNIT_TESTS:$(BUILD)/%=$(1)/%) $(1)/tests/model \
	$(FUZZ_TARGETS:%=$(1)/tests/fuzz/%)
unaided = $(UNIT_TESTS:$(BUILD)/%='$(2) $(1)/%') '$(2) $(1)/tests/model $(SEED)' \
	$(foreach t,$(FUZZ_TARGETS),'$(2) $(1)/tests/fuzz/$(t) tests/fuzz/corpus/$(t)')

define check_sanitized
check-$(1): need-cmocka $(call NEED,cli fault race diff)
	+$$(call sanitized,$(1)) $$(BUILD)/$(1)/chmod $$(call built_unaided,$$(BUILD)/$(1))
	@tests/lint/reports $$(BUILD)/$(1)/reports tests/run-tests \
		$$(call unaided,$$(BUILD)/$(1)) $$(call sanitized_tests,$(1))
endef
$(foreach sanitizer,asan tsan,$(eval $(call check_sanitized,$(sanitizer))))

# Valgrind preloads a library, so the program uses the method libc.
VALGRIND_OPTIONS = --quiet --error-exitcode=99 --leak-check=full \
	--show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect
# The groups that have tests of that method.
VALGRIND_FAULTS = $(filter-out deep names workers ours-progress,$(SANITIZED_FAULTS))
VALGRIND_CLI = $(patsubst tests/cli/rows_%.c,%,$(wildcard tests/cli/rows_*.c))

check-valgrind: need-cmocka $(BUILD)/valgrind/chmod $(call NEED,cli fault race unit model fuzz)
	@TEST_PATIENCE=4 tests/lint/reports $(BUILD)/valgrind/reports tests/run-tests \
		$(VALGRIND_CLI:%='$(T)/cli --valgrind $(BUILD)/valgrind/chmod %*') \
		$(VALGRIND_FAULTS:%='$(T)/fault --valgrind $(BUILD)/valgrind/chmod %*libc*') \
		'$(T)/race $(BUILD)/valgrind/chmod *libc*' \
		$(call unaided,$(BUILD),valgrind $(VALGRIND_OPTIONS))

# The link is to the real program: in Debian, valgrind is a script that runs it.
$(BUILD)/valgrind/chmod: tests/lint/under_valgrind.c
	@mkdir -p $(@D)
	@program=$$(command -v valgrind.bin || command -v valgrind) || \
		{ echo 'valgrind is missing: make deps' >&2; exit 1; }; \
		ln -sf "$$program" $(@D)/valgrind
	$(CC) $(COMPILE) -DFOLDER='"$(CURDIR)/$(BUILD)"' -DOPTIONS='"$(VALGRIND_OPTIONS)"' \
		$(CFLAGS) -o $@ $<

# A run in a chroot leaves no counts, so the guard of "/" is run once more, with -n.
cover: need-cmocka $(call NEED,cli fault)
	$(MAKE) BUILD=$(BUILD)/cover HARDEN= HARDEN_LD= \
		CFLAGS='-O0 -g --coverage -fprofile-update=atomic' \
		$(BUILD)/cover/chmod $(BUILD)/cover/tests/model \
		$(UNIT_TESTS:$(BUILD)/%=$(BUILD)/cover/%)
	find $(BUILD)/cover -name '*.gcda' -delete
	-$(BUILD)/cover/chmod -R -n --preserve-root 755 / // >/dev/null 2>&1
	-$(BUILD)/cover/chmod -R -n --contents-first --preserve-root 755 / >/dev/null 2>&1
	chmod -R a+rwX $(BUILD)/cover
	-tests/run-tests $(UNIT_TESTS:$(BUILD)/%=$(BUILD)/cover/%) \
		'$(BUILD)/cover/tests/model $(SEED)' >$(BUILD)/cover/log
	-tests/run-tests '$(T)/cli $(BUILD)/cover/chmod' '$(T)/fault $(BUILD)/cover/chmod' \
		>>$(BUILD)/cover/log
	tests/lint/coverage $(BUILD)/cover/obj

# -------------------------------------------------------------------------- releases and clients

.PHONY: repro dist distcheck check-install clients

repro:
	@tests/release/repro

dist:
	@tests/release/dist $(VERSION) $(BUILD)/dist

distcheck: dist
	@tests/release/distcheck $(BUILD)/dist/surechmod-$(VERSION).tar.gz

check-install: all static lib
	@BUILD=$(BUILD) tests/release/install

# Programs that call chmod, with ours and with the machine's; some of them want a network. And
# shells that complete its command line, and two hosts that share a tree.
clients: all
	@BUILD=$(BUILD) HOST_CHMOD=$(HOST_CHMOD) tests/clients/run
	@BUILD=$(BUILD) tests/clients/completions
	@BUILD=$(BUILD) tests/clients/machines

# ------------------------------------------------------------------------------------------ fuzz

# What the targets share.
FUZZ_SOURCES := $(filter-out tests/fuzz/fuzz_% tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c)) \
	$(filter-out tests/model/main.c tests/model/tests_%,$(wildcard tests/model/*.c)) \
	$(filter-out src/main.c,$(SOURCES))

# Functions that a target replaces.
$(T)/fuzz/message $(T)/libfuzzer/message: FUZZ_WRAP = userlocale_translation

# A plain main that replays a corpus.
$(T)/fuzz/%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(FUZZ_SOURCES)
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -DVERSION='"0"' -std=c11 -Itests $(CFLAGS) \
		$(FUZZ_WRAP:%=-Wl,--wrap=%) -o $@ $^ $(LDLIBS)

# libFuzzer, for FUZZ_TIME seconds each.
$(T)/libfuzzer/%: tests/fuzz/fuzz_%.c $(FUZZ_SOURCES)
	@mkdir -p $(@D)
	clang $(CPPFLAGS) -DVERSION='"0"' -std=c11 -Itests -g -O1 \
		-fsanitize=fuzzer,address,undefined $(FUZZ_WRAP:%=-Wl,--wrap=%) -o $@ $^

$(T)/libfuzzer/%.dict: tests/fuzz/%.dict
	@mkdir -p $(@D)
	cat $^ >$@
$(T)/libfuzzer/cli.dict: $(T)/libfuzzer/options.dict
$(T)/libfuzzer/options.dict: $(LIST_OPTIONS)
	@mkdir -p $(@D)
	$< | awk -F '|' '{ print "\"" $$1 "\\x00\"" } \
		$$1 ~ /^--/ && $$4 { print "\"" $$1 "=\\x00\"" }' >$@

fuzz: $(FUZZ_TARGETS:%=$(T)/libfuzzer/%) $(FUZZ_TARGETS:%=$(T)/libfuzzer/%.dict)
	for target in $(FUZZ_TARGETS); do \
		mkdir -p $(T)/found/$$target && \
		$(T)/libfuzzer/$$target -max_total_time=$(FUZZ_TIME) -timeout=10 \
			-dict=$(T)/libfuzzer/$$target.dict -artifact_prefix=$(T)/found/$$target- \
			$(T)/found/$$target tests/fuzz/corpus/$$target || exit 1; \
	done

include tests/cross/cross.mk
