# SPDX-License-Identifier: MIT
# surechmod: `make help` says what there is to make. Everything made lies in $(BUILD).

VERSION = 1.0.0

BUILD ?= build
CC ?= cc
CFLAGS ?= -O2 -g
# For what runs while this is built, where CC is for another machine.
CC_FOR_BUILD ?= cc
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
DATAROOTDIR ?= $(PREFIX)/share
MANDIR ?= $(DATAROOTDIR)/man
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
# Where the catalogs of GNU coreutils are; nothing is installed there.
LOCALEDIR ?= /usr/share/locale
INSTALL ?= install
INSTALL_PROGRAM ?= $(INSTALL)
INSTALL_DATA ?= $(INSTALL) -m 644

# The C compiler for the static program: musl's, or CC's own libc where there is none.
STATIC_CC ?= $(shell command -v musl-gcc || echo $(CC))
STATIC_CFLAGS ?= -Os -flto=auto -fno-jump-tables -fno-optimize-sibling-calls
# Added for the modules whose code runs once for each file (STATIC_HOT), which is to be fast.
STATIC_HOT_CFLAGS ?= -O2 -falign-functions=1 -falign-jumps=1 -falign-loops=1

# The chmod that check-host and diff hold to be right.
HOST_CHMOD ?= $(firstword $(wildcard /usr/bin/chmod /bin/chmod))

override CPPFLAGS += -Iinclude -Isrc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 \
	-DLOCALEDIR='"$(LOCALEDIR)"'
override WARNINGS += -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla \
	-Wno-missing-field-initializers
# In a library of its own before glibc 2.34.
override LDLIBS += -pthread
COMPILE = $(CPPFLAGS) -std=c11 $(WARNINGS) -MMD -MP

SOURCES := $(wildcard src/*.c)
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/obj/%.o)
STATIC_OBJECTS := $(SOURCES:src/%.c=$(BUILD)/static/obj/%.o)
SHELLS := bash zsh fish
MODULES := $(filter-out $(BUILD)/obj/main.o,$(OBJECTS))

.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: FORCE all static completions lib install install-strip install-static install-lib \
	uninstall uninstall-lib version clean help deps
.DEFAULT_GOAL := all

all: $(BUILD)/chmod completions

static: $(BUILD)/static/chmod

# ---------------------------------------------------------------------------------- the programs

# What hardens the dynamic program, each where the compiler has it. What CFLAGS say comes after it.
HARDEN_WANTED = -fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE
HARDEN_LD_WANTED = -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
has = $(shell echo 'int main(void){return 0;}' | \
	$(CC) -Werror $(1) -x c -o /dev/null - >/dev/null 2>&1 && echo '$(1)')
HARDEN := $(foreach flag,$(HARDEN_WANTED),$(call has,$(flag)))
HARDEN_LD := $(foreach flag,$(HARDEN_LD_WANTED),$(call has,$(flag)))
# The same bytes wherever it is built.
PREFIX_MAP := $(call has,-ffile-prefix-map=$(CURDIR)=.)
override CPPFLAGS += $(PREFIX_MAP)
# It needs an optimiser, and some compilers come with one of their own.
HARDEN += $(if $(filter -O%,$(filter-out -O0,$(CFLAGS))),-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)

$(BUILD)/chmod: $(OBJECTS)
	$(CC) $(HARDEN) $(CFLAGS) $(HARDEN_LD) $(LDFLAGS) -o $@ $(OBJECTS) $(LDLIBS)

$(BUILD)/obj/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(COMPILE) $(HARDEN) $(CFLAGS) -c -o $@ $<

# What hardens the static one and keeps it below 96 KiB: relro would cost a page of the file.
STATIC_HARDEN = -fstack-protector-strong -fstack-clash-protection
# So small a page that the linker fills no real one up with zeros between text and data.
STATIC_LD = -s -Wl,--gc-sections -Wl,-z,noseparate-code -Wl,-z,norelro -Wl,-z,noexecstack \
	-Wl,-z,common-page-size=64

$(BUILD)/static/chmod: $(STATIC_OBJECTS)
	$(STATIC_CC) -static $(STATIC_HARDEN) $(STATIC_CFLAGS) $(STATIC_LD) $(LDFLAGS) \
		-o $@ $(STATIC_OBJECTS) $(LDLIBS)

$(BUILD)/static/obj/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(STATIC_CC) $(COMPILE) -DSTATIC_BUILD -ffunction-sections -fdata-sections \
		-fno-asynchronous-unwind-tables $(STATIC_HARDEN) $(STATIC_CFLAGS) $(HOT_CFLAGS) \
		-c -o $@ $<

STATIC_HOT := apply names run sys visit walk
$(STATIC_HOT:%=$(BUILD)/static/obj/%.o): HOT_CFLAGS = $(STATIC_HOT_CFLAGS)

$(BUILD)/obj/usage.o $(BUILD)/static/obj/usage.o: override CPPFLAGS += -DVERSION='"$(VERSION)"'

# ------------------------------------------------------------------------------------ completions

# What tells of the table of options runs where this does, whatever chmod is built for.
LIST_OPTIONS = $(BUILD)/completions/list

completions: $(SHELLS:%=$(BUILD)/completions/chmod.%)

$(LIST_OPTIONS): completions/list.c src/options.c src/options.h src/choices.h Makefile
	@mkdir -p $(@D)
	$(CC_FOR_BUILD) -std=c11 -D_GNU_SOURCE $(WARNINGS) -Isrc -o $@ $(filter %.c,$^)

# The lines come into strings of the shell that are in single quotes.
$(BUILD)/completions/chmod.%: completions/chmod.% completions/modes $(LIST_OPTIONS)
	$(LIST_OPTIONS) >$@.table
	sed "s/'/'\\\\''/g" $@.table >$@.options
	sed '/^#/d' completions/modes >$@.modes
	sed -e '/^@options@$$/{r $@.options' -e 'd' -e '}' \
		-e '/^@modes@$$/{r $@.modes' -e 'd' -e '}' $< >$@

# ----------------------------------------------------------------------------------- libmodespec

SONAME = libmodespec.so.$(firstword $(subst ., ,$(VERSION)))

lib: $(BUILD)/lib/libmodespec.a $(BUILD)/lib/$(SONAME) $(BUILD)/lib/modespec.pc

LIB_OBJECTS = $(BUILD)/lib/modespec.o $(BUILD)/lib/modetext.o

$(LIB_OBJECTS): $(BUILD)/lib/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(COMPILE) $(HARDEN) $(CFLAGS) -fPIC -c -o $@ $<

$(BUILD)/lib/libmodespec.a: $(LIB_OBJECTS)
	rm -f $@
	$(AR) rcD $@ $^

$(BUILD)/lib/$(SONAME): $(LIB_OBJECTS) src/libmodespec.map
	$(CC) $(CFLAGS) $(filter-out -pie,$(HARDEN_LD)) $(LDFLAGS) -shared -Wl,-z,defs \
		-Wl,-soname,$(SONAME) -Wl,--version-script=src/libmodespec.map -o $@ $(LIB_OBJECTS)
	ln -sf $(SONAME) $(BUILD)/lib/libmodespec.so

$(BUILD)/lib/modespec.pc: FORCE # PREFIX and the like may be others each time
	@mkdir -p $(@D)
	{ echo 'prefix=$(PREFIX)'; \
	echo 'Name: modespec'; \
	echo "Description: GNU chmod's mode language"; \
	echo 'Version: $(VERSION)'; \
	echo 'Libs: -L$(LIBDIR:$(PREFIX)/%=$${prefix}/%) -lmodespec'; \
	echo 'Cflags: -I$(INCLUDEDIR:$(PREFIX)/%=$${prefix}/%)'; } >$@

# --------------------------------------------------------------------------------------- install

# Where each shell looks for completions of commands.
BASH_FILE = $(DATAROOTDIR)/bash-completion/completions/chmod
ZSH_FILE = $(DATAROOTDIR)/zsh/site-functions/_chmod
FISH_FILE = $(DATAROOTDIR)/fish/vendor_completions.d/chmod.fish

install: $(BUILD)/chmod
install-static: $(BUILD)/static/chmod
install install-static: | completions
	$(INSTALL) -d "$(DESTDIR)$(BINDIR)" "$(DESTDIR)$(MANDIR)/man1"
	$(INSTALL_PROGRAM) -m 755 $< "$(DESTDIR)$(BINDIR)/chmod"
	$(INSTALL_DATA) man/chmod.1 "$(DESTDIR)$(MANDIR)/man1/chmod.1"
	for file in "$(BASH_FILE)" "$(ZSH_FILE)" "$(FISH_FILE)"; do \
		$(INSTALL) -d "$(DESTDIR)$${file%/*}" || exit 1; done
	$(INSTALL_DATA) $(BUILD)/completions/chmod.bash "$(DESTDIR)$(BASH_FILE)"
	$(INSTALL_DATA) $(BUILD)/completions/chmod.zsh "$(DESTDIR)$(ZSH_FILE)"
	$(INSTALL_DATA) $(BUILD)/completions/chmod.fish "$(DESTDIR)$(FISH_FILE)"

install-strip:
	$(MAKE) INSTALL_PROGRAM='$(INSTALL_PROGRAM) -s' install

uninstall:
	rm -f "$(DESTDIR)$(BINDIR)/chmod" "$(DESTDIR)$(MANDIR)/man1/chmod.1" \
		"$(DESTDIR)$(BASH_FILE)" "$(DESTDIR)$(ZSH_FILE)" "$(DESTDIR)$(FISH_FILE)"

install-lib: lib
	$(INSTALL) -d "$(DESTDIR)$(LIBDIR)" "$(DESTDIR)$(INCLUDEDIR)" "$(DESTDIR)$(PKGCONFIGDIR)" \
		"$(DESTDIR)$(MANDIR)/man3"
	$(INSTALL_DATA) $(BUILD)/lib/libmodespec.a "$(DESTDIR)$(LIBDIR)/libmodespec.a"
	$(INSTALL_PROGRAM) -m 755 $(BUILD)/lib/$(SONAME) "$(DESTDIR)$(LIBDIR)/$(SONAME)"
	ln -sf $(SONAME) "$(DESTDIR)$(LIBDIR)/libmodespec.so"
	$(INSTALL_DATA) include/modespec.h "$(DESTDIR)$(INCLUDEDIR)/modespec.h"
	$(INSTALL_DATA) $(BUILD)/lib/modespec.pc "$(DESTDIR)$(PKGCONFIGDIR)/modespec.pc"
	$(INSTALL_DATA) man/modespec.3 "$(DESTDIR)$(MANDIR)/man3/modespec.3"

uninstall-lib:
	rm -f "$(DESTDIR)$(LIBDIR)/libmodespec.a" "$(DESTDIR)$(LIBDIR)/$(SONAME)" \
		"$(DESTDIR)$(LIBDIR)/libmodespec.so" "$(DESTDIR)$(INCLUDEDIR)/modespec.h" \
		"$(DESTDIR)$(PKGCONFIGDIR)/modespec.pc" "$(DESTDIR)$(MANDIR)/man3/modespec.3"

version:
	@echo '$(VERSION)'

clean:
	rm -rf $(BUILD)

# What the tests need, by the package manager of this machine.
deps:
	tests/install-deps $(if $(CROSS),cross)

help:
	@echo 'make              build/chmod'
	@echo 'make static       build/static/chmod, with musl where musl-gcc is'
	@echo 'make lib          build/lib/libmodespec: GNU mode language for C programs'
	@echo 'make completions  build/completions: for bash, zsh and fish; installed as well'
	@echo 'make install      to DESTDIR, PREFIX ($(PREFIX)), BINDIR, MANDIR; also uninstall'
	@echo 'make install-strip install-static  the same without debug data; the static program'
	@echo 'make install-lib  the library, its header, manual and modespec.pc; uninstall-lib'
	@echo 'make deps         installs what the tests need (CROSS=yes: and check-cross)'
	@echo 'make check        all tests of a few minutes'
	@echo 'make check-all    the same under sanitizers and valgrind as well'
	@echo 'make check-host   the command-line tests for the chmod of this machine'
	@echo 'make check-long   random cases by the hundred thousand, a million files'
	@echo 'make lint cover   static analysis of the sources; test coverage'
	@echo 'make fuzz mutation bench clients   see tests/README.md'
	@echo 'make dist distcheck repro check-install   a release, and what proves it'
	@echo 'make clean        removes build/'
	@echo 'Yours to set: CC CFLAGS CPPFLAGS LDFLAGS LDLIBS, STATIC_CC STATIC_CFLAGS'
	@echo 'STATIC_HOT_CFLAGS, BUILD, CC_FOR_BUILD where CC is for another machine,'
	@echo 'DESTDIR PREFIX BINDIR DATAROOTDIR MANDIR LIBDIR INCLUDEDIR PKGCONFIGDIR LOCALEDIR'
	@echo 'INSTALL INSTALL_PROGRAM INSTALL_DATA.'
	@echo 'tests/README.md has the parts of check, and how to run a single test.'

include tests/tests.mk

-include $(wildcard $(BUILD)/obj/*.d $(BUILD)/static/obj/*.d $(BUILD)/lib/*.d \
	$(BUILD)/tests/obj/*/*.d)
