/* SPDX-License-Identifier: Apache-2.0 */
/*
 * answer: is that what a customer signed of exactly this request?
 *
 * The signature is checked over the bytes that the bank made, not over those
 * that the answer says it is about.  Chains and CRLs are checked by openssl,
 * the program, which knows all of RFC 5280.
 */
import { execFile } from "node:child_process";
import { constants, verify, X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Refusal } from "./refusal.mjs";

const PSS = {
	padding: constants.RSA_PKCS1_PSS_PADDING,
	saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
};
const P1363 = { dsaEncoding: "ieee-p1363" };
/* RFC 7518 3.1: hash, options, and the key it is for. */
const ALGORITHMS = {
	RS256: ["sha256", {}, "rsa"],
	RS384: ["sha384", {}, "rsa"],
	RS512: ["sha512", {}, "rsa"],
	PS256: ["sha256", PSS, "rsa"],
	PS384: ["sha384", PSS, "rsa"],
	PS512: ["sha512", PSS, "rsa"],
	ES256: ["sha256", P1363, "ec", "prime256v1"],
	ES384: ["sha384", P1363, "ec", "secp384r1"],
	ES512: ["sha512", P1363, "ec", "secp521r1"],
	EdDSA: [null, {}, "ed25519"],
};

function no(code, detail) {
	return new Refusal(422, code, detail);
}

/* Runs openssl; resolves to whether it was content, and what it said. */
function openssl(args, input) {
	return new Promise((resolve) => {
		const child = execFile(
			"openssl",
			args,
			{ timeout: 10000 },
			(error, stdout, stderr) =>
				resolve({ good: error === null, stderr }),
		);
		child.stdin.on("error", () => {
			/* it ended before it read */
		});
		child.stdin.end(input);
	});
}

/* Runs work with a folder of its own. */
async function inFolder(work) {
	const folder = await mkdtemp(join(tmpdir(), "signet-bank."));
	try {
		return await work(folder);
	} finally {
		await rm(folder, { recursive: true });
	}
}

function parseJws(text) {
	const parts = text.split(".");
	try {
		const [header, payload] = parts
			.slice(0, 2)
			.map((part) => Buffer.from(part, "base64url"));
		const { alg, x5c, crit, b64 } = JSON.parse(header);
		if (
			parts.length === 3 &&
			crit === undefined &&
			b64 === undefined
		)
			return {
				alg,
				payload,
				certificate: new X509Certificate(
					Buffer.from(x5c[0], "base64"),
				),
				signed: Buffer.from(
					parts.slice(0, 2).join("."),
				),
				signature: Buffer.from(parts[2], "base64url"),
			};
	} catch {
		/* told below */
	}
	throw no("bad-answer", "no compact JWS with a certificate (x5c)");
}

function jwsHolds({ alg, certificate, signed, signature }) {
	const [hash, options, type, curve] = Object.hasOwn(ALGORITHMS, alg)
		? ALGORITHMS[alg]
		: [];
	const key = certificate.publicKey;

	return (
		type === key.asymmetricKeyType &&
		curve === key.asymmetricKeyDetails.namedCurve &&
		verify(hash, signed, { key, ...options }, signature)
	);
}

async function checkJws(text, request, trust) {
	const jws = parseJws(text);

	if (!jws.payload.equals(Buffer.from(request.jws)))
		throw no("other-order", "what was signed is another request");
	if (!jwsHolds(jws))
		throw no("bad-signature", "the signature does not verify");
	const { good, stderr } = await openssl(
		[
			"verify",
			"-CAfile",
			trust,
			"-crl_check_all",
			"-purpose",
			"smimesign",
		],
		jws.certificate.toString(),
	);
	if (!good) throw no("bad-certificate", stderr);
	return jws.certificate;
}

function checkCms(text, request, trust) {
	return inFolder(async (folder) => {
		const file = (name) => join(folder, name);
		await writeFile(file("request"), request.jws);
		const { good, stderr } = await openssl(
			[
				"cms",
				"-verify",
				"-binary",
				"-inform",
				"DER",
				"-content",
				file("request"),
				"-CAfile",
				trust,
				"-crl_check_all",
				"-signer",
				file("signer"),
				"-out",
				file("out"),
			],
			Buffer.from(text, "base64"),
		);
		if (!good && /certificate verify error/i.test(stderr))
			throw no("bad-certificate", stderr);
		if (!good) throw no("bad-signature", stderr);
		return new X509Certificate(await readFile(file("signer")));
	});
}

/*
 * The certificate by which the answer, { format, signature } of a page, signs
 * this request.  trust: a PEM file with the CA's certificates and CRLs.
 */
export function checkAnswer(answer, request, trust) {
	const checks = { jws: checkJws, cms: checkCms };

	if (
		!Object.hasOwn(checks, answer.format) ||
		typeof answer.signature !== "string"
	)
		throw no("bad-answer", "wants format (jws, cms) and signature");
	return checks[answer.format](answer.signature, request, trust);
}
