/* SPDX-License-Identifier: Apache-2.0 */
/*
 * loopback: the demo by HTTP on the loopback, in Chromium; what another page
 * can do there; and what the page says when the browser keeps it away.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { picture } from "./lib/browser.mjs";
import { bothWays, told } from "./lib/demo.mjs";
import { fixtures } from "./lib/place.mjs";

const demo = bothWays("loopback");

test("loopback: denied by the visitor, the page says what to do", async () => {
	const page = await demo.open("denied");
	await page.locator("#approve").click();
	await told(page, "local-network-denied");
	await picture(page, "loopback-denied");
	await page.close();
});

test("loopback: not answered by the visitor, it is not reached", async () => {
	const page = await demo.open("prompt");
	await page.locator("#approve").click();
	await told(page, "unreachable");
	await picture(page, "loopback-unreachable");
	await page.close();
});

/* Everything that a page can try without leave, and what came of it. */
function attack([port, key]) {
	const base = `http://127.0.0.1:${port}`;
	const order = JSON.stringify({
		key,
		format: "raw",
		content: { media_type: "text/plain", data: "YQ==" },
	});
	const client = { "Signet-Client": "signet.js/1" };
	const json = { "Content-Type": "application/json", ...client };
	const tries = [
		["/hello", {}],
		["/hello", { headers: json }],
		["/v1/status", { headers: json }],
		["/v1/tokens", { headers: json }],
		["/v1/keys", { headers: json }],
		["/v1/events", { headers: json }],
		["/metrics", { headers: client }],
		[
			"/v1/signatures",
			{ method: "POST", headers: json, body: order },
		],
		["/v1/signatures", { method: "POST", body: order }],
		["/nothing", { headers: json }],
	];
	return Promise.all(
		tries.map(([path, options]) =>
			fetch(base + path, options).then(
				async (r) => `${r.status} ${await r.text()}`,
				(error) => String(error),
			),
		),
	);
}

test("loopback: another page learns nothing and signs nothing", async () => {
	const page = await demo.openEvil();
	const before = demo.place.dialogs;
	const key = `pkcs11:serial=${fixtures.SIGNET_SERIAL_TEST};object=p256`;
	const got = await page.evaluate(attack, [demo.port, key]);
	assert.equal(got.length, 10);
	for (const text of got)
		assert.equal(text, "TypeError: Failed to fetch");
	/* Without CORS it is sent, and the answer is nobody's to read. */
	const blind = await page.evaluate(
		async ([port, body]) => {
			const answer = await fetch(
				`http://127.0.0.1:${port}/v1/signatures`,
				{ method: "POST", mode: "no-cors", body },
			);
			return [answer.type, answer.status];
		},
		[demo.port, "{}"],
	);
	assert.deepEqual(blind, ["opaque", 0]);
	const code = await page.evaluate(async (port) => {
		const { connect } = await import("/signet.js");
		return connect({ port }).catch((error) => error.code);
	}, demo.port);
	assert.equal(code, "unreachable");
	assert.equal(demo.place.dialogs, before);
	await page.close();
});
