/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bank: what the demo bank accepts and refuses.  Each signature is of a real
 * signetd, asked on its unix socket by a program in the place of a page.
 */
import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { request as ask } from "node:http";
import { after, before, test } from "node:test";

import { makeRequest } from "../../web/demo/request.mjs";
import { fixtures, Place } from "./lib/place.mjs";

const ORIGIN = "https://bank.example";
const TOKEN = `pkcs11:serial=${fixtures.SIGNET_SERIAL_TEST}`;
const place = new Place();
let port;

before(async () => {
	port = await place.bank(ORIGIN, {
		customers: [
			"p256",
			"rsa2048",
			"p384",
			"ed25519",
			"revoked",
			"expired",
		],
	});
	await place.signetd(
		"approves",
		`tokens:
  - uri: pkcs11:serial=${fixtures.SIGNET_SERIAL_TEST}
    unattended: true
    pin_source: ${fixtures.SIGNET_FIXTURES}/pin
policy:
  - name: bank
    match: {content: [application/vnd.signet.request+jws]}
    outcome: allow
    bank: ${place.file("bank.pem")}
    bank_issuer: ${ORIGIN}
    audience: customer-1042
`,
	);
});
after(() => place.end());

/* A visitor of the bank: keeps its cookie. */
class Visitor {
	cookie = "";

	post(path, body, headers = {}) {
		const text =
			typeof body === "string"
				? body
				: JSON.stringify(body ?? {});
		return new Promise((resolve, reject) => {
			const request = ask(
				{
					port,
					method: "POST",
					path: `/api/orders${path}`,
					headers: {
						"Content-Type":
							"application/json",
						Origin: ORIGIN,
						Cookie: this.cookie,
						...headers,
					},
				},
				async (response) => {
					this.cookie =
						response.headers[
							"set-cookie"
						]?.[0].split(";")[0] ??
						this.cookie;
					let answer = "";
					for await (const piece of response)
						answer += piece;
					resolve({
						status: response.statusCode,
						...JSON.parse(answer),
					});
				},
			);
			request.on("error", reject);
			request.end(text);
		});
	}

	/* A new order, and the request to sign it. */
	async order() {
		const { order } = await this.post("");
		const { request } = await this.post(`/${order.id}/request`);
		return { id: order.id, request, payment: order.payment };
	}

	approve(id, format, signature) {
		return this.post(`/${id}/approval`, { format, signature });
	}
}

async function sign(request, { key = "p256", format = "jws", ...more } = {}) {
	const { status, body } = await place.api("POST", "/v1/signatures", {
		key: `${TOKEN};object=${key}`,
		format,
		...more,
		content: {
			media_type: "application/vnd.signet.request+jws",
			data: Buffer.from(request).toString("base64"),
		},
	});
	assert.equal(status, 201, JSON.stringify(body));
	return body.signature;
}

function refused(answer, status, code) {
	assert.deepEqual(answer, { status, code });
}

for (const [key, algorithm] of [
	["p256", "ES256"],
	["p384", "ES384"],
	["ed25519", "EdDSA"],
	["rsa2048", "PS256"],
	["rsa2048", "RS512"],
])
	test(`a JWS by ${algorithm} is accepted`, async () => {
		const visitor = new Visitor();
		const { id, request } = await visitor.order();
		const { status, order } = await visitor.approve(
			id,
			"jws",
			await sign(request, { key, algorithm }),
		);
		assert.equal(status, 200);
		assert.equal(order.state, "approved");
		assert.match(order.receipt.signer, /^[A-Z][a-z]+ [A-Z][a-z]+$/);
	});

for (const detached of [true, false])
	test(`a CMS, detached: ${detached}, is accepted`, async () => {
		const visitor = new Visitor();
		const { id, request } = await visitor.order();
		const { status, order } = await visitor.approve(
			id,
			"cms",
			await sign(request, { format: "cms", detached }),
		);
		assert.deepEqual(
			[status, order?.receipt.signer],
			[200, "Zhang Min"],
		);
	});

test("a replay is refused, and so is another answer", async () => {
	const visitor = new Visitor();
	const { id, request } = await visitor.order();
	const jws = await sign(request);
	const answers = await Promise.all([
		visitor.approve(id, "jws", jws),
		visitor.approve(id, "jws", jws),
	]);
	assert.deepEqual(answers.map((a) => a.status).sort(), [200, 409]);
	refused(await visitor.approve(id, "jws", jws), 409, "used");
	refused(await visitor.post(`/${id}/request`), 409, "used");
});

test("the approval of one order is none of another", async () => {
	const visitor = new Visitor();
	const [one, other] = [await visitor.order(), await visitor.order()];
	for (const format of ["jws", "cms"]) {
		const signature = await sign(
			(await visitor.post(`/${one.id}/request`)).request,
			{ format },
		);
		refused(
			await visitor.approve(other.id, format, signature),
			422,
			format === "jws" ? "other-order" : "bad-signature",
		);
	}
});

test("the approval of an older request of the same order is none", async () => {
	const visitor = new Visitor();
	const { id, request } = await visitor.order();
	await visitor.post(`/${id}/request`);
	refused(
		await visitor.approve(id, "jws", await sign(request)),
		422,
		"other-order",
	);
});

test("an order is its visitor's alone", async () => {
	const visitor = new Visitor();
	const { id, request } = await visitor.order();
	refused(
		await new Visitor().approve(id, "jws", await sign(request)),
		404,
		"no-such-order",
	);
	refused(
		await new Visitor().post(`/${id}/request`),
		404,
		"no-such-order",
	);
});

test("certificates that are revoked, expired or of others", async () => {
	const visitor = new Visitor();
	for (const key of ["revoked", "expired"])
		for (const format of ["jws", "cms"]) {
			const { id, request } = await visitor.order();
			refused(
				await visitor.approve(
					id,
					format,
					await sign(request, { key, format }),
				),
				422,
				"bad-certificate",
			);
		}
	const { id, request } = await visitor.order();
	refused(
		await visitor.approve(
			id,
			"jws",
			await sign(request, { key: "rsa3072" }),
		),
		403,
		"not-the-customer",
	);
});

test("what was changed in a signature is found", async () => {
	const visitor = new Visitor();
	const { id, request } = await visitor.order();
	const jws = await sign(request);
	const [header, payload, signature] = jws.split(".");
	const other = (await sign((await visitor.order()).request)).split(".");
	const none = Buffer.from(
		JSON.stringify({
			...JSON.parse(Buffer.from(header, "base64url")),
			alg: "none",
		}),
	).toString("base64url");
	refused(
		await visitor.approve(
			id,
			"jws",
			`${header}.${payload}.${other[2]}`,
		),
		422,
		"bad-signature",
	);
	refused(
		await visitor.approve(id, "jws", `${none}.${payload}.`),
		422,
		"bad-signature",
	);
	for (const text of [
		"",
		"a.b.c",
		`${payload}.${payload}.${signature}`,
		`${jws}.${signature}`,
	])
		refused(
			await visitor.approve(id, "jws", text),
			422,
			"bad-answer",
		);
	refused(await visitor.approve(id, "cms", "AAAA"), 422, "bad-signature");
	refused(await visitor.approve(id, "toString", jws), 422, "bad-answer");
	assert.equal((await visitor.approve(id, "jws", jws)).status, 200);
});

test("an approval that nobody asked for is refused", async () => {
	const visitor = new Visitor();
	const { order } = await visitor.post("");
	refused(
		await visitor.approve(order.id, "jws", "a.b.c"),
		409,
		"not-requested",
	);
});

test("requests come from its own pages, as JSON, not large", async () => {
	const visitor = new Visitor();
	for (const headers of [
		{ Origin: "https://evil.example" },
		{ Origin: "null" },
		{ "Content-Type": "text/plain" },
	])
		refused(
			await visitor.post("", {}, headers),
			403,
			"not-allowed",
		);
	refused(await visitor.post("", "{"), 400, "malformed");
	refused(
		await visitor.post("", { a: "a".repeat(300000) }),
		413,
		"too-large",
	);
	refused(await visitor.post("/x/y"), 404, "not-found");
});

test("its requests are of its key, its name and its time", async () => {
	const { request, payment } = await new Visitor().order();
	const [header, payload, signature] = request.split(".");
	assert.ok(
		verify(
			"sha256",
			Buffer.from(`${header}.${payload}`),
			{
				key: createPublicKey(place.read("bank.pem")),
				dsaEncoding: "ieee-p1363",
			},
			Buffer.from(signature, "base64url"),
		),
	);
	const claims = JSON.parse(Buffer.from(payload, "base64url"));
	assert.deepEqual(claims.content.payment, payment);
	assert.equal(claims.iss, ORIGIN);
	assert.equal(claims.exp - claims.iat, 300);
	assert.equal(payment.origin, ORIGIN);
});

test("an approval that comes too late is refused", async () => {
	const { Orders } = await import("../../web/demo/orders.mjs");
	const { createPrivateKey, X509Certificate } =
		await import("node:crypto");
	const trust = place.write(
		"trust.pem",
		["chain", "crl", "root-crl"]
			.map((name) => readFixture(`ca/${name}.pem`))
			.join("\n"),
	);
	const certificate = new X509Certificate(readFixture("certs/p256.pem"));
	const orders = new Orders({
		origin: ORIGIN,
		issuer: ORIGIN,
		trust,
		audience: "customer-1042",
		key: createPrivateKey(place.read("bank.key")),
		customers: new Set([certificate.fingerprint256]),
	});
	const { id } = orders.create("s");
	const jws = await sign(orders.request("s", id));
	const now = Date.now;
	try {
		Date.now = () => now() + 301000;
		await assert.rejects(
			orders.approve("s", id, {
				format: "jws",
				signature: jws,
			}),
			{ code: "expired" },
		);
	} finally {
		Date.now = now;
	}
	await orders.approve("s", id, { format: "jws", signature: jws });
	assert.equal(
		makeRequest(
			{ key: createPrivateKey(place.read("bank.key")) },
			{},
			5999,
		).exp,
		305,
	);
});

function readFixture(name) {
	return readFileSync(`${fixtures.SIGNET_FIXTURES}/${name}`, "utf8");
}
