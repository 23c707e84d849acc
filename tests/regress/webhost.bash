# SPDX-License-Identifier: Apache-2.0
#
# webhost: signet-webhost as a browser runs it, by tests/regress/tools/
# native-driver, which turns lines into messages and back.

driver=$tools/native-driver
ORIGIN=https://bank.example

# In teardown, before shared_teardown.
webhost_teardown() {
	hang_up
	[ -z "$BATS_ERROR_STATUS" ] || tail -n 5 "$D/heard" "$D/host.err" |
		cut -c1-500
}

# host NAME [ARG...]: starts it; its first message is in $MESSAGE.
host() {
	local name=$1
	shift
	rm -f "$D/in" "$D/out" "$D/heard"
	mkfifo "$D/in" "$D/out"
	"$driver" "$build/bin/$name" "$@" <"$D/in" >"$D/out" 2>"$D/host.err" \
		3>&- &
	HOST=$!
	PIDS+=("$HOST")
	exec 7>"$D/in" 8<"$D/out"
	hear
}

# The next message, in $MESSAGE; all of them are in $D/heard.
hear() {
	IFS= read -r -t 20 MESSAGE <&8 || {
		echo "no message"
		return 1
	}
	printf '%s\n' "$MESSAGE" >>"$D/heard"
}

tell() {
	printf '%s\n' "$1" >&7
}

hang_up() {
	exec 7>&- 8<&-
}

# The page has gone: what it has asked for is to be cancelled.
leave() {
	exec 7>&-
}

# host_ended STATUS: by itself, with nothing more to say.
host_ended() {
	local status=0
	not hear
	wait "$HOST" || status=$?
	hang_up
	[ "$status" -eq "$1" ] || {
		echo "status $status"
		cat "$D/heard" "$D/host.err"
		return 1
	}
}

# drive N NAME [LINE...]: sends all at once; N messages, or more, in $D/heard.
drive() {
	local count=$1 name=$2
	shift 2
	printf '%s\n' "$@" | timeout 40 "$driver" -w "$count" \
		"$build/bin/$name" >"$D/heard" 2>"$D/host.err"
}
