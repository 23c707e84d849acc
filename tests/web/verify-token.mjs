/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify-token: node verify-token.mjs TOKEN ORIGIN NONCE CA
 *
 * Does what a server does with a token of Web eID (web-eid:1.0), by Node's
 * crypto and nothing of Signet: TOKEN is a file with the JSON, CA one with the
 * PEM certificate of the issuer.  Prints the subject; else says why not and
 * ends with 1.
 */
import { createHash, constants, verify, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";

const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const TYPES = { ES: "ec", RS: "rsa", PS: "rsa" };

class Refusal extends Error {}

function check(holds, why) {
	if (!holds) throw new Refusal(why);
}

function checkCertificate(certificate, ca) {
	const now = new Date();

	check(certificate.verify(ca.publicKey), "not issued by this CA");
	check(certificate.checkIssued(ca), "the issuer has another name");
	check(
		new Date(certificate.validFrom) <= now &&
			now < new Date(certificate.validTo),
		"not valid now",
	);
	check(
		(certificate.keyUsage ?? []).includes(CLIENT_AUTH),
		"not for client authentication",
	);
}

/* How the algorithm (RFC 7518) is told to Node. */
function options(algorithm) {
	const [, family, bits] =
		/^(ES|RS|PS)(256|384|512)$/.exec(algorithm) ?? [];

	check(family !== undefined, `no algorithm ${algorithm}`);
	return {
		type: TYPES[family],
		hash: `sha${bits}`,
		dsaEncoding: family === "ES" ? "ieee-p1363" : undefined,
		padding:
			family === "ES"
				? undefined
				: family === "RS"
					? constants.RSA_PKCS1_PADDING
					: constants.RSA_PKCS1_PSS_PADDING,
		saltLength: family === "PS" ? bits / 8 : undefined,
	};
}

function checkSignature(token, certificate, origin, nonce) {
	const { type, hash, ...how } = options(token.algorithm);
	const digest = (text) => createHash(hash).update(text, "utf8").digest();
	const signed = Buffer.concat([digest(origin), digest(nonce)]);
	const key = certificate.publicKey;

	check(key.asymmetricKeyType === type, "the key is of another kind");
	check(
		verify(
			hash,
			signed,
			{ key, ...how },
			Buffer.from(token.signature, "base64"),
		),
		"the signature does not verify",
	);
}

function verifyToken(token, origin, nonce, ca) {
	check(token.format === "web-eid:1.0", `format ${token.format}`);
	check(
		/^https:\/\/web-eid\.eu\/web-eid-app\/releases\/2\./.test(
			token.appVersion,
		),
		`appVersion ${token.appVersion}`,
	);
	const certificate = new X509Certificate(
		Buffer.from(token.unverifiedCertificate, "base64"),
	);
	checkCertificate(certificate, ca);
	checkSignature(token, certificate, origin, nonce);
	return certificate.subject;
}

try {
	const [file, origin, nonce, caFile] = process.argv.slice(2);
	const ca = new X509Certificate(readFileSync(caFile));
	const token = JSON.parse(readFileSync(file));
	console.log(
		verifyToken(token, origin, nonce, ca).replaceAll("\n", ", "),
	);
} catch (error) {
	console.log(error instanceof Refusal ? error.message : error.stack);
	process.exitCode = 1;
}
