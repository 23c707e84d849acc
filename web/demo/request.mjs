/* SPDX-License-Identifier: Apache-2.0 */
/*
 * request: what the bank signs of an order, for its customer to sign
 * (docs/content.md, Requests of a bank).
 */
import { randomUUID, sign } from "node:crypto";

const HEADER = { alg: "ES256", typ: "signet-request+jws" };
/* Seconds that a customer has to approve it. */
const LIFE = 300;

const encode = (value) =>
	Buffer.from(JSON.stringify(value)).toString("base64url");

/*
 * A new request: { jti, exp, jws }.  bank has issuer, audience and key, a P-256
 * private key (KeyObject).
 */
export function makeRequest(bank, payment, now = Date.now()) {
	const iat = Math.floor(now / 1000);
	const claims = {
		iss: bank.issuer,
		aud: bank.audience,
		jti: randomUUID(),
		iat,
		exp: iat + LIFE,
		nonce: randomUUID(),
		content: {
			media_type: "application/vnd.signet.payment+json",
			payment,
		},
	};
	const text = `${encode(HEADER)}.${encode(claims)}`;
	const signature = sign("sha256", Buffer.from(text), {
		key: bank.key,
		dsaEncoding: "ieee-p1363",
	});

	return {
		jti: claims.jti,
		exp: claims.exp,
		jws: `${text}.${signature.toString("base64url")}`,
	};
}
