#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# daemon: configuration, signals, the socket, and what signetd is not.

load helper

setup() {
	signet_setup
}

teardown() {
	signet_teardown
}

# rejects TEXT SAYS: this configuration is refused for that reason.
rejects() {
	printf '%s\n' "$1" >"$D/bad.yaml"
	run "$signetd" --check-config --config "$D/bad.yaml"
	[ "$status" -eq 1 ]
	[[ $output == *"$2"* ]] || { echo "$output"; return 1; }
}

@test "mistakes in the configuration are told with their line" {
	rejects 'version: 1
modules:
  - name: a
    path: /x.so
    colour: red' 'Unexpected key: colour (line: 5)'
	rejects 'version: 1
modules: [
  - x' 'line: 2'
	rejects 'version: one' 'line: 1'
	rejects '' empty
	rejects 'modules: []' 'version'
}

@test "values that cannot be are refused" {
	rejects 'version: 2' 'reads version 1'
	rejects 'version: 1
spool: tmp' 'not an absolute path'
	rejects 'version: 1
socket_group: nobody-has-this-group' 'no group'
	rejects 'version: 1
modules:
  - {name: a, path: x.so}' 'not an absolute path'
	rejects 'version: 1
modules:
  - {name: a, path: /x.so}
  - {name: a, path: /y.so}' 'there twice'
	rejects 'version: 1
modules:
  - {name: a, path: /x.so, shards: 1000}' 'shards is 1000'
	rejects 'version: 1
modules:
  - {name: a, path: /x.so, deadline_ms: 1}' 'deadline_ms is 1'
	rejects 'version: 1
modules:
  - {name: a, path: /x.so, environment: [{name: LD_PRELOAD, value: /y}]}' \
		LD_PRELOAD
	rejects 'version: 1
tokens:
  - {uri: "http://x"}' 'not a PKCS#11 URI'
	rejects 'version: 1
tokens:
  - {uri: "pkcs11:token=x", pin_source: /x}' unattended
	rejects 'version: 1
tokens:
  - {uri: "pkcs11:token=x", keep_alive: 60}' unattended
	rejects 'version: 1
tokens:
  - {uri: "pkcs11:token=x", unattended: true, keep_alive: 86401}' \
		'keep_alive is 86401'
}

@test "mistakes in evidence are told, too" {
	rejects 'version: 1
evidence:
  checkpoint_records: 10
  colour: red' 'Unexpected key: colour (line: 4)'
	rejects 'version: 1
evidence:
  checkpoint_seconds: soon' 'line: 3'
	rejects 'version: 1
evidence: {tsa: {url: "http://tsa.example"}}' 'ca'
	rejects 'version: 1
evidence:
  tsa:
    url: http://tsa.example
    ca: /ca.pem
    nonce: 1' 'Unexpected key: nonce (line: 6)'
	rejects 'version: 1
evidence: {file: e.sqlite}' 'e.sqlite is not an absolute path'
	rejects 'version: 1
evidence: {key_file: evidence.key}' 'not an absolute path'
	rejects 'version: 1
evidence: {checkpoint_records: 1000001}' 'checkpoint_records is 1000001'
	rejects 'version: 1
evidence: {checkpoint_seconds: 86401}' 'checkpoint_seconds is 86401'
	rejects 'version: 1
evidence: {limit_mib: 16777217}' 'limit_mib is 16777217'
	rejects 'version: 1
evidence: {idempotency_hours: 8761}' 'idempotency_hours is 8761'
}

@test "the key of checkpoints has to be on an unattended token" {
	rejects 'version: 1
evidence: {key: evidence.key}' 'not a PKCS#11 URI'
	rejects 'version: 1
evidence: {key: "pkcs11:object=seal"}' 'has to be on an unattended token'
	rejects 'version: 1
tokens:
  - {uri: "pkcs11:token=a", unattended: true}
  - {uri: "pkcs11:token=b"}
evidence: {key: "pkcs11:token=b;object=seal"}' \
		'has to be on an unattended token'
	rejects 'version: 1
tokens:
  - {uri: "pkcs11:token=a", unattended: true}
evidence: {key: "pkcs11:token=a;object=seal", key_file: /k}' 'one of them'
}

@test "a time-stamping authority has to be one" {
	rejects 'version: 1
evidence: {tsa: {url: "ftp://tsa.example", ca: /ca.pem}}' \
		'no http:// or https:// URL'
	rejects 'version: 1
evidence: {tsa: {url: "file:///etc/passwd", ca: /ca.pem}}' 'no http://'
	rejects 'version: 1
evidence: {tsa: {url: "http:///x", ca: /ca.pem}}' 'no http://'
	rejects 'version: 1
evidence: {tsa: {url: "http://a b", ca: /ca.pem}}' 'no http://'
	rejects 'version: 1
evidence: {tsa: {url: "http://tsa.example", ca: ca.pem}}' 'not an absolute'
	rejects 'version: 1
evidence: {tsa: {url: "http://tsa.example", ca: /ca.pem, policy: mine}}' \
		'no OID'
	rejects 'version: 1
evidence: {tsa: {url: "http://tsa.example", ca: /ca.pem, timeout: 61}}' \
		'timeout is 61'
}

@test "a good configuration is ok" {
	configure "$(module_softhsm softhsm2)"
	cat >>"$D/signetd.yaml" <<-END
	evidence:
	  file: $D/e.sqlite
	  key: "pkcs11:token=Signet%20Test;object=p256"
	  checkpoint_records: 1000000
	  checkpoint_seconds: 86400
	  limit_mib: 1
	  idempotency_hours: 8760
	  tsa:
	    url: https://tsa.example:8080/stamp?who=me
	    ca: $build/fixtures/ca/root.pem
	    policy: 1.2.3.4
	    timeout: 60
	END
	run "$signetd" --check-config --config "$D/signetd.yaml"
	[ "$status" -eq 0 ]
}

@test "a module that others can change is told by --check-config" {
	cp "$build/mock/not-pkcs11.so" "$D/loose.so"
	chmod 666 "$D/loose.so"
	rejects "version: 1
modules:
  - {name: a, path: $D/loose.so}" 'chmod go-w'
}

@test "usage mistakes end with status 2" {
	run "$signetd" --colour
	[ "$status" -eq 2 ]
	run "$signetd" file
	[ "$status" -eq 2 ]
	run "$signetd" --ready-fd 77
	[ "$status" -eq 2 ]
	run "$signetd" --help
	[ "$status" -eq 0 ]
	run "$build/bin/signet-worker"
	[ "$status" -eq 2 ]
}

@test "a reload with a mistake keeps what was" {
	configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 settled
	before=$(workers)
	echo 'version: [' >"$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 logged 'not reloaded'
	signs "$KEY"
	[ "$(workers)" = "$before" ]
}

@test "a reload leaves well alone and adds what is new" {
	configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 settled
	before=$(workers)
	configure "$(module_softhsm softhsm2; module_mock)"
	kill -HUP "$PID"
	wait_until 10 has_module mock
	[[ "$(workers)" == *"$before"* ]]
	configure "$(module_mock)"
	kill -HUP "$PID"
	wait_until 10 lacks_module softhsm2
	wait_until 5 gone "$before"
	wait_until 10 signs "$KEY"
}

has_module() {
	api GET /v1/status | jq -e --arg m "$1" \
		'.modules[] | select(.name == $m) | .state == "ready"'
}

lacks_module() {
	api GET /v1/status | jq -e --arg m "$1" \
		'[.modules[].name] | index($m) == null'
}

@test "a reload lets a signature under way finish" {
	export DEADLINE=5000
	configure "$(module_mock)"
	start
	wait_until 10 settled
	rules 'C_Sign delay 600'
	sign "$KEY" >"$D/slow" 3>&- &
	slow=$!
	wait_until 5 grep -q 'C_Sign !delay' "$D/mock.log"
	configure "$(module_softhsm softhsm2)"
	kill -HUP "$PID"
	wait "$slow"
	jq -e '.state == "released"' "$D/slow"
}

@test "SIGTERM finishes what is under way" {
	export DEADLINE=5000
	configure "$(module_mock)"
	start
	wait_until 10 settled
	rules 'C_Sign delay 600'
	sign "$KEY" >"$D/slow" 3>&- &
	slow=$!
	wait_until 5 grep -q 'C_Sign !delay' "$D/mock.log"
	kill -TERM "$PID"
	wait "$slow"
	jq -e '.state == "released"' "$D/slow"
	status=0
	wait "$PID" || status=$?
	[ "$status" -eq 0 ]
	[ ! -e "$D/s" ]
}

# SoftHSM writes its token at C_Login: killed there, the token is lost.
@test "SIGTERM lets a login under way finish" {
	configure "$(module_mock)"
	rules 'C_Login delay 500'
	start
	wait_until 5 grep -q 'C_Login !delay' "$D/mock.log"
	stop
	[ "$(calls C_Login)" -eq 1 ]
}

@test "after SIGTERM nothing new is begun, on no connection" {
	export DEADLINE=5000
	configure "$(module_mock)"
	start
	wait_until 10 settled
	mkfifo "$D/in"
	socat - "UNIX-CONNECT:$D/s" <"$D/in" >"$D/raw" 3>&- &
	PIDS+=("$!")
	exec 7>"$D/in"
	printf 'GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n' >&7
	wait_until 5 grep -q '^HTTP/1.1 200' "$D/raw"
	rules 'C_Sign delay 1000'
	sign "$KEY" >"$D/slow" 3>&- &
	slow=$!
	wait_until 5 grep -q 'C_Sign !delay' "$D/mock.log"
	kill -TERM "$PID"
	wait_until 5 not answers
	printf 'POST /v1/signatures HTTP/1.1\r\nHost: x\r\n'\
'Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
		"$(body "$KEY" | wc -c)" "$(body "$KEY")" >&7
	wait_until 5 grep -q 'HTTP/1.1 503' "$D/raw"
	grep -q urn:signet:problem:shutting-down "$D/raw"
	wait "$slow"
	jq -e '.state == "released"' "$D/slow"
	exec 7>&-
	[ "$(calls C_Sign)" -eq 1 ]
}

@test "a second signetd on the same socket is refused" {
	configure "$(module_softhsm softhsm2)"
	start
	run timeout 5 "$signetd" --config "$D/signetd.yaml" --socket "$D/s" 3>&-
	[ "$status" -eq 1 ]
	[[ $output == *"another signetd"* ]]
	wait_until 10 signs "$KEY"
}

@test "a socket that a dead signetd left is replaced" {
	configure "$(module_softhsm softhsm2)"
	start
	kill -KILL "$PID"
	wait_until 5 gone "$PID"
	[ -S "$D/s" ]
	start
	wait_until 10 signs "$KEY"
}

@test "workers end with a signetd that is killed" {
	configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 settled
	worker=$(workers)
	kill -KILL "$PID"
	wait_until 5 gone "$worker"
}

@test "so does a worker that hangs" {
	configure "$(module_mock)"
	start
	wait_until 10 settled
	worker=$(workers)
	rules 'C_Sign deaf-hang'
	sign "$KEY" >"$D/answer" 3>&- &
	wait_until 5 grep -q 'C_Sign !deaf-hang' "$D/mock.log"
	kill -KILL "$PID"
	wait_until 1 gone "$worker"
}

@test "the socket is for its user only" {
	configure "$(module_softhsm softhsm2)"
	start
	[ "$(stat -c %a "$D/s")" = 600 ]
}

@test "another user is refused even where the mode was opened" {
	[ "$(id -u)" -eq 0 ] || { other_user_needs_root; return; }
	configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 settled
	chmod 666 "$D/s"
	chmod 711 "$D"
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		curl -s --unix-socket "$D/s" http://localhost/v1/status \
		>"$D/answer"
	jq -e '.code == "caller-unknown" and .status == 401' "$D/answer"
	logged 'refused uid 65534'
	not grep -q softhsm "$D/answer"
}

# Without root nobody else's uid is at hand: the rule itself is tested in
# tests/unit/api/test_peer.
other_user_needs_root() {
	[ "$(id -u)" -ne 0 ]
}

@test "signetd maps no module" {
	configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 settled
	signs "$KEY"
	if [ "$(id -u)" -eq 0 ]; then
		not grep -qE 'softhsm|pkcs11' "/proc/$PID/maps"
		grep -q softhsm "/proc/$(workers)/maps"
	else
		not cat "/proc/$PID/maps" "/proc/$(workers)/maps"
	fi
	[ "$(awk '/^Max core/{print $5}' "/proc/$(workers)/limits")" = 0 ]
	grep -q '^NoNewPrivs:.1' "/proc/$PID/status"
}

# All files of a process that may not be dumped are root's: seen best where the
# process is not.
@test "neither signetd nor its worker can be dumped" {
	mkdir "$D/bin"
	cp "$signetd" "$build/bin/signet-worker" "$D/bin/"
	signetd=$D/bin/signetd
	configure "$(module_softhsm softhsm2)"
	sed -i '/^tokens:/,$d' "$D/signetd.yaml"
	if [ "$(id -u)" -eq 0 ]; then
		chown -R 65534:65534 "$D"
		# shellcheck disable=SC2034 # start runs it
		AS="setpriv --reuid=65534 --regid=65534 --clear-groups"
	fi
	start
	wait_until 10 settled
	wait_until 5 test -n "$(workers)"
	for pid in "$PID" "$(workers)"; do
		[ "$(awk '/^Uid/{print $2}' "/proc/$pid/status")" -ne 0 ]
		[ "$(stat -c %u "/proc/$pid/environ")" -eq 0 ]
	done
}

@test "signetd and its workers do not push aside who works" {
	configure "$(module_softhsm softhsm2)"
	start
	wait_until 10 settled
	for pid in "$PID" $(workers); do
		[ "$(ps -o cls= -p "$pid" | tr -d ' ')" = B ]
	done
	stop
	# What was chosen for it stays.
	# shellcheck disable=SC2034 # start runs it
	AS="chrt --idle 0"
	start
	[ "$(ps -o cls= -p "$PID" | tr -d ' ')" = IDL ]
}

@test "signetd writes READY when it serves" {
	configure "$(module_softhsm softhsm2)"
	mkfifo "$D/ready"
	"$signetd" --config "$D/signetd.yaml" --socket "$D/s" --ready-fd 8 \
		8>"$D/ready" >"$D/log" 2>&1 3>&- &
	PID=$!
	PIDS+=("$PID")
	read -r line <"$D/ready"
	[ "$line" = READY ]
	answers
}
