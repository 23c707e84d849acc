# SPDX-License-Identifier: Apache-2.0
#
# page: callers that are pages. signetd runs from a folder of the test, in
# which a curl lies in the place of signet-webhost.

own_programs() {
	mkdir -p "$D/bin"
	cp "$build/bin/signetd" "$build/bin/signet-worker" \
		"$build/bin/signet-prompt" "$build/bin/signet-reader" "$D/bin/"
	cp "$(command -v curl)" "$D/bin/signet-webhost"
	# shellcheck disable=SC2034 # for helper
	signetd=$D/bin/signetd
}

page_curl() {
	"$D/bin/signet-webhost" -s --max-time 30 --unix-socket "$D/s" "$@"
}

# page_api ORIGIN METHOD PATH [CURL-OPTION...]: as api, for a page.
page_api() {
	local origin=$1 method=$2 path=$3
	shift 3
	page_curl -X "$method" -H "Signet-Origin${origin:+: }${origin:-;}" \
		-H 'Content-Type: application/json' \
		-w '%{stderr}%{http_code} %{content_type}\n' "$@" \
		"http://localhost$path" 2>"$D/status"
}

# forbids ORIGIN METHOD PATH...: the same bytes as for the first one.
forbids() {
	page_api "$@" -i | sed '/^Date:/d' >"$D/other"
	sed '/^Date:/d' "$D/first" | cmp - "$D/other" ||
		{ echo "$*"; cat "$D/other"; return 1; }
}

# --- over the loopback -------------------------------------------------------

# A port that nobody has. (Those above 32768 are taken by clients.)
free_port() {
	local port
	while :; do
		port=$((20000 + RANDOM % 12000))
		ss -Hltn "sport = :$port" | grep -q . || break
	done
	echo "$port"
}

# web ORIGIN METHOD PATH [CURL-OPTION...]: as a browser does it for a page.
web() {
	local origin=$1 method=$2 path=$3
	shift 3
	curl -s --max-time "${MAX_TIME:-30}" -X "$method" \
		-H "Origin${origin:+: }${origin:-;}" \
		-H "Content-Type: ${TYPE-application/json}" \
		-H 'Signet-Client: test' \
		-w '%{stderr}%{http_code} %{content_type}\n' "$@" \
		"http://${HOST-127.0.0.1}:$PORT$path" 2>"$D/status"
}

# raw TEXT: bytes to the port, what comes back to $D/raw.
raw() {
	printf '%b' "$1" | socat -b 65536 -t "${WAIT:-2}" - \
		"TCP4:127.0.0.1:$PORT" >"$D/raw" || true
}

# The one answer for strangers, byte for byte.
forbidden() {
	printf 'HTTP/1.1 403 Forbidden\r\nConnection: close\r\n%s\r\n\r\n' \
		'Content-Length: 0' | cmp - "${1:-$D/raw}"
}
