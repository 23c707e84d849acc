/* SPDX-License-Identifier: Apache-2.0 */
/*
 * web: how long a page waits for a signature: from sign() in a page in Chromium
 * to its result, beside the same request on the unix socket.
 *
 * A P-256 key, a payment, CMS; a pinentry double (tests/pinentry/approves)
 * answers the dialog.  In turns, so that all ways have the same machine.  COUNT
 * (40) requests of each.
 */
import { existsSync } from "node:fs";

import { Demo, ORIGIN } from "../tests/web/lib/demo.mjs";
import { extension } from "../tests/web/lib/extension.mjs";
import { build, fixtures } from "../tests/web/lib/place.mjs";

const COUNT = Number(process.env.COUNT ?? 40);
const KEY = `pkcs11:serial=${fixtures.SIGNET_SERIAL_TEST};object=p256`;
const RULES = `  - name: payments
    match:
      origin: ["${ORIGIN}"]
      content: [application/vnd.signet.payment+json]
    outcome: ask
`;
const PAYMENT = {
	payee: { name: "Example", account: "NL91ABNA0417164300" },
	total: { value: "12.00", currency: "EUR" },
};

/* Milliseconds of one sign() in that page; the first call connects. */
function inPage(page, transport, port) {
	return page.evaluate(
		async ([transport, port, key, payment]) => {
			const { connect } = await import("/signet.js");
			window.signet ??= await connect({
				transports: [transport],
				port,
			});
			const start = performance.now();
			await window.signet.sign({ key, payment });
			return performance.now() - start;
		},
		[transport, port, KEY, PAYMENT],
	);
}

async function onSocket(place) {
	const start = performance.now();
	const { status, body } = await place.api("POST", "/v1/signatures", {
		key: KEY,
		format: "cms",
		content: {
			media_type: "application/vnd.signet.payment+json",
			payment: PAYMENT,
		},
	});
	if (status !== 201) throw new Error(body.detail);
	return performance.now() - start;
}

function print(name, times) {
	const at = (part) => times[Math.floor(part * (times.length - 1))];
	times.sort((a, b) => a - b);
	const words = [0.5, 0.9, 1].map((p) => at(p).toFixed(1).padStart(8));
	console.log(`${name.padEnd(14)}${words.join("")}`);
}

/* demo: a started one.  Its unix socket, and its page by that transport. */
async function measure(demo, transport) {
	const page = await demo.open();
	const ways = {
		"unix socket": () => onSocket(demo.place),
		[transport]: () => inPage(page, transport, demo.port),
	};
	const times = { "unix socket": [], [transport]: [] };

	for (let i = -3; i < COUNT; i++)
		for (const [name, way] of Object.entries(ways)) {
			const ms = await way();
			if (i >= 0) times[name].push(ms);
		}
	for (const [name, all] of Object.entries(times)) print(name, all);
}

async function run(transport, options) {
	const demo = new Demo(RULES);
	try {
		await demo.start(options);
		await measure(demo, transport);
	} finally {
		await demo.end();
	}
}

console.log(`ms, of ${COUNT}         p50     p90     max   (${ORIGIN})`);
await run("loopback");
if (existsSync(`${build}/bin/signet-webhost`))
	await run("extension", extension);
else console.log("extension     no signet-webhost in this build");
