#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
#
# policy: rules as people write them: what is taken, what is refused with
# words, and what the examples of docs/policy.md say of a request.

load helper

signet=$build/bin/signet
root=$BATS_TEST_DIRNAME/../..

setup() {
	signet_setup
	unset XDG_CONFIG_HOME NO_COLOR
	export HOME=$D LC_ALL=C
	cd "$D" || return
}

teardown() {
	cd / || return
	signet_teardown
}

# example NAME: as $D/signetd.yaml, with files that are here.
example() {
	sed -E "s|path: /usr/lib/.*|path: $SIGNET_SOFTHSM2_MODULE|
		s|pin_source: .*|pin_source: $SIGNET_FIXTURES/pin|
		s|ca: /.*|ca: $SIGNET_FIXTURES/ca/root.pem|" \
		"$root/examples/policy/$1.yaml" >"$D/signetd.yaml"
	"$signet" policy check "$D/signetd.yaml" >"$D/rules.txt"
	grep -q ': ok$' "$D/rules.txt"
}

# says STATUS TEXT OPTION...: what `signet policy explain` says and ends with.
says() {
	local want=$1 text=$2 status=0
	shift 2
	"$signet" policy explain --config "$D/signetd.yaml" "$@" \
		>"$D/said" 2>&1 || status=$?
	[ "$status" -eq "$want" ] && grep -qF -- "$text" "$D/said" && return
	echo "status $status, not $want with \"$text\": $*"
	cat "$D/said"
	return 1
}

asks() {
	says 0 "rule \"$1\" asks: " "${@:2}"
}

# policy: the rules on standard input, with an unattended token "Free".
policy() {
	{
		printf 'version: 1\ntokens:\n'
		printf '  - {uri: "pkcs11:token=Free", unattended: true}\n'
		printf 'policy:\n'
		cat
	} >"$D/signetd.yaml"
}

# refuses TEXT: signetd and signet do not take this file, and say so.
refuses() {
	local status=0
	"$signet" policy check "$D/signetd.yaml" >"$D/said" 2>&1 || status=$?
	[ "$status" -eq 1 ] && grep -qF -- "$1" "$D/said" && return
	cat "$D/said"
	return 1
}

# --- the examples ---------------------------------------------------------

card() {
	says "$1" "$2" --user alice --issuer "CN=Example Bank CA,C=CN" "${@:3}"
}

@test "cardholder: the bank's page asks for what can be shown" {
	local pay=application/vnd.signet.payment+json
	example cardholder
	card 0 'rule "bank-payments" asks' --origin https://bank.example \
		--format cms --content "$pay"
	card 1 'wants format cms or jws, this is raw' --format raw \
		--origin https://bank.example --content "$pay"
	card 1 'wants content that can be shown' --format cms --blind \
		--origin https://bank.example --content text/plain
	says 1 'the certificate is of CN=Other' --user alice --format cms \
		--origin https://bank.example --content "$pay" \
		--issuer CN=Other
}

@test "cardholder: a page that no rule names gets nothing" {
	example cardholder
	card 1 'wants origin https://bank.example' --format cms \
		--origin https://bank.example.evil.example --content text/plain
	card 1 'names no origin' --exe /usr/bin/firefox \
		--origin https://evil.example --format cms
	card 0 'rule "other-pages" asks' --origin https://tax.example \
		--content text/plain
}

@test "cardholder: own programs, and files that cannot be shown one by one" {
	example cardholder
	card 0 'rule "own-documents" asks' --exe /usr/bin/signet --items 20
	card 1 'max_batch' --exe /usr/bin/signet --items 21
	card 0 'rule "own-files-that-cannot-be-shown" asks' \
		--exe /usr/bin/signet --format cms --blind
	card 1 '2 items are more than 1' --exe /usr/bin/signet --format cms \
		--blind --items 2
	card 1 'this is /tmp/x' --exe /tmp/x
	says 1 'the caller is bob' --user bob --exe /usr/bin/signet
}

teller() {
	says "$1" "$2" --user t1 --group tellers --format cms \
		--exe /opt/branch/bin/pay --content application/xml \
		--issuer "CN=Branch CA,O=Example Bank,C=CN" "${@:3}"
}

@test "branch: payments up to a sum, above it with a second person" {
	example branch
	grep -q 'a second person (pkcs11:token=Supervisor' "$D/rules.txt"
	teller 0 'CNY 50000.00 of at most 50000.00' --sum CNY:50000.00
	grep -q 'rule "payments" asks' "$D/said"
	teller 0 'rule "large-payments" asks' --sum CNY:50000.01
	teller 0 'rule "large-payments" asks' --sum CNY:1 --sum USD:0.01
	teller 0 'rule "large-payments" asks'
	teller 0 'rule "payments" asks' --sum CNY:1 --sum EUR:5000
	teller 1 'max_batch' --sum CNY:1 --items 51
}

@test "branch: what cannot be shown is denied first" {
	example branch
	teller 1 'nothing is signed at a terminal that cannot be shown' \
		--blind
	teller 1 'nothing is signed at a terminal that cannot be shown' \
		--blind --sum CNY:1
	says 1 'the caller is in none of them' --user t1 --group cleaners \
		--exe /opt/branch/bin/pay --format cms
}

@test "ci: the unattended token signs for one user and program" {
	local key="pkcs11:token=Release;object=release"
	example ci
	grep -q 'at most 600 in 3600 s' "$D/rules.txt"
	says 0 'rule "releases" allows' --user ci --exe /usr/bin/signet \
		--key "$key" --eku codeSigning --format cms
	says 1 'rule "release-key-otherwise" denies' --user mallory \
		--exe /usr/bin/signet --key "$key" --eku codeSigning \
		--format cms
	says 1 'rule "release-key-otherwise" denies' --user ci \
		--exe /usr/bin/signet --key "$key" --eku clientAuth \
		--format cms
	says 0 'rule "release-manager" asks' --user m \
		--group release-managers --key pkcs11:token=Card --format cms
}

# --- without rules ----------------------------------------------------------

@test "without policy: unattended tokens sign, and the own user is asked" {
	printf 'version: 1\n' >signetd.yaml
	"$signet" policy check signetd.yaml >said
	grep -q '^no policy: in it' said
	says 0 'rule "unattended" allows' --unattended --user nobody
	says 0 'rule "ask" asks' --user "$(id -u)"
	says 0 'rule "ask" asks'
	says 1 'no rule matches' --user 54321
	says 1 'names no origin' --origin https://bank.example
}

@test "an empty policy allows nothing" {
	printf 'version: 1\npolicy: []\n' >signetd.yaml
	"$signet" policy check signetd.yaml >said
	grep -q 'nothing is signed' said
	says 1 'the policy has no rules, so it is denied'
	says 1 'the policy has no rules, so it is denied' --unattended
}

# --- what is refused ----------------------------------------------------------

@test "a file with a mistake is refused, with its line" {
	policy <<<'  - {name: a, outcome: perhaps}'
	refuses 'Invalid ENUM value: perhaps'
	policy <<<'  - {name: a}'
	refuses 'outcome'
	policy <<<'  - {outcome: ask}'
	refuses 'name'
	policy <<<'  - {name: a, outcome: ask, matches: {}}'
	refuses 'Unexpected key: matches'
	policy <<<'  - {name: a, outcome: ask, outcome: allow}'
	refuses 'already seen'
	policy <<<'  - {name: a, outcome: ask'
	refuses 'line'
	policy <<<'  {name: a, outcome: ask}'
	refuses 'policy'
	printf 'version: 1\npolicy:\n' >signetd.yaml
	refuses 'policy'
}

@test "a condition that is empty or no yes or no is not taken for none" {
	local list
	for list in user group exe origin key issuer eku format content \
		sum_max; do
		policy <<<"  - {name: a, outcome: ask, match: {$list: []}}"
		refuses 'entries'
		policy <<<"  - {name: a, outcome: ask, match: {$list: }}"
		refuses "$list"
	done
	policy <<<'  - {name: a, outcome: ask, match: {blind: flase}}'
	refuses 'flase'
	policy <<<'  - {name: a, outcome: ask, match: {items_max: 0}}'
	refuses 'items_max'
	policy <<<'  - {name: a, outcome: ask, match: {items_max: -1}}'
	refuses 'items_max'
	policy <<<'  - {name: a, outcome: ask, max_batch: 0}'
	refuses 'max_batch'
}

@test "an unattended token is one only when the word is right" {
	printf 'version: 1\ntokens:\n  - {uri: "pkcs11:token=A", %s}\n' \
		'unattended: flase' >signetd.yaml
	refuses 'flase'
}

@test "a value that means nothing is refused with the rule's name" {
	policy <<<'  - {name: a, outcome: ask, match: {origin: ["*"]}}'
	refuses 'policy: rule 1 "a": origin: * is not'
	policy <<<'  - {name: a, outcome: ask, match: {key: ["pkcs11:"]}}'
	refuses 'rule 1 "a": this URI is that of every key'
	policy <<<'  - {name: a, outcome: ask, pin_cache: 3601}'
	refuses 'rule 1 "a": pin_cache is 3601'
	policy <<<'  - {name: a, outcome: allow, pin_cache: 1}'
	refuses 'pin_cache has no effect with outcome: allow'
}

@test "a rule that allows needs an unattended token" {
	policy <<<'  - {name: a, outcome: allow}'
	"$signet" policy check signetd.yaml
	policy <<<'  - {name: a, outcome: allow, match:
		{key: ["pkcs11:token=Free;object=k"]}}'
	"$signet" policy check signetd.yaml
	policy <<<'  - {name: a, outcome: allow, match:
		{key: ["pkcs11:token=Card"]}}'
	refuses 'none of tokens: that it can be about is unattended'
	printf 'version: 1\npolicy: [{name: a, outcome: allow}]\n' \
		>signetd.yaml
	refuses 'none of tokens: that it can be about is unattended'
}

@test "256 rules are taken and 257 are not" {
	local rule
	rule='  - {name: r%s, outcome: ask, match: {user: [nobody]}}\n'
	# shellcheck disable=SC2059 # the format is above
	printf "$rule" $(seq 256) | policy
	"$signet" policy check signetd.yaml >said
	[ "$(grep -c ' -> ask' said)" -eq 256 ]
	says 1 '...' --user alice
	[ "$(head -n 1 said | wc -c)" -eq 1024 ]
	# shellcheck disable=SC2059
	printf "$rule" $(seq 257) | policy
	refuses 'Excessive entries (256 max)'
}

@test "prompt and state are checked" {
	printf 'version: 1\nprompt: {timeout: 4}\n' >signetd.yaml
	refuses 'timeout is 4; it can be 5 to 3600'
	printf 'version: 1\nprompt: {pinentry: pinentry}\n' >signetd.yaml
	refuses 'not an absolute path'
	printf 'version: 1\nprompt: {pinentry: /nowhere}\n' >signetd.yaml
	refuses '/nowhere'
	printf 'version: 1\nprompt: {language: "../x"}\n' >signetd.yaml
	refuses 'not the name of a locale'
	printf 'version: 1\nstate: here\n' >signetd.yaml
	refuses 'state: here is not an absolute path'
	printf 'version: 1\nstate: /x\nprompt: {timeout: 5, pinentry: %s}\n' \
		/bin/true >signetd.yaml
	"$signet" policy check signetd.yaml
}

@test "a page that the user has allowed is another one" {
	policy <<-END
	  - {name: allowed, match: {paired: true}, outcome: ask}
	  - {name: programs, outcome: ask}
	END
	says 1 'wants a page that the user has allowed' \
		--origin https://shop.example
	asks allowed --origin https://shop.example --paired
	asks programs
	policy <<<'  - {name: a, match: {paired: true}, outcome: allow}'
	refuses 'asked about each signature'
	policy <<<'  - {name: a, match: {paired: false}, outcome: ask}'
	refuses 'paired: false says nothing'
}

# --- the commands ----------------------------------------------------------------

@test "policy check and explain print JSON for programs" {
	example ci
	"$signet" policy check --json signetd.yaml |
		jq -e '.builtin == false and (.rules | length) == 3 and
			.rules[0].outcome == "allow"'
	says 0 '"outcome":"ask"' --json --group release-managers --format cms
	jq -e '.rule == "release-manager"' said
	says 1 '"rule":null' --json --user nobody
	jq -e '.outcome == "deny" and (.explanation | length) > 20' said
}

@test "a mistake on the command line is told from a no" {
	local status=0
	policy <<<'  - {name: a, outcome: ask}'
	says 2 '' --items 0
	says 2 '' --sum CNY5
	says 2 '' --key nothing
	says 2 '' surplus
	"$signet" policy check signetd.yaml more || status=$?
	[ "$status" -eq 2 ]
	status=0
	"$signet" policy || status=$?
	[ "$status" -eq 2 ]
	status=0
	"$signet" policy check nowhere.yaml || status=$?
	[ "$status" -eq 5 ]
	echo 'version: 2' >signetd.yaml
	says 3 'version is 2'
}

@test "signetd --explain survives what is no question" {
	local text status
	policy <<<'  - {name: a, outcome: ask}'
	for text in '' '[]' '{' '{"x":1}' '{"items":0}' '{"items":1e9}' \
		'{"user":1}' '{"groups":"a"}' '{"groups":[1]}' \
		'{"sums":[{}]}' '{"sums":{"a":1}}' '{"key":"x"}' \
		'{"user":"a","user":"b"}' '{"user":"a\u0000"}' '"a"'; do
		status=0
		"$signetd" --explain --config signetd.yaml <<<"$text" ||
			status=$?
		[ "$status" -eq 2 ] || { echo "$text: $status"; return 1; }
	done
	status=0
	head -c 300000 /dev/zero | "$signetd" --explain \
		--config signetd.yaml || status=$?
	[ "$status" -eq 2 ]
}

# --- reload -----------------------------------------------------------------------

@test "a policy with a mistake is logged at reload, and nothing changes" {
	configure "$(module_softhsm soft)"
	start
	wait_until 10 settled
	signs "$KEY"
	printf 'policy:\n  - {name: broken, outcome: ask, pin_cache: 1' \
		>>"$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 logged 'not reloaded, the settings of before'
	signs "$KEY"
	printf '%s}\n' 00000 >>"$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 logged 'not reloaded.*rule 1 "broken": pin_cache is 100000'
	signs "$KEY"
	sed -i 's/pin_cache: 100000/pin_cache: 10/' "$D/signetd.yaml"
	kill -HUP "$PID"
	wait_until 5 logged ' reloaded /'
}
