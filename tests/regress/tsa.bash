# SPDX-License-Identifier: Apache-2.0
#
# tsa: time-stamping authorities on this machine, by openssl(1). After helper.

# issue NAME: an authority's CA and its certificate.
issue() {
	local ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
	# shellcheck disable=SC2086
	{
		openssl req -x509 $ec -subj "/CN=$1 CA" -days 30 \
			-keyout "$TSA/$1-ca.key" -out "$TSA/$1-ca.pem"
		openssl req -new $ec -subj "/CN=$1 TSA" \
			-keyout "$TSA/$1.key" -out "$TSA/$1.csr"
		openssl x509 -req -in "$TSA/$1.csr" -days 30 \
			-CA "$TSA/$1-ca.pem" -CAkey "$TSA/$1-ca.key" \
			-extfile "$TSA/ext" -out "$TSA/$1.pem"
	} 2>/dev/null
}

# section NAME SIGNER DIGEST: of tsa.cnf.
section() {
	cat <<-END
	[$1]
	serial = $TSA/serial
	signer_cert = $TSA/$2.pem
	signer_key = $TSA/$2.key
	certs = $TSA/$2-ca.pem
	signer_digest = sha256
	default_policy = 1.2.3.4.1
	other_policies = 1.2.3.4.5
	digests = $3
	ess_cert_id_alg = sha256
	END
}

# tsa_make: $TSA, a folder with the authorities good and foreign.
tsa_make() {
	TSA=$(mktemp -dt signet.XXXXXX)
	echo 'extendedKeyUsage = critical, timeStamping' >"$TSA/ext"
	issue good
	issue foreign
	echo 01 >"$TSA/serial"
	{
		section good good sha256
		section foreign foreign sha256
		section refuses good sha512
	} >"$TSA/tsa.cnf"
}

mode() {
	echo "$1" >"$D/mode.new"
	mv "$D/mode.new" "$D/mode"
}

# authority MODE: one that listens; its port is $PORT, the same as before.
authority() {
	mode "$1"
	socat -d -d -lf "$D/socat.log" \
		"TCP-LISTEN:${PORT:-0},bind=127.0.0.1,reuseaddr,fork" \
		"EXEC:$BATS_TEST_DIRNAME/tools/tsa-answers $D" 3>&- &
	AUTHORITY=$!
	PIDS+=("$AUTHORITY")
	wait_until 5 grep -qs 'listening on' "$D/socat.log"
	PORT=$(sed -n 's/.*listening on .*127.0.0.1:\([0-9]*\)$/\1/p' \
		"$D/socat.log" | tail -n 1)
}
