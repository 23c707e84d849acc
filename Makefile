# SPDX-License-Identifier: Apache-2.0
# Signet.  `make help` tells what there is.

BUILD    ?= build
ifeq ($(origin CC),default)
CC       := gcc
endif
PKG_CONFIG ?= pkg-config
VERSION  := $(shell cat VERSION)
OPT      ?= -O2
SANITIZE ?=

PKGS     := libcrypto libevent_core libmicrohttpd jansson libcyaml p11-kit-1 \
	libxml-2.0 sqlite3 yaml-0.1 zlib
PROMPT_PKGS := jansson libassuan gpg-error
CLIENT_PKGS := libcurl jansson libcrypto
READER_PKGS := libpcsclite
STAMP_PKGS := libcurl libcrypto
PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) $(PROMPT_PKGS) \
	$(READER_PKGS) libcurl)

WARN := -Wall -Wextra -Werror -Wconversion -Wshadow -Wcast-qual \
	-Wmissing-prototypes -Wstrict-prototypes -Wwrite-strings \
	-Wpointer-arith -Wformat=2 -Wvla -Wundef -Wbad-function-cast \
	-Wnull-dereference -Wno-unused-parameter
HARDEN := -fstack-protector-strong -fstack-clash-protection -fcf-protection \
	-fPIC
LDHARDEN := -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed
ifeq ($(SANITIZE),)
HARDEN += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
else
SAN := -fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all
endif

CPPFLAGS += -D_GNU_SOURCE -DSIGNET_VERSION='"$(VERSION)"' -Isrc -Iinclude -I. \
	$(PKG_CFLAGS)
CFLAGS   := -std=gnu11 $(OPT) -g $(WARN) $(HARDEN) $(SAN) $(CFLAGS)
LDFLAGS  := -pie $(LDHARDEN) $(SAN) $(LDFLAGS)

# As many jobs as processors, unless -j says how many. Two goals may be in each
# other's way (clean all): those are taken one after the other.
ifeq ($(MAKELEVEL)$(word 2,$(MAKECMDGOALS))$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif
# No object is removed because only one program needs it.
.SECONDARY:

# `make V=1` shows the commands.
ifeq ($(V),)
Q    := @
say   = @echo "  $(1)	$(patsubst $(BUILD)/%,%,$@)"
endif

# --- what is built of what: a folder is a layer, a program is its main.c -----

sources = $(filter-out %/main.c,$(wildcard $(1)/*.c))
objects = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))

BASE   := $(call sources,src/base)
WIRE   := $(call sources,src/wire)
FORMAT := $(call sources,src/format)
CORE   := $(BASE) $(WIRE) $(FORMAT) \
	$(foreach d,content policy evidence broker api daemon,$(call sources,src/$(d)))
WORKER := $(call sources,pkcs11) $(call sources,pkcs11/provider)
READER := $(call sources,pkcs11/reader)
CLIENT := $(call sources,src/client)
CLI    := $(call sources,src/cli)
PROMPT := $(call sources,src/prompt)
STAMP  := $(call sources,src/stamp)
WEBHOST := $(call sources,src/webhost)

LIBCORE   := $(BUILD)/lib/libcore.a
LIBWORKER := $(BUILD)/lib/libworker.a
LIBSIGNET := $(BUILD)/lib/libsignet.a
SOVERSION := 0
LIBSHARED := $(BUILD)/lib/libsignet.so.$(SOVERSION)
LIBCLI    := $(BUILD)/lib/libcli.a
LIBPROMPT := $(BUILD)/lib/libprompt.a
LIBREADER := $(BUILD)/lib/libreader.a
LIBSTAMP  := $(BUILD)/lib/libstamp.a
LIBWEBHOST := $(BUILD)/lib/libwebhost.a

PROGRAMS := $(BUILD)/bin/signetd $(BUILD)/bin/signet-worker \
	$(BUILD)/bin/signet-prompt $(BUILD)/bin/signet-reader \
	$(BUILD)/bin/signet-stamp $(BUILD)/bin/signet-webhost \
	$(BUILD)/bin/signet-webhost-api $(BUILD)/bin/signet \
	$(BUILD)/bin/signet-pcsc.so \
	$(BUILD)/bin/signet-bench $(BUILD)/bin/fixture-keygen
MOCKS := $(BUILD)/mock/signet-mock.so \
	$(patsubst tests/mock/doubles/%.c,$(BUILD)/mock/%.so,\
	$(wildcard tests/mock/doubles/*.c))

core_libs := $(shell $(PKG_CONFIG) --libs $(PKGS)) -lpthread
client_libs := $(shell $(PKG_CONFIG) --libs $(CLIENT_PKGS))
prompt_libs := $(shell $(PKG_CONFIG) --libs $(PROMPT_PKGS))
reader_libs := $(shell $(PKG_CONFIG) --libs $(READER_PKGS)) -lpthread
stamp_libs := $(shell $(PKG_CONFIG) --libs $(STAMP_PKGS))
worker_libs := $(shell $(PKG_CONFIG) --libs libcrypto) -ldl

MO := $(patsubst po/%.po,$(BUILD)/share/locale/%/LC_MESSAGES/signet.mo,\
	$(wildcard po/*.po))

.PHONY: po
po: ## collect the texts that are to be translated
	@mkdir -p $(BUILD)
	$(Q)sed '/^$$/q' po/signet.pot >$(BUILD)/signet.pot
	$(Q)xgettext -L C -k_ -kN_ -kngettext:1,2 --from-code=UTF-8 \
	  --add-location=file --omit-header -o - $(wildcard src/cli/*.[ch] \
	  src/prompt/*.[ch]) >>$(BUILD)/signet.pot
	$(Q)mv $(BUILD)/signet.pot po/signet.pot
	$(Q)for po in po/*.po; do \
	  msgmerge -q --no-fuzzy-matching --add-location=file \
	    $$po po/signet.pot -o - | \
	  msgattrib --no-obsolete --add-location=file -o $$po; \
	  msgfmt --statistics -o /dev/null $$po; done

PROFILES := $(patsubst %,$(BUILD)/share/signet/%,$(wildcard modules.d/*.yaml))
$(BUILD)/share/signet/modules.d/%: modules.d/%
	@mkdir -p $(@D)
	$(Q)cp $< $@

.PHONY: all
all: $(MO) $(PROFILES) $(PROGRAMS) $(LIBSIGNET) $(LIBSHARED) $(MOCKS) ## build everything

$(BUILD)/share/locale/%/LC_MESSAGES/signet.mo: po/%.po
	@mkdir -p $(@D)
	$(call say,MO)
	$(Q)msgfmt --check-format -o $@ $<

$(BUILD)/obj/%.o: %.c Makefile VERSION
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

define archive
@mkdir -p $(@D)
@rm -f $@
$(call say,AR)
$(Q)$(AR) rcs $@ $^
endef

$(LIBCORE): $(call objects,$(CORE))
	$(archive)
$(LIBWORKER): $(call objects,$(WORKER))
	$(archive)
$(LIBCLI): $(call objects,$(CLI))
	$(archive)
$(LIBPROMPT): $(call objects,$(PROMPT))
	$(archive)
$(LIBREADER): $(call objects,$(READER))
	$(archive)
$(LIBSTAMP): $(call objects,$(STAMP))
	$(archive)
$(LIBWEBHOST): $(call objects,$(WEBHOST))
	$(archive)
$(LIBSIGNET): $(call objects,$(CLIENT) $(BASE) $(WIRE) $(FORMAT))
	$(archive)

define link
@mkdir -p $(@D)
$(call say,LINK)
$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o %.a,$^) $(1)
endef

$(BUILD)/bin/signetd: $(call objects,src/daemon/main.c) $(LIBCORE)
	$(call link,$(core_libs))
# Found before libpcsclite's, by modules that are linked with it.
comma := ,
PROVIDER := signet_pcsc_lock SCardBeginTransaction SCardEndTransaction \
	SCardDisconnect
$(BUILD)/bin/signet-worker: $(call objects,pkcs11/main.c) $(LIBWORKER) $(LIBREADER) $(LIBCORE)
	$(call link,$(worker_libs) $(reader_libs) \
	  $(patsubst %,-Wl$(comma)--export-dynamic-symbol=%,$(PROVIDER)))
$(BUILD)/bin/signet-prompt: $(call objects,src/prompt/main.c) $(LIBPROMPT) $(LIBCORE)
	$(call link,$(prompt_libs))
$(BUILD)/bin/signet-reader: $(call objects,pkcs11/reader/main.c) $(LIBREADER) $(LIBCORE)
	$(call link,$(reader_libs))
# Needs libpcsclite for what OpenSC finds through it (dlsym), and calls it by no
# other way.
$(BUILD)/bin/signet-pcsc.so: pkcs11/provider/provider.c pkcs11/provider/provider.h
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CPPFLAGS) $(PCSC_CFLAGS) $(filter-out $(SAN),$(CFLAGS)) \
	  -fvisibility=hidden -shared $(LDHARDEN) -Wl,-soname,$(@F) -o $@ $< \
	  -Wl,--no-as-needed $(pcsc_libs) -ldl
$(BUILD)/bin/signet-stamp: $(call objects,src/stamp/main.c) $(LIBSTAMP) $(LIBCORE)
	$(call link,$(stamp_libs))
$(BUILD)/bin/signet-webhost: $(call objects,src/webhost/main.c) $(LIBWEBHOST) $(LIBSIGNET)
	$(call link,$(client_libs))
$(BUILD)/bin/signet-webhost-api: $(BUILD)/bin/signet-webhost
	$(Q)ln -sf signet-webhost $@
$(BUILD)/bin/signet: $(call objects,src/cli/main.c) $(LIBCLI) $(LIBSIGNET) $(LIBCORE)
	$(call link,$(client_libs) $(core_libs))
$(BUILD)/bin/signet-bench: $(call objects,$(wildcard bench/*.c)) $(LIBCORE)
	$(call link,$(core_libs) -ldl)
$(BUILD)/bin/fixture-keygen: $(call objects,$(wildcard SoftHSM-fixtures/*.c))
	$(call link,$(worker_libs))

$(LIBSHARED): $(call objects,$(CLIENT) $(BASE) $(WIRE) $(FORMAT)) src/client/libsignet.map
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(filter-out -pie,$(LDFLAGS)) -shared \
	  -Wl,-soname,libsignet.so.$(SOVERSION) \
	  -Wl,--version-script=src/client/libsignet.map \
	  -o $@ $(filter %.o,$^) $(client_libs)
	$(Q)ln -sf libsignet.so.$(SOVERSION) $(BUILD)/lib/libsignet.so

# --- the module doubles: named by what they do wrong --------------------------

# Never with sanitizers: pkcs11-tool, which has none, loads them too.
mock_so = $(CC) $(CPPFLAGS) $(filter-out $(SAN),$(CFLAGS)) -shared $(LDHARDEN) \
	-o $@ $(filter %.c,$^) -ldl
$(BUILD)/mock/signet-mock.so: $(wildcard tests/mock/*.c tests/mock/*.h tests/mock/*.def)
	@mkdir -p $(@D)
	$(mock_so)
$(BUILD)/mock/%.so: tests/mock/doubles/%.c
	@mkdir -p $(@D)
	$(mock_so)

# --- the virtual card, its reader, a private pcscd ---------------------------

CARD      := $(BUILD)/card
LIBCARD   := $(BUILD)/lib/libcard.a
PCSC_CFLAGS = $(shell $(PKG_CONFIG) --cflags libpcsclite)
pcsc_libs  = $(shell $(PKG_CONFIG) --libs libpcsclite)
CARD_PROGRAMS := $(CARD)/piv-card $(CARD)/card-control $(CARD)/card-latency \
	$(CARD)/pcscd-private $(CARD)/libifd-signet.so $(CARD)/cac-card \
	$(CARD)/usb-bus $(CARD)/card-apdu
card_tool = $(call objects,tests/card/listen.c \
	$(addprefix tests/card/tools/,$(1)))

$(call card_tool,service.c card-latency.c card-apdu.c): CPPFLAGS += $(PCSC_CFLAGS)
$(LIBCARD): $(call objects,$(call sources,tests/card))
	$(archive)
$(CARD)/piv-card: $(call objects,tests/card/main.c) $(LIBCARD) $(LIBCORE)
	$(call link,$(worker_libs))
# System headers: they do not keep to our warnings.
$(call objects,tests/card/cac/main.c): CPPFLAGS += \
	$(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags libcacard))
$(CARD)/cac-card: $(call objects,tests/card/cac/main.c) $(LIBCARD) $(LIBCORE)
	$(call link,$(worker_libs) $(shell $(PKG_CONFIG) --libs libcacard))
$(call card_tool,usb-bus.c): CPPFLAGS += \
	$(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags umockdev-1.0))
$(CARD)/usb-bus: $(call card_tool,usb-bus.c) $(LIBCORE)
	$(call link,$(shell $(PKG_CONFIG) --libs umockdev-1.0))
$(CARD)/card-control: $(call card_tool,card-control.c ask.c) $(LIBCORE)
	$(call link)
$(CARD)/card-latency: $(call card_tool,card-latency.c ask.c) $(LIBCORE)
	$(call link,$(pcsc_libs))
$(CARD)/card-apdu: $(call card_tool,card-apdu.c) $(LIBCORE)
	$(call link,$(pcsc_libs))
$(CARD)/pcscd-private: $(call card_tool,pcscd-private.c service.c isolate.c) $(LIBCORE)
	$(call link,$(pcsc_libs))
# Never with sanitizers: pcscd, which has none, loads it.
$(CARD)/libifd-signet.so: $(wildcard tests/card/ifd/*.[ch]) tests/card/wire.h
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CPPFLAGS) $(PCSC_CFLAGS) $(filter-out $(SAN),$(CFLAGS)) \
	  -shared $(LDHARDEN) -o $@ $(filter %.c,$^) -lpthread
$(CARD)/profiles/ca.pem: tests/card/make-cards
	@mkdir -p $(CARD)
	$(call say,CARDS)
	$(Q)tests/card/make-cards $(CARD)/profiles
$(CARD)/cac/9a.crt: tests/card/make-cac
	@mkdir -p $(CARD)
	$(call say,CARDS)
	$(Q)tests/card/make-cac $(CARD)/cac

.PHONY: card
card: $(CARD_PROGRAMS) $(CARD)/profiles/ca.pem $(CARD)/cac/9a.crt ## a virtual PIV card and a private pcscd

# --- tests ------------------------------------------------------------------------

UNIT_SRC := $(wildcard tests/unit/*/*.c)
UNIT     := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(UNIT_SRC))
CMOCKA_LIBS := $(shell $(PKG_CONFIG) --libs cmocka)

$(BUILD)/unit/%: $(BUILD)/obj/tests/unit/%.o $(LIBWORKER) $(LIBREADER) $(LIBPROMPT) \
		$(LIBSTAMP) $(LIBWEBHOST) $(LIBCLI) $(LIBSIGNET) $(LIBCORE)
	$(call link,$(CMOCKA_LIBS) $(prompt_libs) $(reader_libs) $(core_libs) $(client_libs) -ldl)

# Of its own library only: it has names that others have, too.
$(BUILD)/unit/card/%: $(BUILD)/obj/tests/unit/card/%.o $(LIBCARD) $(LIBCORE)
	$(call link,$(CMOCKA_LIBS) $(worker_libs))

FIXTURES := $(BUILD)/fixtures
export SIGNET_BUILD := $(abspath $(BUILD))

.PHONY: fixtures
fixtures: $(FIXTURES)/ready ## private SoftHSM tokens, keys and a small CA
$(FIXTURES)/ready: $(wildcard SoftHSM-fixtures/*) $(BUILD)/bin/fixture-keygen
	SoftHSM-fixtures/provision $(FIXTURES)
	@touch $@

# Small programs of the regress tests, named by what they do.
TOOLS := $(patsubst tests/regress/tools/%.c,$(BUILD)/tools/%,\
	$(wildcard tests/regress/tools/*.c))
$(BUILD)/tools/%: $(BUILD)/obj/tests/regress/tools/%.o $(LIBCORE)
	$(call link,$(worker_libs))

# Of the crash tests: who asks, who looks, and a disk that loses its power.
CRASH := $(addprefix $(BUILD)/crash/,load many audit power-cut synced-disk.so killed-at.so)
crash_objects = $(call objects,$(addprefix tests/crash/,$(1)))
$(BUILD)/crash/load: $(call crash_objects,load.c talk.c) $(LIBCORE)
	$(call link,$(core_libs))
$(BUILD)/crash/many: $(call crash_objects,many.c talk.c) $(LIBCORE)
	$(call link,$(core_libs))
$(BUILD)/crash/audit: $(call crash_objects,audit.c audit_chain.c audit_ledger.c) $(LIBCORE)
	$(call link,$(core_libs))
$(BUILD)/crash/power-cut: $(call crash_objects,power-cut.c)
	$(call link)
# Never with sanitizers: it is there before they are.
$(BUILD)/crash/%.so: tests/crash/%.c tests/crash/disk.h
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CPPFLAGS) $(filter-out $(SAN),$(CFLAGS)) -shared \
	  $(LDHARDEN) -o $@ $< -ldl

REGRESS := card $(TOOLS) $(CRASH) $(FIXTURES)/ready

.PHONY: test unit regress test-web
test: all $(UNIT) $(REGRESS) ## unit, regress and web tests, at once
	tests/run-all $(UNIT)
unit: all $(UNIT) ## unit tests (cmocka)
	tests/run-unit $(UNIT)
regress: all $(REGRESS) ## regress tests (bats), whole programs
	tests/run-regress tests/regress
test-web: all $(FIXTURES)/ready ## web/, with Node.js and Chromium
	tests/run-web

.PHONY: soak
soak: all card $(TOOLS) $(FIXTURES)/ready ## 200 random steps with cards; SEED=N repeats
	STEPS=$${STEPS:-200} BATS_TEST_TIMEOUT= bats tests/regress/random.bats

.PHONY: soak-memory
soak-memory: all $(TOOLS) $(CRASH) $(FIXTURES)/ready ## what is resident in an hour of load; SECONDS=N
	MEMORY_SECONDS=$${SECONDS:-3600} MEMORY_SIGNATURES=100000 \
	  BATS_TEST_TIMEOUT= bats tests/regress/load.bats -f 'memory|idle'

.PHONY: crash
crash: all $(CRASH) $(FIXTURES)/ready ## 200 crashes of each kind under load; ROUNDS=N SEED=N
	ROUNDS=$${ROUNDS:-200} BATS_TEST_TIMEOUT= bats tests/regress/crash.bats

.PHONY: check-asan check-valgrind
check-asan: ## all tests with address and undefined-behaviour sanitizers
	$(MAKE) BUILD=$(BUILD)-asan SANITIZE=address,undefined OPT=-O1 test
check-valgrind: all $(UNIT) ## unit tests and one signature, under valgrind
	tests/run-valgrind $(UNIT)

.PHONY: demo demo-card demo-web bench bench-web bench-card lint
demo: all $(FIXTURES)/ready ## sign a payment file and verify it with foreign tools
	examples/demo
demo-web: all $(FIXTURES)/ready ## a bank in the browser, on SoftHSM; Ctrl-C ends it
	web/demo/run
demo-card: all card ## the same on a smart card in software, through OpenSC
	examples/demo-card
bench-web: all $(FIXTURES)/ready ## from sign() in a page to its result
	node bench/web.mjs
bench: all ## measure against the module called in-process
	bench/run
bench-card: all card $(FIXTURES)/ready ## count what a card is asked for
	bench/apdus

lint: all ## layers, documents against code, scripts, manuals
	tests/lint/run

# --- the rest ------------------------------------------------------------------

PREFIX ?= /usr/local
UDEVRULESDIR ?= $(PREFIX)/lib/udev/rules.d
# polkitd 122 looks in /usr/share and /etc only: name one of them here.
POLKITRULESDIR ?= $(PREFIX)/share/polkit-1/rules.d
.PHONY: install
install: all ## into PREFIX (and DESTDIR)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/signet \
	  $(DESTDIR)$(PREFIX)/include \
	  $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man3 \
	  $(DESTDIR)$(PREFIX)/share/man/man5 $(DESTDIR)$(PREFIX)/share/man/man8
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	cp -R $(BUILD)/share/locale $(BUILD)/share/signet \
	  $(DESTDIR)$(PREFIX)/share/
	install -m 644 completion/signet.bash \
	  $(DESTDIR)$(PREFIX)/share/bash-completion/completions/signet
	install -m 644 completion/_signet \
	  $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_signet
	install $(BUILD)/bin/signet $(BUILD)/bin/signetd $(DESTDIR)$(PREFIX)/bin/
	install $(BUILD)/bin/signet-worker $(BUILD)/bin/signet-prompt \
	  $(BUILD)/bin/signet-reader $(BUILD)/bin/signet-stamp \
	  $(BUILD)/bin/signet-webhost $(BUILD)/bin/signet-pcsc.so \
	  $(DESTDIR)$(PREFIX)/lib/signet/
	ln -sf signet-webhost \
	  $(DESTDIR)$(PREFIX)/lib/signet/signet-webhost-api
	install -m 644 $(LIBSIGNET) $(DESTDIR)$(PREFIX)/lib/
	install $(LIBSHARED) $(DESTDIR)$(PREFIX)/lib/
	ln -sf libsignet.so.$(SOVERSION) $(DESTDIR)$(PREFIX)/lib/libsignet.so
	install -m 644 include/signet.h $(DESTDIR)$(PREFIX)/include/
	install -m 644 man/*.1 $(DESTDIR)$(PREFIX)/share/man/man1/
	install -m 644 man/*.3 $(DESTDIR)$(PREFIX)/share/man/man3/
	install -m 644 man/*.5 $(DESTDIR)$(PREFIX)/share/man/man5/
	install -m 644 man/*.8 $(DESTDIR)$(PREFIX)/share/man/man8/
	install -d $(DESTDIR)$(UDEVRULESDIR) $(DESTDIR)$(PREFIX)/lib/sysusers.d \
	  $(DESTDIR)$(POLKITRULESDIR)
	install -m 644 udev/70-signet.rules $(DESTDIR)$(UDEVRULESDIR)/
	install -m 644 udev/signet-sysusers.conf \
	  $(DESTDIR)$(PREFIX)/lib/sysusers.d/signet.conf
	install -m 644 polkit/50-signet.rules $(DESTDIR)$(POLKITRULESDIR)/

.PHONY: clean help
clean: ## remove what was built
	rm -rf $(BUILD) $(BUILD)-*
help: ## this list
	@grep -hE '^[a-z][a-z-]*:.*##' $(MAKEFILE_LIST) | \
	  sed -E 's/:.*## /\t/' | sort | expand -t 18
	@echo "Variables: BUILD=build CC=gcc|clang OPT=-O2 SANITIZE=address,undefined"

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
