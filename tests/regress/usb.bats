#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# usb - readers that are plugged in and unplugged on a USB that umockdev makes
# up: pcscd finds and loses them by its own code for libudev. The card in one is
# our PIV card; of libccid nothing is shown here.

load helper
load person
load card
load faults
load scenarios

# shellcheck disable=SC2034 # for faults
MODULE=opensc
DRIVERS=/usr/lib/pcsc/drivers

setup() {
	signet_setup
	# Both want to be loaded first.
	not sanitized || skip "umockdev does not go with sanitizers"
	command -v umockdev-wrapper >/dev/null || lacking "there is no umockdev"
	[ -d "$DRIVERS" ] || lacking "there is no $DRIVERS"
	alone true || lacking "no mount namespace can be made here"
	mkdir "$D/usb"
	bus_start
	drivers_make
}

teardown() {
	person_teardown
	signet_teardown
}

# lacking WHY: a skip for a person, a failure in CI.
lacking() {
	[ -z "${CI:-}" ] || { echo "$1"; return 1; }
	skip "$1"
}

alone() {
	if [ "$(id -u)" -eq 0 ]; then
		unshare -m "$@"
	else
		unshare -Urm "$@"
	fi
}

bus_start() {
	TMPDIR=$D umockdev-wrapper "$card_programs/usb-bus" "$D/bus" \
		>>"$D/log" 2>&1 3>&- &
	PIDS+=("$!")
	wait_until 10 test -S "$D/bus"
	wait_until 5 bus root >"$D/root"
}

bus() {
	"$card_programs/card-control" "$D/bus" "$@"
}

# Our handler as the driver of the reader, and a way to run pcscd with it and
# with that USB.
drivers_make() {
	local bundle=$D/drivers/signet.bundle/Contents
	mkdir -p "$bundle/Linux"
	cp "$card_programs/libifd-signet.so" "$bundle/Linux/"
	cat >"$bundle/Info.plist" <<-END
	<?xml version="1.0" encoding="UTF-8"?>
	<plist version="1.0"><dict>
	<key>CFBundleExecutable</key><string>libifd-signet.so</string>
	<key>ifdCapabilities</key><string>0x00000000</string>
	<key>ifdVendorID</key><array><string>0x5167</string></array>
	<key>ifdProductID</key><array><string>0x0001</string></array>
	<key>ifdFriendlyName</key><array><string>Signet USB</string></array>
	</dict></plist>
	END
	cat >"$D/by" <<-END
	#!/bin/sh
	mount --bind "$D/drivers" "$DRIVERS" || exit
	export UMOCKDEV_DIR="$(cat "$D/root")" SIGNET_USB="$D/usb"
	exec umockdev-wrapper "\$@"
	END
	cat >"$D/alone" <<-END
	#!/bin/sh
	exec unshare $([ "$(id -u)" -eq 0 ] || echo -Ur) -m "$D/by" "\$@"
	END
	chmod +x "$D/by" "$D/alone"
	# shellcheck disable=SC2034 # for card
	PCSCD_BY=$D/alone
}

# --- in the place of those of card and faults --------------------------------

# N readers on the USB, in the place of those of reader.conf.
card_setup() {
	local n cards
	read -ra cards <<<"${CARDS:-alice bob}"
	for ((n = 1; n <= $1; n++)); do
		ln -s "$D/reader$n" "$D/usb/00$n"
		card_start "$n" "${cards[$((n - 1))]}"
		bus plug "$n"
	done
	card_setup_by
}

# As libccid: whatever is under way fails, and then udev says why.
unplug() {
	card_control "$1" unplug
	bus unplug "$1"
}

plug() {
	card_control "$1" insert
	bus plug "$1"
}

readers_are() {
	[ "$(api GET /v1/status | jq '.pcsc.readers | length')" -eq "$1" ]
}

@test "readers that were there before pcscd are found" {
	faults_start 2 approves
	readers_are 2
	card_signs alice
	card_signs bob
}

@test "a reader that is plugged in is there, and its card signs" {
	card_setup_by
	person approves "$(module_by_profile)"
	printf '%s\n' "$CARD_PIN" >"$D/pin"
	more_profiles
	readers_are 0
	ln -s "$D/reader1" "$D/usb/001"
	card_start 1 alice
	bus plug 1
	since
	wait_until 10 readers_are 1
	back alice "plugged in, signs after"
}

@test "unplugged without a word of the reader: udev alone" {
	faults_start 2 approves
	card_signs alice
	bus unplug 1
	wait_until 5 readers_are 1
	sign "$(uri alice)" >"$D/answer"
	typed
	card_signs bob
	bus plug 1
	since
	back alice "unplugged and plugged in, signs after"
	no_try_spent 1 2
}

@test "unplugged when idle" {
	unplugged_when_idle
}

@test "unplugged in mid sign" {
	unplugged_in_mid_sign
}

@test "in and out again, ten times at once" {
	faults_start 1 approves
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		bus unplug 1
		bus plug 1
	done
	since
	back alice "ten times out and in, signs after"
	readers_are 1
	bus unplug 1
	wait_until 5 readers_are 0
}
