# SPDX-License-Identifier: Apache-2.0
#
# person: signetd with a token that is not unattended, and a pinentry double
# (tests/pinentry) in the place of its holder.

doubles=$BATS_TEST_DIRNAME/../pinentry

# person DOUBLE [MODULE]: configure, start, wait. POLICY and TOKENS: what
# follows policy: and tokens:.
person() {
	person_configure "$@"
	cat "$SIGNET_FIXTURES/pin" >"$D/pin"
	start
	wait_until 10 settled
}

person_configure() {
	double "$1"
	cat >"$D/signetd.yaml" <<-END
	version: 1
	state: $D/state
	modules:
	${2:-$(module_softhsm softhsm2)}
	prompt:
	  pinentry: $D/pinentry
	  timeout: ${TIMEOUT:-20}
	  language: C.UTF-8
	${TOKENS:+tokens:
	$TOKENS}
	${POLICY:+policy:
	$POLICY}
	END
}

# Somebody else sits there from the next dialog on.
double() {
	ln -sfn "$doubles/$1" "$D/pinentry"
}

# What is not as it should be shows in the dialogs, too.
person_teardown() {
	[ -z "$BATS_ERROR_STATUS" ] || [ ! -f "$D/transcript" ] ||
		tail -n 40 "$D/transcript"
}

# --- requests in the background --------------------------------------------

# CLIENT: the program that asks, a curl. AS_CLIENT: a command to run it by.
ask_as() {
	# shellcheck disable=SC2086
	exec $AS_CLIENT "${CLIENT:-curl}" -s --max-time 30 \
		--unix-socket "$D/s" -H 'Content-Type: application/json' \
		-w '%{stderr}%{http_code} %{content_type}\n' "$@"
}

# ask NAME [BODY [CURL-OPTION...]]: by its own process, whose pid is in $ASKED.
ask() {
	local name=$1
	printf '%s' "${2:-$(body "$KEY")}" >"$D/$name.body"
	shift "$(($# < 2 ? $# : 2))"
	ask_as --data-binary @- "$@" http://localhost/v1/signatures \
		<"$D/$name.body" >"$D/$name" 2>"$D/$name.status" 3>&- &
	ASKED=$!
	PIDS+=("$ASKED")
}

# answer NAME PID: waits for it and makes it the last one, for refused, says.
answer() {
	wait_until 25 gone "$2"
	cp "$D/$1" "$D/answer"
	cp "$D/$1.status" "$D/status"
}

# The same in the foreground.
asks() {
	ask now "$@"
	answer now "$ASKED"
}

released() {
	grep -q '^201 application/json' "$D/status" &&
		jq -e '.state == "released"' "$D/answer" >/dev/null && return
	cat "$D/status" "$D/answer"
	return 1
}

# --- dialogs ---------------------------------------------------------------

# told_line TEXT: a dialog showed it.
told_line() {
	told | grep -qF -- "$1" || { told; return 1; }
}

# What the dialogs showed, as one reads it.
told() {
	sed -n 's/^SETDESC //p' "$D/transcript" | percent_decoded
}

# Why it is asked again, as one reads it.
told_error() {
	sed -n 's/^SETERROR //p' "$D/transcript" | percent_decoded |
		grep -qF -- "$1"
}

percent_decoded() {
	sed 's/%0A/\n/g; s/%0D//g; s/%22/"/g; s/%25/%/g'
}

transcript() {
	[ ! -e "$D/transcript" ] || cat "$D/transcript"
}

# Dialogs that asked for consent or a PIN.
dialogs() {
	grep -csE '^(GETPIN|CONFIRM)' "$D/transcript" || [ -e "$D/transcript" ] ||
		echo 0
}

# PINs that were asked for.
pins() {
	transcript | grep -c '^GETPIN' || true
}

# open_dialog N: the Nth dialog is there.
open_dialog() {
	wait_until 10 has_dialogs "$1" || {
		echo "no dialog $1"
		return 1
	}
}

has_dialogs() {
	[ "$(dialogs)" -ge "$1" ]
}

# go [WORD]: what the double "waits" is to answer.
go() {
	printf '%s' "${1:-}" >"$D/go.new"
	mv "$D/go.new" "$D/go"
}

# --- processes -------------------------------------------------------------

# (pgrep would look at every process there is.)
prompts() {
	local pid name
	for pid in $(cat "/proc/$PID/task/"*/children 2>/dev/null); do
		read -r name 2>/dev/null <"/proc/$pid/comm" || continue
		[ "$name" != signet-prompt ] || echo "$pid"
	done
}

# No dialog and nobody who makes one is left of this test: no script of its
# folder runs.
nobody_asks() {
	[ -z "$(prompts)" ] &&
		! grep -qsa "^/bin/sh.$D/" /proc/[0-9]*/cmdline
}

wait_nobody_asks() {
	wait_until 5 nobody_asks || {
		pgrep -af "$D/"
		return 1
	}
}

# --- a card ----------------------------------------------------------------

# card TRIES [RULE...]: rules of the mock, on top of a PIN counter.
card() {
	local all=$1
	shift
	rules "* where token-label \"Signet Test\" pin-counter $all \"$D/tries\"" "$@"
}

tries() {
	cat "$D/tries"
}

# --- contents --------------------------------------------------------------

# text TEXT [FORMAT]: a request to sign this text.
text() {
	jq -cn --arg key "$KEY" --arg text "$1" --arg format "${2:-raw}" \
		'{key: $key, format: $format, content: {name: "a.txt",
		  media_type: "text/plain", data: ($text | @base64)}}'
}

# payment [JQ-FILTER]: a request to sign a payment; the filter changes .p
payment() {
	jq -cn --arg key "$KEY" '{payee: {name: "Müller GmbH",
		account: "DE02120300000000202051"},
		total: {value: "12.00", currency: "EUR"}, reference: "RE 1"} |
		'"${1:-.}"' | {key: $key, format: "cms", content: {payment: .,
		media_type: "application/vnd.signet.payment+json"}}'
}

# batch N [TEXT]: a request to sign N texts.
batch() {
	jq -cn --arg key "$KEY" --argjson n "$1" --arg text "${2:-number}" \
		'{key: $key, format: "raw", items: [range($n) | {content:
		  {name: "\(. + 1).txt", media_type: "text/plain",
		   data: ("\($text) \(. + 1)" | @base64)}}]}'
}
