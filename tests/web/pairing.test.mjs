/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pairing: a page that its visitor has to allow first, in Chromium, by both
 * ways in; what a page does to be taken for another; and a frame.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Demo, ORIGIN, SHOP } from "./lib/demo.mjs";
import { extension } from "./lib/extension.mjs";
import { until } from "./lib/place.mjs";

const EVIL = "https://evil.example";

/* The visitor may allow EVIL, which may use no key; SHOP needs no leave. */
const RULES = `  - name: allowed
    match: {paired: true, origin: ["${EVIL}"], key: ["pkcs11:object=none"]}
    outcome: ask
  - name: shop
    match: {origin: ["${SHOP}"]}
    outcome: ask
`;

/* In a page: what comes of a call of signet.js, or the code it fails with. */
async function attempt([call, options]) {
	const signet = await import("/signet.js");
	try {
		const way = await signet[call](options);
		return { keys: (await way.keys()).length };
	} catch ({ code, retryAfter }) {
		return { code, retryAfter };
	}
}

/* What runs when the page opens, before anybody has touched it. */
function pairAtOnce() {
	addEventListener("load", async () => {
		const { pair } = await import("/signet.js");
		pair().then(
			() => console.log("pair: paired"),
			(error) => console.log(`pair: ${error.code}`),
		);
	});
}

for (const [name, options] of [["loopback"], ["extension", extension]]) {
	const demo = new Demo(RULES, [EVIL, SHOP]);
	const { place } = demo;
	const transports = [name];
	const asked = () => place.told.split("Leave to ask").length - 1;
	let page, way;

	before(async () => {
		await demo.start(options);
		page = await demo.openEvil();
		way = { transports, port: demo.port };
	});
	after(() => demo.end());

	test(`${name}: a page that opens asks nobody`, async () => {
		assert.deepEqual(
			await page.evaluate(attempt, ["connect", way]),
			{
				code: "not-paired",
				retryAfter: undefined,
			},
		);
		/* Not by evaluate(), which counts as a gesture. */
		const said = demo.browser.waitForEvent("console", (message) =>
			message.text().startsWith("pair: "),
		);
		const other = await demo.openEvil(EVIL, pairAtOnce);
		assert.equal((await said).text(), "pair: no-gesture");
		await other.close();
		assert.equal(asked(), 0);
	});

	test(`${name}: allowed, it comes in, until taken back`, async () => {
		assert.deepEqual(await page.evaluate(attempt, ["pair", way]), {
			keys: 0,
		});
		assert.equal(asked(), 1);
		assert.ok(place.told.includes(`asked for by ${EVIL}`));
		/* Nobody is asked again, also in another tab. */
		const other = await demo.openEvil();
		for (const call of ["connect", "pair"])
			assert.deepEqual(
				await other.evaluate(attempt, [call, way]),
				{ keys: 0 },
			);
		assert.equal(asked(), 1);
		/* A connection that stands ends, and the next one is none. */
		await other.evaluate(async (o) => {
			const { connect } = await import("/signet.js");
			window.signet = await connect(o);
			window.failed = new Promise((onError) =>
				window.signet.onTokenChange(() => {}, {
					onError,
				}),
			);
		}, way);
		await until(async () => {
			const { body } = await place.api("GET", "/v1/origins");
			return body.origins.length === 1;
		}, "the page in the list");
		const { status } = await place.api(
			"DELETE",
			`/v1/origins?origin=${EVIL}`,
		);
		assert.equal(status, 200);
		const code = await other.evaluate(() =>
			window.signet.keys().catch((error) => error.code),
		);
		assert.equal(code, "not-paired");
		assert.equal(
			await other.evaluate(
				async () => (await window.failed).code,
			),
			"not-paired",
		);
		const { code: again } = await other.evaluate(attempt, [
			"connect",
			way,
		]);
		assert.equal(again, "not-paired");
		await other.close();
	});

	test(`${name}: declined, it is told, and has to wait`, async () => {
		place.sits("declines");
		const before = asked();
		assert.equal(
			(await page.evaluate(attempt, ["pair", way])).code,
			"declined",
		);
		const { code, retryAfter } = await page.evaluate(attempt, [
			"pair",
			way,
		]);
		assert.equal(code, "quota");
		assert.ok(retryAfter >= 1 && retryAfter <= 5, retryAfter);
		assert.equal(asked(), before + 1);
		place.sits("approves");
	});

	if (name === "extension") posing(demo);
	else framing(demo);
}

/* --- a page that poses as another ---------------------------------------- */

/* A channel of the extension without signet.js, and what comes through it. */
async function forge([origin, ms]) {
	const heard = [];
	const id = crypto.randomUUID();
	const port = await new Promise((resolve) => {
		addEventListener("message", ({ data, ports }) => {
			if (data?.id === id && data.signet === "v1")
				resolve(ports[0]);
		});
		postMessage({ signet: "connect", id, origin }, location.origin);
	});
	const ask = (id, more) =>
		port.postMessage({
			id,
			method: "GET",
			path: "/v1/keys",
			origin,
			...more,
		});
	port.onmessage = ({ data }) => heard.push(data);
	ask(1);
	ask(2, { headers: { "Signet-Origin": origin } });
	ask(3, { headers: { Origin: origin } });
	ask(4, { sender: { url: `${origin}/`, origin } });
	ask("gate");
	ask("1.1");
	ask(5, { path: `/v1/keys?origin=${origin}` });
	await new Promise((done) => setTimeout(done, ms));
	return heard.map(({ id, status, body }) => [
		id,
		status,
		body?.keys?.length ?? body?.code,
	]);
}

function posing(demo) {
	test("extension: what a page says of itself is not heard", async () => {
		const page = await demo.openEvil();
		const options = { transports: ["extension"] };
		await demo.place.api("POST", "/v1/origins", { origin: EVIL });
		const bank = await demo.open();
		assert.ok(
			(await bank.evaluate(attempt, ["connect", options]))
				.keys > 0,
		);
		await bank.close();
		const heard = await page.evaluate(forge, [ORIGIN, 2000]);
		for (const [id, status, what] of heard)
			assert.ok(
				(status === 200 && what === 0) ||
					status === 400 ||
					status === 404,
				JSON.stringify([id, status, what]),
			);
		assert.ok(
			heard.some(
				([id, status]) => id === 1 && status === 200,
			),
			JSON.stringify(heard),
		);
		await demo.place.api("DELETE", `/v1/origins?origin=${EVIL}`);
		await page.close();
	});
}

/* --- a frame -------------------------------------------------------------- */

/* SHOP, which may, in a frame of EVIL's page, with this attribute. */
async function framed(demo, allow) {
	const page = await demo.openEvil();
	await page.evaluate(
		([src, value]) => {
			const frame = document.createElement("iframe");
			if (value !== null) frame.allow = value;
			frame.src = src;
			document.body.append(frame);
		},
		[`${SHOP}/`, allow],
	);
	await until(() => page.frames().length === 2, "the frame");
	const [, frame] = page.frames();
	await frame.waitForURL(`${SHOP}/`);
	const result = await frame.evaluate(attempt, [
		"connect",
		{ transports: ["loopback"], port: demo.port },
	]);
	await page.close();
	return result;
}

function framing(demo) {
	test("loopback: a frame wants leave of its page", async () => {
		for (const allow of [null, "", "loopback-network 'none'"])
			assert.equal(
				(await framed(demo, allow)).code,
				"local-network-denied",
			);
		assert.ok((await framed(demo, "loopback-network")).keys > 0);
	});
}
