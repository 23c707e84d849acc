/* SPDX-License-Identifier: Apache-2.0 */
/*
 * insistent: a page that asks a hundred times a second, over the loopback; and
 * one whose dialogs nobody approves.
 */
import assert from "node:assert/strict";
import { request as ask } from "node:http";
import { after, before, test } from "node:test";

import { fixtures, freePort, Place, until } from "./lib/place.mjs";

const BANK = "https://bank.example";
const EACH_MS = 10;
const COUNT = 200;

const place = new Place();
const key = `pkcs11:serial=${fixtures.SIGNET_SERIAL_TEST};object=p256`;
const order = {
	key,
	format: "raw",
	content: { media_type: "text/plain", data: "YQ==" },
};
let port;

before(async () => {
	port = await freePort();
	await place.signetd(
		"waits",
		`loopback: {port: ${port}}
policy:
  - {name: bank, match: {origin: ["${BANK}"]}, outcome: ask}
  - {name: allowed, match: {paired: true}, outcome: ask}
  - {name: programs, outcome: ask}
`,
	);
});
after(() => place.end());

/* As a browser sends it for a page, each by a connection of its own. */
function send(origin, path, body) {
	const sent = {};
	const began = performance.now();

	sent.answer = new Promise((resolve, reject) => {
		sent.request = ask(
			{
				port,
				method: "POST",
				path,
				agent: false,
				headers: {
					Origin: origin,
					"Content-Type": "application/json",
					"Signet-Client": "test",
				},
			},
			async (response) => {
				let text = "";
				for await (const piece of response)
					text += piece;
				resolve({
					status: response.statusCode,
					code: JSON.parse(text).code,
					wait: response.headers["retry-after"],
					ms: performance.now() - began,
				});
			},
		);
		sent.request.on("error", reject);
		sent.request.end(JSON.stringify(body));
	});
	return sent;
}

async function dialogs() {
	const { body } = await place.api("GET", "/v1/status");
	return [body.dialogs_open, body.dialogs_waiting];
}

/*
 * COUNT requests, one in 10 ms whatever becomes of them; of these one gets a
 * dialog, the others an answer at once, and programs do not notice.
 */
async function insist(make) {
	const slow = [];
	const first = make(0);
	await until(async () => (await dialogs())[0] === 1, "the dialog");
	const began = performance.now();
	const sent = await new Promise((done) => {
		const all = [];
		const timer = setInterval(() => {
			const late = performance.now() - began;
			while (all.length < Math.min(late / EACH_MS, COUNT))
				all.push(make(all.length + 1));
			if (all.length < COUNT) return;
			clearInterval(timer);
			done(all);
		}, EACH_MS);
		const look = async () => {
			while (all.length < COUNT) {
				const at = performance.now();
				assert.deepEqual(await dialogs(), [1, 0]);
				slow.push(performance.now() - at);
			}
		};
		look().catch((error) => slow.push(error));
	});
	const rate = (COUNT / (performance.now() - began)) * 1000;
	assert.ok(rate > 80, `${rate} a second`);
	for (const { answer } of sent) {
		const { status, code, ms } = await answer;
		assert.deepEqual([status, code], [429, "quota"]);
		assert.ok(ms < 2000, `${ms} ms`);
	}
	for (const ms of slow) assert.ok(ms < 1000, `${ms}`);
	assert.deepEqual(await dialogs(), [1, 0]);
	return first;
}

test("a page that asks and asks has one dialog, and 429", async () => {
	const first = await insist(() => send(BANK, "/v1/signatures", order));
	place.go();
	assert.equal((await first.answer).status, 201);
	assert.deepEqual(await dialogs(), [0, 0]);
});

test("two hundred names are one page that asks to be allowed", async () => {
	const first = await insist((i) =>
		send(`https://p${i}.example`, "/v1/origins", {}),
	);
	place.go("decline");
	const { status, code } = await first.answer;
	assert.deepEqual([status, code], [403, "declined"]);
	const other = send("https://other.example", "/v1/origins", {});
	const { wait, ...answer } = await other.answer;
	assert.equal(answer.status, 429);
	assert.ok(wait >= 1 && wait <= 5, wait);
	assert.deepEqual(await dialogs(), [0, 0]);
});

test("who is not approved waits longer each time", async () => {
	const answers = [];
	for (let i = 0; i < 3; i++) {
		const { answer, request } = send(BANK, "/v1/signatures", order);
		await until(async () => (await dialogs())[0] === 1, "a dialog");
		/* It does not help to take a dialog back. */
		if (i === 1) {
			answer.catch(() => {});
			request.destroy();
		} else {
			place.go("decline");
			answers.push((await answer).code);
		}
		await until(
			async () => (await dialogs())[0] === 0,
			"no dialog",
		);
		/* Or it would take what is meant for the next one. */
		await until(() => !place.hasPinentry(), "no pinentry");
	}
	assert.deepEqual(answers, ["declined", "declined"]);
	const refused = await send(BANK, "/v1/signatures", order).answer;
	assert.deepEqual([refused.status, refused.code], [429, "quota"]);
	assert.ok(refused.wait >= 4 && refused.wait <= 5, refused.wait);
});
