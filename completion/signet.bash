# SPDX-License-Identifier: Apache-2.0
#
# Completion of signet(1) for bash; installed as
# share/bash-completion/completions/signet.
# The options are those of `signet --dump-options`; tests/regress/cli.bats
# compares them.

_signet_options() {
	local daemon="--socket --no-start --timeout" all="--json --help -h"

	case $1 in
	status | tokens) echo "$daemon $all" ;;
	token) echo "--token --label --yes $daemon $all" ;;
	pin) echo "--token $daemon $all" ;;
	key) echo "--token --id --type --label $daemon $all" ;;
	keys) echo "--token --issuer --purpose $daemon $all" ;;
	sign)
		echo "--key -k --format -f --attached --detached" \
			"--algorithm -a --raw-encoding --out -o --out-dir" \
			"--media-type --payment --force --jobs -j --quiet -q $daemon $all"
		;;
	verify)
		echo "--content -c --ca --crl --certificate --algorithm -a" \
			"--at $all"
		;;
	policy)
		echo "--config --user --group --exe --origin --paired --key -k" \
			"--issuer --eku --unattended --format -f --content" \
			"--blind --items --sum $all"
		;;
	browser)
		echo "--web-eid --user --system --root --force --chrome --firefox" \
			"$all"
		;;
	origin) echo "--yes $daemon $all" ;;
	evidence)
		echo "--file --config --head --signed --stamped" \
			"--checkpoint-key --tsa-ca" \
			"--since --until --outcome --key --caller" \
			"--request --before --keep --out-dir $all"
		;;
	watch) echo "--types --once $daemon $all" ;;
	top) echo "--interval --count $daemon $all" ;;
	doctor) echo "--start --socket --timeout $all" ;;
	help) echo "--help -h" ;;
	esac
}

# Words for the value of an option; fails when it is a file or free text.
_signet_values() {
	case $1 in
	--format | -f) echo "cms jws raw" ;;
	--raw-encoding) echo "der p1363" ;;
	--algorithm | -a)
		echo "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512" \
			"EdDSA"
		;;
	--purpose | --eku) echo "clientAuth emailProtection codeSigning" ;;
	--types)
		echo "reader-added reader-removed card-inserted card-removed" \
			"token-inserted token-removed keys-changed" \
			"module-failed module-recovered certificate-expiring" \
			"request-state dialog-opened dialog-closed"
		;;
	*) return 1 ;;
	esac
}

_signet() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} commands words

	commands="status tokens token pin key keys sign verify policy evidence browser origin watch top doctor help"
	COMPREPLY=()
	compopt -o filenames 2>/dev/null
	if [ "$COMP_CWORD" -eq 1 ]; then
		words="$commands --version --help"
	elif words=$(_signet_values "$prev"); then
		:
	elif [[ $prev == --@(out-dir|root) ]]; then
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
	elif [[ $prev == --@(key|token|label|issuer|media-type|at|jobs|timeout) ||
		$prev == --@(origin|content|items|sum) || $prev == -[kj] ]]
	then
		return
	elif [[ $prev == --user ]]; then
		mapfile -t COMPREPLY < <(compgen -u -- "$cur")
		return
	elif [[ $prev == --group ]]; then
		mapfile -t COMPREPLY < <(compgen -g -- "$cur")
		return
	elif [[ $cur == -* ]]; then
		words=$(_signet_options "$command")
	elif [[ $command == help ]]; then
		words=$commands
	elif [[ $command == policy && $COMP_CWORD -eq 2 ]]; then
		words="check explain"
	elif [[ $command == evidence && $COMP_CWORD -eq 2 ]]; then
		words="verify list show export archive"
	elif [[ $command == browser && $COMP_CWORD -eq 2 ]]; then
		words="install remove list policy"
	elif [[ $command == origin && $COMP_CWORD -eq 2 ]]; then
		words="list allow revoke"
	elif [[ $command == browser ]]; then
		words="firefox chrome chromium edge brave vivaldi"
	elif [[ $command == token && $COMP_CWORD -eq 2 ]]; then
		words="list info init"
	elif [[ $command == pin && $COMP_CWORD -eq 2 ]]; then
		words="status change unblock"
	elif [[ $command == key && $COMP_CWORD -eq 2 ]]; then
		words="generate import-certificate"
	elif [[ $command == @(key|sign|verify|policy|evidence) ||
		$prev == --socket ]]; then
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		return
	else
		return
	fi
	compopt +o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}

complete -F _signet signet
