# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# pool - runs commands several at a time and keeps the output of each whole
#
# For the runners beside it. Output comes in the order of the calls. The runner
# defines pool_done NAME STATUS FILE SECONDS, called once for each command with
# what it printed and how long it took. When the runner ends early, so do the commands it still has.

# They wait more than they compute; with more of them bounds of time are missed.
pool_jobs=${SIGNET_JOBS:-$(($(nproc) + 1))}
# Of each command that was not handed over yet, the oldest first.
pool_names=()
pool_pids=()
pool_files=()
declare -A pool_statuses=() # of those that ended, by pid
declare -A pool_seconds=()  # when they began; of those that ended, how long
pool_count=0

# Tests make and remove files by the ten thousand, which costs a disk much more
# than memory: they lie there, if it has room and lets programs start.
pool_memory() {
	local type room options

	read -r type room options < <(findmnt -nbo FSTYPE,AVAIL,OPTIONS \
		-T /dev/shm 2>/dev/null)
	[ "$type" = tmpfs ] && [ "$room" -ge $((1 << 30)) ] &&
		[[ ,$options, != *,noexec,* ]] && [ -w /dev/shm ]
}
[ -n "${TMPDIR-}" ] || ! pool_memory || export TMPDIR=/dev/shm

pool_dir=$(mktemp -d) || exit 1

pool_end() {
	local pid

	for pid in "${pool_pids[@]}"; do
		[ -n "${pool_statuses[$pid]-}" ] || kill "$pid" 2>/dev/null
	done
	rm -rf "$pool_dir"
}
trap pool_end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Waits for any command, and hands over those that ended, in their order.
pool_next() {
	local pid status=0

	wait -n -p pid || status=$?
	pool_statuses[$pid]=$status
	pool_seconds[$pid]=$((SECONDS - pool_seconds[$pid]))
	while [ ${#pool_pids[@]} -gt 0 ]; do
		pid=${pool_pids[0]}
		[ -n "${pool_statuses[$pid]-}" ] || return 0
		pool_done "${pool_names[0]}" "${pool_statuses[$pid]}" \
			"${pool_files[0]}" "${pool_seconds[$pid]}"
		unset "pool_statuses[$pid]" "pool_seconds[$pid]"
		rm -f "${pool_files[0]}"
		pool_names=("${pool_names[@]:1}")
		pool_pids=("${pool_pids[@]:1}")
		pool_files=("${pool_files[@]:1}")
	done
}

# pool_run NAME COMMAND...
pool_run() {
	local name=$1

	shift
	while [ $((${#pool_pids[@]} - ${#pool_statuses[@]})) -ge \
		"$pool_jobs" ]; do
		pool_next
	done
	pool_count=$((pool_count + 1))
	"$@" >"$pool_dir/$pool_count" 2>&1 </dev/null &
	pool_names+=("$name")
	pool_pids+=($!)
	pool_seconds[$!]=$SECONDS
	pool_files+=("$pool_dir/$pool_count")
}

# Waits for all that still run.
pool_drain() {
	while [ ${#pool_pids[@]} -gt 0 ]; do
		pool_next
	done
}

# Says in words how a command ended that did not end with 0.
pool_status() {
	case $1 in
	124 | 137) echo "ended after its time limit, or killed (status $1)" ;;
	12[89] | 1[3-9][0-9]) echo "ended by signal $(($1 - 128))" ;;
	*) echo "status $1" ;;
	esac
}
