# The tests. A program of each folder, made of its sources and of what several share.

UNIT_TESTS := $(patsubst tests/unit/%_test.c,$(BUILD)/tests/unit/%,$(wildcard tests/unit/*_test.c))
SUPPORT_OBJECTS := $(patsubst tests/%.c,$(BUILD)/tests/obj/%.o,$(wildcard tests/support/*.c))
PROGRAMS := $(BUILD)/chmod $(BUILD)/static/chmod

# The command TEST for both programs.
both = $(foreach program,$(PROGRAMS),'$(1) $(program)')

.PHONY: check check-unit check-cli check-fault check-race check-count check-lib check-host need-cmocka

check: need-cmocka $(UNIT_TESTS) $(foreach test,cli fault race count,$(BUILD)/tests/$(test)) $(PROGRAMS) lib
	@tests/run-tests $(UNIT_TESTS) $(foreach test,cli fault race count,$(call both,$(BUILD)/tests/$(test))) \
		'tests/lib/run $(BUILD)'

check-unit: need-cmocka $(UNIT_TESTS)
	@tests/run-tests $(UNIT_TESTS)

# What a user types and sees.
check-cli: need-cmocka $(BUILD)/tests/cli $(PROGRAMS)
	@tests/run-tests $(call both,$(BUILD)/tests/cli)

# When the kernel, the disk, memory or the sandbox refuses.
check-fault: need-cmocka $(BUILD)/tests/fault $(PROGRAMS)
	@tests/run-tests $(call both,$(BUILD)/tests/fault)

# Against somebody who swaps files.
check-race: need-cmocka $(BUILD)/tests/race $(PROGRAMS)
	@tests/run-tests $(call both,$(BUILD)/tests/race)

# System calls and memory.
check-count: need-cmocka $(BUILD)/tests/count $(PROGRAMS)
	@tests/run-tests $(call both,$(BUILD)/tests/count)

check-lib: lib
	@tests/run-tests 'tests/lib/run $(BUILD)'

# The cases of check-cli for the chmod of this machine: what differs there is listed with its reason.
check-host: need-cmocka $(BUILD)/tests/cli
	@tests/run-tests '$(BUILD)/tests/cli --host $(HOST_CHMOD)'

need-cmocka:
	@printf '#include <%s>\n' stdarg.h stddef.h stdint.h setjmp.h cmocka.h | \
		$(CC) $(CPPFLAGS) -E -x c -o /dev/null - 2>/dev/null || { \
		echo 'The tests need cmocka: make deps, or install libcmocka-dev (Debian),' >&2; \
		echo 'cmocka-dev (Alpine), libcmocka-devel (Fedora).' >&2; exit 1; }

$(BUILD)/tests/obj/%.o: tests/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(COMPILE) -Itests $(CFLAGS) -c -o $@ $<

$(BUILD)/tests/unit/%: $(BUILD)/tests/obj/unit/%_test.o $(MODULES)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $(TEST_LDFLAGS) -o $@ $< $(MODULES) -lcmocka $(LDLIBS)

# The test makes its allocations fail.
$(BUILD)/tests/unit/modespec: TEST_LDFLAGS = -Wl,--wrap=malloc

define test_program
$(BUILD)/tests/$(1): $(patsubst tests/%.c,$(BUILD)/tests/obj/%.o,$(wildcard tests/$(1)/*.c)) $(SUPPORT_OBJECTS)
	$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ -lcmocka $$(LDLIBS)
endef
$(foreach test,cli fault race count,$(eval $(call test_program,$(test))))
