# SPDX-License-Identifier: MIT
# The program on other processors: built by cross compilers, run by QEMU. Three have 32 bits, two
# are big-endian. Tests that start the program are built for this machine, the model for the other
# processor. check-i386 builds the dynamic program and its tests for i386, and needs no QEMU.

CROSS := aarch64 arm i386 s390x riscv64 powerpc
CROSS_GCC = $(or $(CROSS_GCC_$(1)),$(1)-linux-gnu-gcc)
CROSS_GCC_arm = arm-linux-gnueabihf-gcc
CROSS_GCC_i386 = i686-linux-gnu-gcc
CROSS_QEMU = $(shell command -v qemu-$(1)-static || command -v qemu-$(1))
CROSS_QEMU_powerpc = $(call CROSS_QEMU,ppc)
CROSS_ORDER = $(if $(filter s390x powerpc,$(1)),--big-endian,--little-endian)

C := $(BUILD)/cross
MODEL_SOURCES := $(wildcard tests/model/*.c) $(filter-out src/main.c,$(SOURCES))

.PHONY: check-cross check-i386 need-cross $(CROSS:%=check-cross-%)

check-cross: $(CROSS:%=check-cross-%) check-i386

# The tests are built for i386 as well, as they need its numbers of system calls.
check-i386: | need-cross
	+@SKIPS=tests/cross/expected-skips $(MAKE) BUILD=$(C)/i386 CPPFLAGS=-Itests/cross CMOCKA= \
		CC=$(call CROSS_GCC,i386) PROGRAMS='$(C)/i386/chmod' \
		check-cli check-model check-fault check-race check-unit

need-cross:
	@for command in $(foreach p,$(CROSS),$(call CROSS_GCC,$(p))) localedef; do \
		command -v $$command >/dev/null || { \
			echo "$$command is missing: make deps CROSS=yes" >&2; exit 1; }; done

define cross
$(C)/$(1)/static/chmod: FORCE | need-cross
	+$$(MAKE) -s BUILD=$$(@D:/static=) STATIC_CC=$$(call CROSS_GCC,$(1)) $$@

$(C)/$(1)/under/chmod: tests/cross/under_qemu.c Makefile
	@mkdir -p $$(@D)
	@$$(call make_locales,$(C)/$(1)/locales,$$(call CROSS_ORDER,$(1)))
	@localedef $$(call CROSS_ORDER,$(1)) -i C -f UTF-8 $(CURDIR)/$(C)/$(1)/locales/C.utf8
	$$(CC) $$(COMPILE) -static -DLOCALES='"$(CURDIR)/$(C)/$(1)/locales"' \
		-DPROGRAM='"$(CURDIR)/$(C)/$(1)/static/chmod"' \
		-DQEMU='"$$(or $$(CROSS_QEMU_$(1)),$$(call CROSS_QEMU,$(1)))"' $$(CFLAGS) -o $$@ $$<

$(C)/$(1)/model: $(MODEL_SOURCES) tests/cross/cmocka.h | need-cross
	@mkdir -p $$(@D)
	$$(call CROSS_GCC,$(1)) $$(CPPFLAGS) -DVERSION='"0"' -std=c11 -Itests/cross $$(CFLAGS) \
		-static -o $$@ $(MODEL_SOURCES) $$(LDLIBS)

check-cross-$(1): need-cmocka $(C)/$(1)/static/chmod $(C)/$(1)/under/chmod $(C)/$(1)/model \
	$(T)/cli $(T)/fault
	@SKIPS=tests/cross/expected-skips TEST_PATIENCE=4 tests/run-tests \
		'env TEST_LOCALES=$(C)/$(1)/locales $(T)/cli $(C)/$(1)/under/chmod' \
		'$(T)/fault --qemu $(1) $(C)/$(1)/under/chmod' \
		'$$(or $$(CROSS_QEMU_$(1)),$$(call CROSS_QEMU,$(1))) $(C)/$(1)/model $(SEED) 20000'
endef
$(foreach processor,$(CROSS),$(eval $(call cross,$(processor))))
