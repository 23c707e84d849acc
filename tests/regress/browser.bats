#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# signet browser install, remove, list: manifests by which browsers find
# signet-webhost, in a home and a root of their own.

bats_require_minimum_version 1.5.0

load helper

signet=$build/bin/signet
extension=$BATS_TEST_DIRNAME/../../web/extension/manifest.json

setup() {
	D=$(mktemp -dt signet.XXXXXX)
	export HOME=$D/home LC_ALL=C
	unset XDG_CONFIG_HOME
	FIREFOX=$HOME/.mozilla/native-messaging-hosts
	CHROMIUM=$HOME/.config/chromium/NativeMessagingHosts
	mkdir -p "$HOME/.mozilla" "$HOME/.config/chromium"
}

teardown() {
	rm -rf "$D"
}

# browser STATUS ARG...: its report is in $output, what it says in $D/err.
browser() {
	local want=$1 status=0
	shift
	output=$("$signet" browser "$@" 2>"$D/err") || status=$?
	[ "$status" -eq "$want" ] || {
		echo "status $status instead of $want: $*"
		cat "$D/err"
		return 1
	}
}

# results: of the report in JSON, a line each.
results() {
	jq -r '.[] | "\(.browser) \(.host) \(.scope) \(.result)"' <<<"$output"
}

# foreign FILE: a manifest of another program.
foreign() {
	mkdir -p "$(dirname "$1")"
	echo '{"name": "eu.webeid", "path": "/usr/bin/web-eid"}' >"$1"
	cp "$1" "$D/foreign"
}

# id_of KEY: the id that Chromium gives an extension with this key.
id_of() {
	base64 -d <<<"$1" | openssl dgst -sha256 -r | cut -c1-32 |
		tr 0-9a-f a-p
}

@test "installs for the browsers that this user has started" {
	browser 0 install --json
	[ "$(results)" = "firefox signet user installed
chromium signet user installed" ]
	[ "$(find "$HOME" -type f | sort)" = "$CHROMIUM/signet.json
$FIREFOX/signet.json" ]
	[ "$(stat -c %a "$CHROMIUM/signet.json")" = 644 ]
}

@test "a manifest names our program and our extension" {
	browser 0 install
	jq -e --arg path "$(readlink -f "$build")/bin/signet-webhost-api" \
		--arg id "$(jq -r .browser_specific_settings.gecko.id \
			"$extension")" '.name == "signet" and
		.type == "stdio" and .path == $path and
		.allowed_extensions == [$id]' "$FIREFOX/signet.json"
	jq -e --arg id "$(id_of "$(jq -r .key "$extension")")" \
		'.allowed_origins == ["chrome-extension://\($id)/"]' \
		"$CHROMIUM/signet.json"
}

@test "the place of Web eID is taken when that is asked for" {
	browser 0 install --web-eid --json
	[ "$(results | grep -c eu.webeid)" -eq 2 ]
	jq -e '.name == "eu.webeid" and (.path | endswith("/signet-webhost"))
		and .allowed_extensions ==
		["{e68418bc-f2b0-4459-a9ea-3e72b6751b07}"]' \
		"$FIREFOX/eu.webeid.json"
	jq -e '.allowed_origins | map(ltrimstr("chrome-extension://")) ==
		["ncibgoaomkmdpilpocfeponihegamlic/",
		 "gnmckgbandlkacikdndelhfghdejfido/"]' \
		"$CHROMIUM/eu.webeid.json"
}

@test "what a manifest names is started as the browser would" {
	local file
	browser 0 install --web-eid
	for file in "$CHROMIUM/signet.json" "$CHROMIUM/eu.webeid.json"; do
		"$tools/native-driver" "$(jq -r .path "$file")" \
			"$(jq -r '.allowed_origins[0]' "$file")" \
			</dev/null >>"$D/said"
	done
	for file in "$FIREFOX/signet.json" "$FIREFOX/eu.webeid.json"; do
		"$tools/native-driver" "$(jq -r .path "$file")" "$file" \
			"$(jq -r '.allowed_extensions[0]' "$file")" \
			</dev/null >>"$D/said"
	done
	[ "$(grep -c '^{"host":"signet"' "$D/said")" -eq 2 ]
	[ "$(grep -c '^{"version":"2' "$D/said")" -eq 2 ]
}

@test "installed again it is unchanged, and another text of ours replaced" {
	browser 0 install
	browser 0 install --json
	[ "$(results | grep -c unchanged)" -eq 2 ]
	echo '{"path": "/old/place/signet-webhost-api"}' \
		>"$FIREFOX/signet.json"
	browser 0 list --user --json
	results | grep -qx "firefox signet user outdated"
	browser 0 install --json
	results | grep -qx "firefox signet user replaced"
	jq -e '.name == "signet"' "$FIREFOX/signet.json"
	[ "$(find "$HOME" -name '.*signet*')" = "" ]
}

@test "a manifest of another program is kept, unless --force" {
	foreign "$FIREFOX/eu.webeid.json"
	browser 1 install --web-eid --json
	results | grep -qx "firefox eu.webeid user foreign"
	results | grep -qx "chromium eu.webeid user installed"
	grep -q "is of another program: /usr/bin/web-eid" "$D/err"
	cmp "$D/foreign" "$FIREFOX/eu.webeid.json"
	browser 0 install --web-eid --force --json
	results | grep -qx "firefox eu.webeid user replaced"
	jq -e '.path | endswith("/signet-webhost")' "$FIREFOX/eu.webeid.json"
}

@test "what nobody can read is of another program" {
	local text
	mkdir -p "$FIREFOX"
	for text in "" "{" "[]" '{"path": 1}' '{"path": "signet-webhost-x"}'; do
		printf %s "$text" >"$FIREFOX/signet.json"
		browser 1 install firefox
		[ "$(cat "$FIREFOX/signet.json")" = "$text" ]
		browser 0 remove firefox
		[ "$(cat "$FIREFOX/signet.json")" = "$text" ]
	done
	ln -sfn "$D/nowhere" "$FIREFOX/signet.json"
	browser 1 install firefox
	[ -L "$FIREFOX/signet.json" ]
	[ ! -e "$D/nowhere" ]
}

@test "remove takes ours away, and nobody else's" {
	browser 0 install --web-eid
	foreign "$FIREFOX/eu.webeid.json"
	browser 0 remove --json
	[ "$(results | grep -c removed)" -eq 3 ]
	results | grep -qx "firefox eu.webeid user foreign"
	cmp "$D/foreign" "$FIREFOX/eu.webeid.json"
	[ "$(find "$HOME" -type f)" = "$FIREFOX/eu.webeid.json" ]
	browser 0 remove --force
	cmp "$D/foreign" "$FIREFOX/eu.webeid.json"
}

@test "remove --web-eid leaves the other" {
	browser 0 install --web-eid
	browser 0 remove --web-eid
	[ -e "$FIREFOX/signet.json" ]
	[ ! -e "$FIREFOX/eu.webeid.json" ]
}

@test "--system is for all users and all browsers; --root is in front" {
	local root=$D/root
	mkdir -p "$root/usr/bin" "$root/usr/lib/signet"
	cp "$signet" "$root/usr/bin/"
	cp "$build/bin/signet-webhost" "$root/usr/lib/signet/"
	ln -s signet-webhost "$root/usr/lib/signet/signet-webhost-api"
	umask 077
	"$root/usr/bin/signet" browser install --system --web-eid \
		--root "$root"
	[ "$(cd "$root" && find etc usr/lib/mozilla -type f | sort)" = \
"etc/chromium/native-messaging-hosts/eu.webeid.json
etc/chromium/native-messaging-hosts/signet.json
etc/opt/chrome/native-messaging-hosts/eu.webeid.json
etc/opt/chrome/native-messaging-hosts/signet.json
etc/opt/edge/native-messaging-hosts/eu.webeid.json
etc/opt/edge/native-messaging-hosts/signet.json
usr/lib/mozilla/native-messaging-hosts/eu.webeid.json
usr/lib/mozilla/native-messaging-hosts/signet.json" ]
	find "$root/etc" "$root/usr/lib/mozilla" -name '*.json' \
		-exec jq -r .path {} + | sort | uniq -c >"$D/paths"
	grep -q '4 /usr/lib/signet/signet-webhost$' "$D/paths"
	grep -q '4 /usr/lib/signet/signet-webhost-api$' "$D/paths"
	[ "$(find "$root/etc" -name '*.json' ! -perm 644)" = "" ]
	[ "$(find "$HOME" -type f)" = "" ]
}

@test "browsers that are named, started or not, and no others" {
	browser 0 install --json brave vivaldi edge chrome
	[ "$(results | wc -l)" -eq 4 ]
	[ -e "$HOME/.config/BraveSoftware/Brave-Browser/NativeMessagingHosts/signet.json" ]
	[ -e "$HOME/.config/vivaldi/NativeMessagingHosts/signet.json" ]
	[ -e "$HOME/.config/microsoft-edge/NativeMessagingHosts/signet.json" ]
	[ -e "$HOME/.config/google-chrome/NativeMessagingHosts/signet.json" ]
	[ ! -e "$FIREFOX" ]
	browser 2 install netscape
	grep -q "no browser netscape" "$D/err"
	browser 2 install --root relative
	browser 2
}

@test "the folder of XDG is that of Chromium and not that of Firefox" {
	mkdir -p "$D/xdg/chromium"
	export XDG_CONFIG_HOME=$D/xdg
	browser 0 install
	[ -e "$D/xdg/chromium/NativeMessagingHosts/signet.json" ]
	[ -e "$FIREFOX/signet.json" ]
	[ ! -e "$CHROMIUM" ]
}

@test "what cannot be written is told, and the others are installed" {
	: >"$CHROMIUM"
	browser 5 install --json
	results | grep -qx "firefox signet user installed"
	results | grep -qx "chromium signet user failed"
	jq -e '.[] | select(.result == "failed") | .detail' <<<"$output"
}

@test "without a browser there is nothing to do, and it says so" {
	rm -rf "$HOME"
	mkdir "$HOME"
	browser 0 install
	[ "$output" = "" ]
	grep -q "no browser was started" "$D/err"
	browser 0 list --user --json
	[ "$output" = "[]" ]
}

@test "without signet-webhost nothing is installed" {
	cp "$signet" "$D/"
	run -4 "$D/signet" browser install
	grep -q "signet-webhost-api is not installed" <<<"$output"
	[ ! -e "$FIREFOX" ]
}

# doctor TEXT RESULT [MEND]: says so of a browser.
doctor() {
	"$signet" doctor --json >"$D/doctor" || true
	jq -e --arg text "$1" --arg result "$2" --arg mend "${3:-}" '.[] |
		select(.check == "browser" and .result == $result and
		(.text | contains($text)) and (.mend // "") == $mend)' \
		"$D/doctor" >/dev/null || {
		jq -c '.[] | select(.check == "browser")' "$D/doctor"
		return 1
	}
}

@test "doctor tells what browsers find" {
	doctor "Firefox does not know Signet" ok
	browser 0 install --web-eid
	doctor "Firefox finds Signet: $FIREFOX/signet.json" ok
	doctor "Chromium has Signet in the place of the Web eID application" ok
	not grep -q Vivaldi "$D/doctor"
	foreign "$FIREFOX/eu.webeid.json"
	doctor "Firefox has another program for Web eID: /usr/bin/web-eid" ok
}

@test "doctor tells what is wrong with a manifest, and mends it" {
	browser 0 install
	sed -i 's/stdio/other/' "$FIREFOX/signet.json"
	doctor "not as this version would write it" warning \
		"signet browser install"
	echo '{"path": "/gone/signet-webhost-api"}' >"$FIREFOX/signet.json"
	doctor "names /gone/signet-webhost-api, which is not there" error \
		"signet browser install"
	foreign "$FIREFOX/signet.json"
	doctor "takes another program for Signet: /usr/bin/web-eid" warning \
		"signet browser install --force"
}

# --- policy -------------------------------------------------------------------

@test "policy: standard output has the file for Chrome, and nothing else" {
	browser 0 policy https://bank.example https://shop.example:8443
	jq -e '. == {LocalNetworkAccessAllowedForUrls: ["https://bank.example",
		"https://shop.example:8443"]}' <<<"$output"
	grep -q /etc/opt/chrome/policies/managed/ "$D/err"
	grep -q /etc/chromium/policies/managed/ "$D/err"
	cp <(echo "$output") "$D/default"
	browser 0 policy --chrome https://bank.example https://shop.example:8443
	cmp "$D/default" <(echo "$output")
}

@test "policy: for Firefox pages are hosts" {
	browser 0 policy --firefox https://bank.example https://shop.example:8443
	jq -e '. == {policies: {LocalNetworkAccess: {SkipDomains:
		["bank.example", "shop.example"]}}}' <<<"$output"
	grep -q /etc/firefox/policies/policies.json "$D/err"
	# These would let every page reach them.
	for page in http://localhost:8000 https://127.0.0.1 'https://[::1]:8443' \
		https://localhost https://10.0.0.1; do
		browser 2 policy --firefox https://bank.example "$page"
		[ -z "$output" ]
	done
	browser 0 policy http://localhost:8000
}

@test "policy: what is no origin is refused" {
	for page in '*' 'https://*.example' bank.example https://bank.example/ \
		http://bank.example https://BANK.example null \
		'https://bank.example","*' '[*.]bank.example'; do
		browser 2 policy https://bank.example "$page"
		[ -z "$output" ]
	done
	browser 2 policy
	browser 2 policy --chrome --firefox https://bank.example
}
