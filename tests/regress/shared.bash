# SPDX-License-Identifier: Apache-2.0
#
# shared: one signetd, with a person's token, for all tests of a file; and for a
# test that wants it, one of its own. After helper and person.

# In setup_file, POLICY being set.
shared_setup_file() {
	signet_setup
	person approves
	export D PID POLICY SIGNET_SOCKET=$D/s
}

shared_teardown_file() {
	PIDS=("$PID")
	signet_teardown
}

# In setup.
shared_setup() {
	# shellcheck source=/dev/null
	. "$build/fixtures/env"
	PIDS=()
	untraced
	OWN=
	KEY="pkcs11:serial=$SIGNET_SERIAL_TEST;object=p256"
	double approves
	rm -f "$D/transcript" "$D/go"
}

# own DOUBLE [MODULE]: as person, with POLICY and TOKENS of this test.
own() {
	own_place
	person "$@"
}

# A folder of its own, without a signetd.
own_place() {
	OWN=yes
	signet_setup
	export SIGNET_SOCKET=$D/s
}

# In teardown: nothing is left of this test but what all share.
shared_teardown() {
	local pid
	person_teardown
	if [ -n "$OWN" ]; then
		signet_teardown
		return
	fi
	for pid in "${PIDS[@]}"; do
		kill -TERM "$pid" 2>/dev/null || continue
	done
	wait_nobody_asks
}
