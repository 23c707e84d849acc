/* SPDX-License-Identifier: Apache-2.0 */
/*
 * extension: the demo by the extension and its native messaging host, in
 * Chromium; and what another page can find out of it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { bothWays } from "./lib/demo.mjs";
import { extension } from "./lib/extension.mjs";

/* What a page hears that asks for a channel in every way it could. */
async function listen(ms) {
	const heard = [];
	const own = ["connect", "v1"];
	const hear = (e) => {
		if (!own.includes(e.data?.signet))
			heard.push(JSON.stringify(e.data));
	};
	addEventListener("message", hear);
	const { port1, port2 } = new MessageChannel();
	port1.onmessage = (e) => heard.push(JSON.stringify(e.data));
	const html = document.documentElement.outerHTML;
	for (let i = 0; i < 100; i++)
		postMessage({ signet: "connect", id: i }, location.origin);
	postMessage({ signet: "connect", id: "p" }, location.origin, [port2]);
	postMessage({ signet: "v1" }, location.origin);
	await new Promise((done) => setTimeout(done, ms));
	return {
		heard,
		same: html === document.documentElement.outerHTML,
		runtime: typeof globalThis.chrome?.runtime,
	};
}

const demo = bothWays("extension", extension);

test("extension: another page hears nothing of it", async () => {
	const page = await demo.openEvil();
	assert.deepEqual(await page.evaluate(listen, 3000), {
		heard: [],
		same: true,
		runtime: "undefined",
	});
	const code = await page.evaluate(async () => {
		const { connect } = await import("/signet.js");
		return connect({ transports: ["extension"] }).catch(
			(error) => error.code,
		);
	});
	assert.equal(code, "unreachable");
	await page.close();
});

test("extension: a page that may gets its keys", async () => {
	const page = await demo.open();
	const got = await page.evaluate(async () => {
		const { connect } = await import("/signet.js");
		const signet = await connect({
			transports: ["extension"],
		});
		return signet.keys().then((keys) => keys.length);
	});
	assert.ok(got > 0);
	await page.close();
});
