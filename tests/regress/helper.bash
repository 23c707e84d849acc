# SPDX-License-Identifier: Apache-2.0
#
# helper: a private signetd for one test. Everything it makes lies in $D and is
# gone after teardown; processes are ended by pid. The tokens are a copy of the
# fixtures'.

build=${SIGNET_BUILD:-$BATS_TEST_DIRNAME/../../build}
signetd=$build/bin/signetd
# shellcheck disable=SC2034 # for the tests
tools=$build/tools

# gojq starts in an eighth of the time, and does not take it for true that there
# was nothing to look at (jq 1.6 does, with -e). It sorts always, and lacks -S.
! command -v gojq >/dev/null || jq() {
	local sorts=' -[a-zA-Z]*S'
	if [[ " $*" =~ $sorts ]]; then
		command jq "$@"
	else
		gojq "$@"
	fi
}

# For setup. bats notes each command for its traces, in a fifth of a millisecond:
# from now on those of the test, and not of what it calls.
untraced() {
	set +T
}

# shellcheck source=/dev/null
signet_setup() {
	. "$build/fixtures/env"
	D=$(mktemp -dt signet.XXXXXX)
	PIDS=()
	untraced
	# Its own copy of the tokens: SoftHSM misses a token at C_Initialize
	# while another process logs in to it.
	cp -R "$SIGNET_FIXTURES/tokens" "$D/tokens"
	sed "s|^directories.tokendir.*|directories.tokendir = $D/tokens|" \
		"$SOFTHSM2_CONF" >"$D/softhsm2.conf"
	export SOFTHSM2_CONF=$D/softhsm2.conf
	: >"$D/rules"
	# A journal has one writer.
	export XDG_STATE_HOME=$D/state-home
	KEY="pkcs11:serial=$SIGNET_SERIAL_TEST;object=p256"
}

signet_teardown() {
	local pid
	for pid in "${PIDS[@]}"; do
		kill -TERM "$pid" 2>/dev/null || continue
	done
	for pid in "${PIDS[@]}"; do
		wait_until 12 gone "$pid" || kill -KILL "$pid"
	done
	[ -z "$BATS_ERROR_STATUS" ] || [ ! -f "$D/log" ] || tail -n 40 "$D/log"
	rm -rf "$D"
}

# wait_until SECONDS COMMAND...: true as soon as the command is.
wait_until() {
	local end=$((SECONDS + $1 + 1)) pause=0.02 tries=0
	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		# What is not there soon is not looked for that often.
		[ $((++tries)) -le 15 ] || pause=0.07
		nap "$pause"
	done
}

# nap SECONDS: as sleep, for a third of what that program costs. Nothing comes
# out of a pipe that nobody writes to, and that does not end.
nap() {
	read -rt "$1" <> <(:) || true
}

# In bats a failing "! command" is not noticed: this is.
not() {
	! "$@"
}

# A zombie has gone: who is process 1 in a container may not care for orphans.
gone() {
	! kill -0 "$1" 2>/dev/null || grep -qs '^State:.Z' "/proc/$1/status"
}

# halt PID: until it gets SIGCONT. One thread takes the signal when its turn comes,
# and the others go on until then.
halt() {
	kill -STOP "$1"
	wait_until 5 halted "$1"
}

halted() {
	not grep -qsE '^State:.[^tTZ]' /proc/"$1"/task/*/status
}

# --- configuration ---------------------------------------------------------

# The plain module on the fixtures: a name, then further lines for it.
module_softhsm() {
	cat <<-END
	  - name: $1
	    path: $SIGNET_SOFTHSM2_MODULE
	    environment:
	      - {name: SOFTHSM2_CONF, value: $SOFTHSM2_CONF}
	END
}

# The module that misbehaves by $D/rules and logs to $D/mock.log.
module_mock() {
	cat <<-END
	  - name: mock
	    path: $build/mock/signet-mock.so
	    deadline_ms: ${DEADLINE:-1000}
	    shards: ${SHARDS:-1}
	    environment:
	      - {name: SOFTHSM2_CONF, value: $SOFTHSM2_CONF}
	      - {name: SIGNET_MOCK_MODULE, value: $SIGNET_SOFTHSM2_MODULE}
	      - {name: SIGNET_MOCK_RULES, value: $D/rules}
	      - {name: SIGNET_MOCK_LOG, value: $D/mock.log}
	END
}

# For setup_file: a token of its own for a healthy neighbour, whose key is
# $OTHER and whose module is in $OTHER_DIR/yaml.
signet_setup_file() {
	# shellcheck source=/dev/null
	. "$build/fixtures/env"
	OTHER_DIR=$(mktemp -dt signet.XXXXXX)
	OTHER="pkcs11:token=Other"
	export OTHER_DIR OTHER
	mkdir "$OTHER_DIR/tokens"
	printf 'directories.tokendir = %s\nobjectstore.backend = file\n' \
		"$OTHER_DIR/tokens" >"$OTHER_DIR/conf"
	SOFTHSM2_CONF=$OTHER_DIR/conf softhsm2-util --init-token --free \
		--label Other --so-pin 1234 --pin 1234 >/dev/null
	SOFTHSM2_CONF=$OTHER_DIR/conf pkcs11-tool --login --pin 1234 \
		--module "$SIGNET_SOFTHSM2_MODULE" --keypairgen \
		--key-type EC:prime256v1 --id 01 --label other \
		>/dev/null 2>&1
	(umask 077 && printf 1234 >"$OTHER_DIR/pin")
	cat >"$OTHER_DIR/yaml" <<-END
	  - name: other
	    path: $SIGNET_SOFTHSM2_MODULE
	    environment:
	      - {name: SOFTHSM2_CONF, value: $OTHER_DIR/conf}
	END
}

# configure MODULES: the configuration with these modules.
configure() {
	{
		printf 'version: 1\nmodules:\n%s\n' "$1"
		cat <<-END
		tokens:
		  - uri: pkcs11:token=Signet%20Test
		    unattended: true
		    pin_source: ${PIN_SOURCE:-$SIGNET_FIXTURES/pin}
		END
		[ -z "$OTHER_DIR" ] || cat <<-END
		  - uri: pkcs11:token=Other
		    unattended: true
		    pin_source: $OTHER_DIR/pin
		END
	} >"$D/signetd.yaml"
}

rules() {
	printf '%s\n' "$@" >"$D/rules.new"
	mv "$D/rules.new" "$D/rules"
}

# --- the daemon ----------------------------------------------------------------

# AS: a command that runs signetd as somebody else.
start() {
	# shellcheck disable=SC2086
	$AS "$signetd" --config "$D/signetd.yaml" --socket "$D/s" "$@" \
		>>"$D/log" 2>&1 3>&- &
	PID=$!
	PIDS+=("$PID")
	wait_until 10 answers
}

answers() {
	[ -S "$D/s" ] &&
		curl -s -o /dev/null --unix-socket "$D/s" http://localhost/v1/status
}

stop() {
	kill -TERM "$PID"
	wait_until 12 gone "$PID"
}

# Signatures that left, as the journal has them.
released_records() {
	sqlite3 "$D/state-home/signet/evidence.sqlite" "SELECT count(*) FROM
		records WHERE json_extract(record, '\$.event.outcome') =
		'released'"
}

# All modules came up, or failed to. Lists wait for that, for two seconds: what
# is known then needs no asking again and again.
settled() {
	[ "$(api GET /v1/status -o "$D/settled" http://localhost/v1/tokens |
		jq -r .state)" = ready ]
}

# --- requests ----------------------------------------------------------------------

# api METHOD PATH [CURL-OPTION...]: the body on stdout, status in $D/status.
api() {
	local method=$1 path=$2
	shift 2
	curl -s --max-time 30 --unix-socket "$D/s" -X "$method" \
		-H "Content-Type: ${TYPE-application/json}" \
		-w '%{stderr}%{http_code} %{content_type}\n' "$@" \
		"http://localhost$path" 2>"$D/status"
}

# body KEY [FORMAT]: of a request over the text "hello".
body() {
	printf '{"key":"%s","format":"%s","content":{"media_type":"text/plain",'\
'"name":"hello.txt","data":"aGVsbG8="}}' "$1" "${2:-raw}"
}

sign() {
	api POST /v1/signatures -d "$(body "$@")"
}

# fill KEY: sign ever smaller texts until the evidence has no room for any.
fill() {
	local size
	for size in 60000 8000 1000 10; do
		printf '{"key":"%s","format":"raw","content":{"media_type":'\
'"text/plain","data":"%s"}}' "$1" "$(head -c "$size" /dev/zero | tr '\0' x |
			base64 -w 0)" >"$D/fill"
		while api POST /v1/signatures -d "@$D/fill" >"$D/answer" &&
			grep -q ^201 "$D/status"; do
			:
		done
		refused 503 not-durable
	done
}

# signs KEY: a signature was released.
signs() {
	sign "$@" >"$D/answer"
	grep -q '^201 application/json' "$D/status" ||
		{ cat "$D/status" "$D/answer"; return 1; }
	jq -e '.state == "released"' "$D/answer" >/dev/null
}

# send N: a signature in the background, by $SENT; its answer comes to
# $D/answer.N.
send() {
	body "$KEY" | curl -s --max-time 20 --unix-socket "$D/s" \
		-H 'Content-Type: application/json' --data-binary @- \
		-o "$D/answer.$1" http://localhost/v1/signatures 3>&- &
	SENT=$!
	PIDS+=("$SENT")
}

# send_all N: so many at once, until all are answered; how they ended, counted.
send_all() {
	local i pids=()
	for i in $(seq "$1"); do
		send "$i"
		pids+=("$SENT")
	done
	wait "${pids[@]}"
	jq -r '.code // .state' "$D"/answer.* | sort | uniq -c | tr -s ' \n' ' '
}

queue_has() {
	[ "$(api GET /v1/status | jq .queue)" -eq "$1" ]
}

# refused STATUS CODE: the last answer is this problem document.
refused() {
	grep -q "^$1 application/problem+json" "$D/status" &&
		jq -e --arg code "$2" --argjson status "$1" \
			'.code == $code and .status == $status and
			 .type == "urn:signet:problem:" + $code and
			 (.title | length) > 0 and (.detail | length) > 0' \
			"$D/answer" >/dev/null && return
	cat "$D/status" "$D/answer"
	return 1
}

# says TEXT: the detail of the last problem has it.
says() {
	jq -r .detail "$D/answer" | grep -qF -- "$1" ||
		{ cat "$D/answer"; return 1; }
}

logged() {
	grep -qE -- "$1" "$D/log"
}

# Connections that signetd has, and its listening socket: as the kernel tells
# everybody. (/proc/PID/fd of signetd is for root only: it cannot be dumped.)
connected() {
	grep -c " $D/s\$" /proc/net/unix || true
}

# Calls of a function that the mock module saw (not the effects on them).
calls() {
	grep -c " $1 CKR" "$D/mock.log" || true
}

workers() {
	api GET /v1/status | jq -r '.modules[].workers[].pid // empty'
}

# peak_begin, COMMAND..., peak_below KIB: its own memory while that ran.
peak_begin() {
	while grep RssAnon "/proc/$PID/status"; do
		sleep 0.02
	done >"$D/peak" 2>/dev/null 3>&- &
	PEAK=$!
	PIDS+=("$PEAK")
}

peak_below() {
	local most
	kill "$PEAK"
	[ "$(wc -l <"$D/peak")" -ge 3 ]
	most=$(awk '$2 > most {most = $2} END {print most}' "$D/peak")
	sanitized || [ "$most" -lt "$1" ] || { echo "peak: $most KiB"; return 1; }
}

# A build with sanitizers needs more memory than is measured here.
sanitized() {
	grep -q __asan_init "$signetd"
}

# --- events -----------------------------------------------------------------

# listen NAME [QUERY [CURL-OPTION...]]: to $D/NAME, until signetd ends it; from
# now on, as soon as this returns.
listen() {
	local name=$1 query=${2:-}
	shift "$(($# < 2 ? $# : 2))"
	# shellcheck disable=SC2086
	$AS_CLIENT curl -sN --unix-socket "$D/s" "$@" \
		"http://localhost/v1/events$query" >"$D/$name" 3>&- 7>&- &
	LISTENER=$!
	PIDS+=("$LISTENER")
	wait_until 10 heard "$name" live
}

# heard NAME TYPE [COUNT]: at least that many of it.
heard() {
	[ "$(grep -c "^event: $2\$" "$D/$1")" -ge "${3:-1}" ]
}

# types NAME: of all events, in their order, on one line.
types() {
	sed -n 's/^event: //p' "$D/$1" | tr '\n' ' '
}
