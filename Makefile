# surechmod: `make help` says what there is to make. Everything made lies in build/.

VERSION = 0.1.0

CC ?= cc
CFLAGS ?= -O2 -g
PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
MANDIR ?= $(PREFIX)/share/man
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
PKGCONFIGDIR ?= $(LIBDIR)/pkgconfig
INSTALL ?= install

# The C compiler for the static program: musl's, or CC's own libc where there is none.
STATIC_CC ?= $(shell command -v musl-gcc || echo $(CC))
STATIC_CFLAGS ?= -Os

# The chmod that check-host and the comparisons hold to be right.
HOST_CHMOD ?= $(firstword $(wildcard /usr/bin/chmod /bin/chmod))

override CPPFLAGS += -Iinclude -Isrc -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DVERSION='"$(VERSION)"'
override WARNINGS += -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla
COMPILE = $(CPPFLAGS) -std=c11 $(WARNINGS) -MMD -MP

SOURCES := $(wildcard src/*.c)
OBJECTS := $(SOURCES:src/%.c=build/obj/%.o)
STATIC_OBJECTS := $(SOURCES:src/%.c=build/static/obj/%.o)
MODULES := $(filter-out build/obj/main.o,$(OBJECTS))

UNIT_TESTS := $(patsubst tests/unit/%_test.c,build/tests/unit/%,$(wildcard tests/unit/*_test.c))
SUPPORT_OBJECTS := $(patsubst tests/%.c,build/tests/obj/%.o,$(wildcard tests/support/*.c))
CLI_OBJECTS := $(patsubst tests/%.c,build/tests/obj/%.o,$(wildcard tests/cli/*.c))

.DELETE_ON_ERROR:
.PHONY: FORCE all static lib install-lib uninstall-lib check check-unit check-cli check-host deps need-cmocka install uninstall version clean help
.DEFAULT_GOAL := all

all: build/chmod

static: build/static/chmod

build/chmod: $(OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(OBJECTS) $(LDLIBS)

build/obj/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(COMPILE) $(CFLAGS) -c -o $@ $<

build/static/chmod: $(STATIC_OBJECTS)
	$(STATIC_CC) -static $(STATIC_CFLAGS) -s -Wl,--gc-sections -Wl,-z,noseparate-code $(LDFLAGS) -o $@ $(STATIC_OBJECTS)

build/static/obj/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(STATIC_CC) $(COMPILE) -DSTATIC_BUILD -ffunction-sections -fdata-sections \
		-fno-asynchronous-unwind-tables $(STATIC_CFLAGS) -c -o $@ $<

# ----------------------------------------------------------------------------------- libmodespec

SONAME = libmodespec.so.$(firstword $(subst ., ,$(VERSION)))

lib: build/lib/libmodespec.a build/lib/$(SONAME) build/lib/modespec.pc

build/lib/modespec.o: src/modespec.c Makefile
	@mkdir -p $(@D)
	$(CC) $(COMPILE) $(CFLAGS) -fPIC -c -o $@ $<

build/lib/libmodespec.a: build/lib/modespec.o
	rm -f $@
	$(AR) rcD $@ $<

build/lib/$(SONAME): build/lib/modespec.o
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,$(SONAME) -Wl,-z,defs -o $@ $<
	ln -sf $(SONAME) build/lib/libmodespec.so

build/lib/modespec.pc: FORCE # PREFIX and the like may be others each time
	@mkdir -p $(@D)
	{ echo 'Name: modespec'; \
	echo "Description: GNU chmod's mode language"; \
	echo 'Version: $(VERSION)'; \
	echo 'Libs: -L$(LIBDIR) -lmodespec'; \
	echo 'Cflags: -I$(INCLUDEDIR)'; } >$@

# ---------------------------------------------------------------------------------------- tests

check: check-unit check-cli

check-unit: need-cmocka $(UNIT_TESTS)
	@tests/run-tests $(UNIT_TESTS)

# The same cases for both programs.
check-cli: need-cmocka build/tests/cli build/chmod build/static/chmod
	@tests/run-tests 'build/tests/cli build/chmod' 'build/tests/cli build/static/chmod'

# The same cases for the chmod of this machine: what differs there is listed with its reason.
check-host: need-cmocka build/tests/cli
	@tests/run-tests 'build/tests/cli --host $(HOST_CHMOD)'

need-cmocka:
	@echo '#include <stdarg.h>%#include <stddef.h>%#include <stdint.h>%#include <setjmp.h>%#include <cmocka.h>' \
		| tr % '\n' | $(CC) $(CPPFLAGS) -E -x c -o /dev/null - 2>/dev/null || { \
		echo 'The tests need cmocka: make deps, or install libcmocka-dev (Debian),' >&2; \
		echo 'cmocka-dev (Alpine), libcmocka-devel (Fedora).' >&2; exit 1; }

build/tests/obj/%.o: tests/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(COMPILE) -Itests $(CFLAGS) -c -o $@ $<

build/tests/unit/%: build/tests/obj/unit/%_test.o $(MODULES)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(LDFLAGS) $(TEST_LDFLAGS) -o $@ $< $(MODULES) -lcmocka $(LDLIBS)

# The test makes its allocations fail.
build/tests/unit/modespec: TEST_LDFLAGS = -Wl,--wrap=malloc

build/tests/cli: $(CLI_OBJECTS) $(SUPPORT_OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lcmocka $(LDLIBS)

.SECONDARY:

# What the tests need, by the package manager of this machine.
deps:
	tests/install-deps

# --------------------------------------------------------------------------------------- install

install: build/chmod
	$(INSTALL) -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(MANDIR)/man1
	$(INSTALL) -m 755 build/chmod $(DESTDIR)$(BINDIR)/chmod
	$(INSTALL) -m 644 man/chmod.1 $(DESTDIR)$(MANDIR)/man1/chmod.1

uninstall:
	rm -f $(DESTDIR)$(BINDIR)/chmod $(DESTDIR)$(MANDIR)/man1/chmod.1

install-lib: lib
	$(INSTALL) -d $(DESTDIR)$(LIBDIR) $(DESTDIR)$(INCLUDEDIR) $(DESTDIR)$(PKGCONFIGDIR)
	$(INSTALL) -m 644 build/lib/libmodespec.a $(DESTDIR)$(LIBDIR)/libmodespec.a
	$(INSTALL) -m 755 build/lib/$(SONAME) $(DESTDIR)$(LIBDIR)/$(SONAME)
	ln -sf $(SONAME) $(DESTDIR)$(LIBDIR)/libmodespec.so
	$(INSTALL) -m 644 include/modespec.h $(DESTDIR)$(INCLUDEDIR)/modespec.h
	$(INSTALL) -m 644 build/lib/modespec.pc $(DESTDIR)$(PKGCONFIGDIR)/modespec.pc

uninstall-lib:
	rm -f $(DESTDIR)$(LIBDIR)/libmodespec.a $(DESTDIR)$(LIBDIR)/$(SONAME) \
		$(DESTDIR)$(LIBDIR)/libmodespec.so $(DESTDIR)$(INCLUDEDIR)/modespec.h \
		$(DESTDIR)$(PKGCONFIGDIR)/modespec.pc

version:
	@echo '$(VERSION)'

clean:
	rm -rf build

help:
	@echo 'make              build/chmod'
	@echo 'make static       build/static/chmod, with musl where musl-gcc is'
	@echo 'make lib          build/lib/libmodespec: GNU mode language for C programs'
	@echo 'make install-lib  the library, its header and modespec.pc; also uninstall-lib'
	@echo 'make install      to DESTDIR, PREFIX ($(PREFIX)), BINDIR, MANDIR; also uninstall'
	@echo 'make deps         installs what the tests need (apt, apk or dnf)'
	@echo 'make check        all tests'
	@echo 'make check-host   the command-line tests for the chmod of this machine'
	@echo 'make clean        removes build/'
	@echo 'CC CFLAGS LDFLAGS STATIC_CC STATIC_CFLAGS are yours to set.'

-include $(wildcard build/obj/*.d build/static/obj/*.d build/tests/obj/*/*.d)
