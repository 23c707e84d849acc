#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# udev: the rules for tokens, as udev itself applies them to devices that
# umockdev makes up (tests/regress/udev), and the rule for polkit, as its own
# interpreter runs it. What udev writes goes to folders that only the test sees.

load helper

root=$BATS_TEST_DIRNAME/../..
device=/sys/devices/pci0000:00/usb1/1-1

setup() {
	D=$(mktemp -dt signet.XXXXXX)
}

teardown() {
	rm -rf "$D"
}

# lacking WHY: a skip for a person, a failure in CI.
lacking() {
	[ -z "${CI:-}" ] || { echo "$1"; return 1; }
	skip "$1"
}

needs() {
	command -v "$1" >/dev/null || lacking "there is no $1"
}

# Namespaces of its own, as root or as anybody.
alone() {
	if [ "$(id -u)" -eq 0 ]; then
		unshare -m "$@"
	else
		unshare -Urm "$@"
	fi
}

# plug DEVICE [RULES]: what udev makes of a device that is plugged in goes to
# $D/said, the properties it gets to $D/properties.
plug() {
	needs umockdev-run
	needs udevadm
	mkdir -p "$D/rules" "$D/run"
	cp "${2:-$root/udev/70-signet.rules}" "$D/rules/70-signet.rules"
	{ cat /etc/group; echo signet:x:64242:; } >"$D/group"
	alone true || lacking "no mount namespace can be made here"
	# shellcheck disable=SC2016 # for the inner shell
	D=$D alone sh -c 'mount --bind "$D/rules" /etc/udev/rules.d &&
		mount --bind "$D/run" /run &&
		mount --bind "$D/group" /etc/group &&
		SYSTEMD_LOG_LEVEL=debug exec umockdev-run -d "$1" -- \
			udevadm test --action=add "$2"' \
		sh "$BATS_TEST_DIRNAME/udev/$1.umockdev" "$device" \
		>"$D/properties" 2>"$D/said"
	grep -q '^ACTION=add' "$D/properties" || { cat "$D/said"; return 1; }
}

# Nothing in our file that udev does not understand.
understood() {
	not grep -E '70-signet.rules:[0-9]+.*(nvalid|nknown|ignoring)' "$D/said"
}

tagged() {
	grep -qE "^TAGS=.*:$1:" "$D/properties"
}

wants_signetd() {
	grep -qE '^SYSTEMD_USER_WANTS=(.* )?signetd\.service( |$)' \
		"$D/properties"
}

# Given to the seat, the service and systemd.
taken() {
	understood
	tagged uaccess
	tagged systemd
	wants_signetd
	grep -qE '70-signet.rules:[0-9]+ GROUP 64242' "$D/said"
	grep -qE '70-signet.rules:[0-9]+ MODE 0660' "$D/said"
}

@test "a token of the class smart card is for the seat and the service" {
	plug ccid
	taken
}

@test "known tokens that are not of that class are, too" {
	plug yubihsm
	taken
	plug etoken
	taken
}

@test "any other device stays as it was" {
	plug keyboard
	understood
	not tagged uaccess
	not tagged systemd
	not wants_signetd
	not grep -E '70-signet.rules:[0-9]+ (GROUP|MODE)' "$D/said"
}

@test "power management is left alone" {
	plug ccid
	not grep -E '70-signet.rules:[0-9]+.*(ATTR|power)' "$D/said"
	not grep -E '^[^#]*power/' "$root/udev/70-signet.rules"
}

@test "a rule that udev does not understand is noticed" {
	sed 's/TAG+=/TAGG+=/' "$root/udev/70-signet.rules" >"$D/broken.rules"
	plug ccid "$D/broken.rules"
	not understood
}

@test "the number comes before the one that gives access to the seat" {
	local seat=/usr/lib/udev/rules.d/73-seat-late.rules
	[ -e "$seat" ] || seat=/lib/udev/rules.d/73-seat-late.rules
	[ -e "$seat" ] || lacking "there is no 73-seat-late.rules"
	grep -q uaccess "$seat"
	for rules in "$root"/udev/*.rules; do
		[[ $(basename "$rules") < $(basename "$seat") ]]
	done
}

# --- polkit -----------------------------------------------------------------

# decides ACTION GROUPS LOCAL ACTIVE: what the rule says.
decides() {
	cat - "$root/polkit/50-signet.rules" >"$D/rule.js" <<-'END'
		var rule;
		var polkit = {
			Result: { NOT_HANDLED: "-", YES: "yes", NO: "no" },
			addRule: function(f) { rule = f; },
		};
	END
	cat >>"$D/rule.js" <<-END
		print(rule({ id: "org.debian.pcsc-lite.$1" }, {
			isInGroup: function(g) {
				return "$2".split(" ").indexOf(g) >= 0;
			},
			local: $3, active: $4 }));
	END
	duk "$D/rule.js"
}

@test "polkit: the group and the seat may use pcscd, nobody else by us" {
	needs duk
	for action in access_pcsc access_card; do
		[ "$(decides "$action" "users signet" false false)" = yes ]
		[ "$(decides "$action" users true true)" = yes ]
		[ "$(decides "$action" users false true)" = - ]
		[ "$(decides "$action" users true false)" = - ]
		[ "$(decides "$action" "" false false)" = - ]
	done
}

@test "polkit: other questions are not ours" {
	needs duk
	[ "$(decides access_pcsc_all signet true true)" = - ]
	[ "$(decides reboot signet true true)" = - ]
}
