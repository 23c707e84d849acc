/* SPDX-License-Identifier: Apache-2.0 */
/*
 * signet: signet.js by itself: what it sends, keeps over retries, and makes of
 * what goes wrong.  With the real signetd: demo.test.mjs.
 */
import assert from "node:assert/strict";
import { File } from "node:buffer";
import { webcrypto } from "node:crypto";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { connect, DEFAULT_PORT, SignetError } from "../../web/signet.js";
import { misbehaving } from "./lib/misbehaves.mjs";

/* Node.js 18 has it under another name. */
globalThis.crypto ??= webcrypto;

const problem = (code, status, more) => ({
	status,
	body: {
		type: `urn:signet:problem:${code}`,
		title: code,
		status,
		code,
		detail: `why ${code}`,
		retry: false,
		...more,
	},
});

/* A server with this script, and a connection to it. */
async function against(t, script, options = {}) {
	const server = await misbehaving(...script);
	t.after(() => server.end());
	const signet = await connect({
		transports: ["loopback"],
		port: server.port,
		...options,
	});
	return { server, signet };
}

const vnd = (name) => `application/vnd.signet.${name}`;
const sent = (request) => JSON.parse(request.body);

test("each content becomes what the API calls it", async (t) => {
	const { server, signet } = await against(
		t,
		Array(6).fill({ body: { state: "released" } }),
	);
	const payment = {
		payee: { name: "A", account: "B" },
		total: { value: "1.00", currency: "EUR" },
	};

	await signet.sign({ payment });
	await signet.sign({
		text: "Grüße",
		name: "a.txt",
		format: "raw",
		key: "pkcs11:object=k",
		algorithm: "ES256",
	});
	await signet.sign({
		document: new File([new Uint8Array([0, 255])], "a.pdf", {
			type: "application/pdf",
		}),
		detached: false,
	});
	await signet.sign({
		document: new Uint8Array([9, 1, 2, 9]).subarray(1, 3),
		mediaType: "image/png",
	});
	await signet.sign({
		digest: { algorithm: "sha-256", value: new Uint8Array(32) },
		name: "b",
		size: 7,
	});
	await signet.sign({
		request: "e30.e30.AA",
		format: "jws",
		expires: new Date("2026-11-23T12:00:00Z"),
	});
	assert.deepEqual(server.seen.map(sent), [
		{
			format: "cms",
			content: {
				media_type: vnd("payment+json"),
				payment,
			},
		},
		{
			key: "pkcs11:object=k",
			algorithm: "ES256",
			format: "raw",
			content: {
				media_type: "text/plain;charset=utf-8",
				name: "a.txt",
				data: "R3LDvMOfZQ==",
			},
		},
		{
			format: "cms",
			detached: false,
			content: {
				media_type: "application/pdf",
				name: "a.pdf",
				data: "AP8=",
			},
		},
		{
			format: "cms",
			content: { media_type: "image/png", data: "AQI=" },
		},
		{
			format: "cms",
			content: {
				name: "b",
				size: 7,
				digest: {
					algorithm: "sha-256",
					value: `${"A".repeat(43)}=`,
				},
			},
		},
		{
			format: "jws",
			expires: "2026-11-23T12:00:00.000Z",
			content: {
				media_type: vnd("request+jws"),
				data: btoa("e30.e30.AA"),
			},
		},
	]);
	for (const { method, path, headers } of server.seen) {
		assert.equal(`${method} ${path}`, "POST /v1/signatures");
		assert.equal(headers["content-type"], "application/json");
		assert.equal(headers["signet-client"], "signet.js/1");
	}
});

test("data stands last in its content, so that it streams", async (t) => {
	const { server, signet } = await against(t, [{}]);
	await signet.sign({ text: "a", name: "b" });
	assert.match(server.seen[0].body, /"name":"b","data":"YQ=="\}\}$/);
});

test("a large document is sent whole", async (t) => {
	const { server, signet } = await against(t, [{}]);
	const bytes = new Uint8Array(300001).map((_, i) => i * 7);
	await signet.sign({ document: bytes });
	assert.ok(
		Buffer.from(sent(server.seen[0]).content.data, "base64").equals(
			bytes,
		),
	);
});

test("a content that is none or two is refused at once", async (t) => {
	const { server, signet } = await against(t, []);
	await assert.rejects(signet.sign({}), TypeError);
	await assert.rejects(
		signet.sign({ text: "a", payment: {} }),
		TypeError,
	);
	await assert.rejects(signet.signBatch([{ text: "a" }, {}]), TypeError);
	assert.equal(server.seen.length, 0);
});

test("a batch is one request, in its order", async (t) => {
	const { server, signet } = await against(t, [
		{ body: { count: 2, signed: 2 } },
	]);
	const answer = await signet.signBatch(
		[
			{ text: "a", name: "1" },
			{ text: "b", name: "2" },
		],
		{ format: "jws" },
	);
	assert.equal(answer.signed, 2);
	assert.deepEqual(
		sent(server.seen[0]).items.map((i) => i.content.name),
		["1", "2"],
	);
	assert.equal(sent(server.seen[0]).format, "jws");
});

test("a sign-in sends the nonce and what key is to be used", async (t) => {
	const { server, signet } = await against(t, [
		{ body: { format: "web-eid:1.0" } },
	]);
	const nonce = "n".repeat(44);
	const token = await signet.authenticate(nonce, { key: "pkcs11:" });
	assert.equal(token.format, "web-eid:1.0");
	assert.deepEqual(sent(server.seen[0]), {
		key: "pkcs11:",
		challenge_nonce: nonce,
	});
	assert.equal(server.seen[0].path, "/v1/authentications");
	assert.ok(server.seen[0].headers["idempotency-key"]);
});

test("keys are asked for by what is given, encoded", async (t) => {
	const { server, signet } = await against(
		t,
		Array(2).fill({ status: 200, body: { keys: [1] } }),
	);
	assert.deepEqual(await signet.keys(), [1]);
	await signet.keys({ issuer: "CN=A&B", purpose: "clientAuth" });
	assert.deepEqual(
		server.seen.map((r) => r.path),
		["/v1/keys", "/v1/keys?issuer=CN%3DA%26B&purpose=clientAuth"],
	);
});

test("a problem becomes an error that has all of it", async (t) => {
	const { signet } = await against(t, [
		problem("pin-locked", 423, { ckr: 164 }),
		problem("token-gone", 503, { retry: true }),
	]);
	await assert.rejects(signet.sign({ text: "a" }), (e) => {
		assert.ok(e instanceof SignetError && e instanceof Error);
		assert.equal(e.name, "SignetError");
		assert.deepEqual(
			[e.code, e.status, e.detail, e.retry],
			["pin-locked", 423, "why pin-locked", false],
		);
		assert.equal(e.problem.ckr, 164);
		return true;
	});
	await assert.rejects(signet.sign({ text: "a" }), {
		code: "token-gone",
		retry: true,
	});
});

test("an answer that is no problem document is told as such", async (t) => {
	const { signet } = await against(t, [
		{ status: 502, text: "<html>" },
		{ status: 403, body: null },
	]);
	await assert.rejects(signet.sign({ text: "a" }), {
		code: "protocol",
		status: 502,
		retry: false,
	});
	await assert.rejects(signet.sign({ text: "a" }), {
		code: "protocol",
		status: 403,
	});
});

test("what broke is tried again, with the same key and body", async (t) => {
	const { server, signet } = await against(t, [
		"breaks",
		"stutters",
		{ body: { signature: "s" } },
	]);
	assert.equal((await signet.sign({ text: "a" })).signature, "s");
	assert.equal(server.seen.length, 3);
	const [first, ...others] = server.seen;
	assert.match(first.headers["idempotency-key"], /^[0-9a-f-]{36}$/);
	for (const other of others) {
		assert.equal(
			other.headers["idempotency-key"],
			first.headers["idempotency-key"],
		);
		assert.equal(other.body, first.body);
	}
});

test("another request has another Idempotency-Key", async (t) => {
	const { server, signet } = await against(t, [{}, {}]);
	await signet.sign({ text: "a" });
	await signet.sign({ text: "a" });
	const keys = server.seen.map((r) => r.headers["idempotency-key"]);
	assert.notEqual(keys[0], keys[1]);
});

test("a try that still runs is waited for", async (t) => {
	const { server, signet } = await against(t, [
		problem("idempotency-running", 409, { retry: true }),
		{},
	]);
	await signet.sign({ text: "a" });
	assert.equal(server.seen.length, 2);
});

test("what a person refused is not asked again", async (t) => {
	const { server, signet } = await against(t, [problem("declined", 403)]);
	await assert.rejects(signet.sign({ text: "a" }), { code: "declined" });
	await sleep(600);
	assert.equal(server.seen.length, 1);
});

test("tries end, and the error has the key to go on with", async (t) => {
	const { server, signet } = await against(t, ["breaks", "breaks", {}], {
		retries: 1,
	});
	let key;
	await assert.rejects(signet.sign({ text: "a" }), (e) => {
		key = e.idempotencyKey;
		return e.code === "connection-lost" && e.retry;
	});
	assert.equal(server.seen.length, 2);
	await signet.sign({ text: "a", idempotencyKey: key });
	assert.equal(server.seen[2].headers["idempotency-key"], key);
	assert.equal(server.seen[0].headers["idempotency-key"], key);
});

test("an abort cancels the request and closes its connection", async (t) => {
	const { server, signet } = await against(t, ["hangs"]);
	const abort = new AbortController();
	const signing = signet.sign({ text: "a", signal: abort.signal });
	while (server.seen.length === 0) await sleep(5);
	abort.abort("enough");
	await assert.rejects(signing, { code: "cancelled", cause: "enough" });
	while (server.closed === 0) await sleep(5);
	await assert.rejects(signet.sign({ text: "a", signal: abort.signal }), {
		code: "cancelled",
	});
	assert.equal(server.seen.length, 1);
});

test("an abort between two tries ends them", async (t) => {
	const { server, signet } = await against(t, ["breaks", {}]);
	const abort = new AbortController();
	const signing = signet.sign({ text: "a", signal: abort.signal });
	while (server.seen.length === 0) await sleep(5);
	await sleep(50);
	abort.abort();
	await assert.rejects(signing, { code: "cancelled" });
	await sleep(400);
	assert.equal(server.seen.length, 1);
});

test("a time limit cancels the request and says so", async (t) => {
	const { server, signet } = await against(t, ["hangs", "hangs"]);
	await assert.rejects(signet.sign({ text: "a", timeout: 100 }), {
		code: "timeout",
		retry: true,
		status: 0,
	});
	await assert.rejects(signet.keys({ timeout: 100 }), {
		code: "timeout",
	});
	while (server.closed < 2) await sleep(5);
});

test("token changes come through cuts and comebacks", async (t) => {
	const event = (id, type, more) =>
		`id: ${id}\nevent: ${type}\ndata: ` +
		`${JSON.stringify({ id, type, ...more })}\n\n`;
	const first = event(5, "token-inserted", { label: "Grüße" });
	const { server, signet } = await against(t, [
		{
			events: [
				'data: {"type":"live"}\n\n:\n\n',
				first.slice(0, 30),
				first.slice(30),
			],
		},
		{ events: [event(6, "token-removed")], cut: true },
		"hangs",
	]);
	const got = [];
	const stop = signet.onTokenChange((e) => got.push(e));
	while (server.seen.length < 3) await sleep(20);
	stop();
	assert.deepEqual(
		got.map((e) => e.type),
		["token-inserted", "token-removed"],
	);
	assert.equal(got[0].label, "Grüße");
	assert.deepEqual(
		server.seen.map((r) => r.headers["last-event-id"]),
		[undefined, "5", "6"],
	);
	while (server.closed === 0) await sleep(5);
});

test("token changes that are refused end, and say why", async (t) => {
	const { server, signet } = await against(t, [
		problem("not-allowed", 403),
	]);
	const error = await new Promise((resolve) =>
		signet.onTokenChange(() => {}, { onError: resolve }),
	);
	assert.equal(error.code, "not-allowed");
	await sleep(700);
	assert.equal(server.seen.length, 1);
});

test("without any way in it is unreachable", async () => {
	const server = await misbehaving();
	server.end();
	await assert.rejects(
		connect({ transports: ["loopback"], port: server.port }),
		{ code: "unreachable" },
	);
	await assert.rejects(connect({ transports: ["usb"] }), TypeError);
	assert.equal(typeof DEFAULT_PORT, "number");
});

/* --- the extension's side, as its content script plays it ----------------- */

/* A window whose content script answers by answer(message, channel). */
function windowWith(t, answer, late = 0) {
	const events = new EventTarget();
	const deliver = (data, ports = []) =>
		queueMicrotask(() =>
			events.dispatchEvent(
				Object.assign(new Event("message"), {
					source: globalThis.window,
					data,
					ports,
				}),
			),
		);
	globalThis.window = {
		location: { origin: "https://bank.example" },
		addEventListener: events.addEventListener.bind(events),
		removeEventListener: events.removeEventListener.bind(events),
		postMessage: (data, origin, ports) => {
			assert.equal(origin, "https://bank.example");
			deliver(data, ports);
		},
	};
	const channels = [];
	events.addEventListener("message", async ({ data }) => {
		if (data?.signet !== "connect" || answer === null) return;
		await sleep(late);
		const { port1, port2 } = new MessageChannel();
		channels.push(port1);
		port1.onmessage = (e) => answer(e.data, port1);
		deliver({ signet: "v1", id: data.id }, [port2]);
	});
	t.after(() => {
		channels.forEach((port) => port.close());
		delete globalThis.window;
	});
}

test("a silent window is no extension: the loopback is next", async (t) => {
	windowWith(t, null);
	const { signet } = await against(t, [], {
		extensionTimeout: 50,
		transports: undefined,
	});
	assert.equal(signet.transport, "loopback");
});

test("the extension goes first, with several requests at a time", async (t) => {
	const asked = [];
	windowWith(t, (m, port) => {
		asked.push(m);
		if (asked.length === 2)
			for (const { id, path } of asked.reverse())
				port.postMessage({
					id,
					status: 200,
					body: { keys: [path] },
				});
	});
	const signet = await connect();
	assert.equal(signet.transport, "extension");
	assert.deepEqual(
		await Promise.all([
			signet.keys({ token: "a" }),
			signet.keys({ token: "b" }),
		]),
		[["/v1/keys?token=a"], ["/v1/keys?token=b"]],
	);
	assert.ok(asked.every((m) => m.origin === undefined));
});

test("an abort is told to the extension", async (t) => {
	const asked = [];
	const abort = new AbortController();
	windowWith(t, (m) => {
		asked.push(m);
		abort.abort();
	});
	const signet = await connect();
	await assert.rejects(signet.sign({ text: "a", signal: abort.signal }), {
		code: "cancelled",
	});
	while (asked.length < 2) await sleep(5);
	assert.deepEqual(asked[1], { id: asked[0].id, cancel: true });
	assert.match(asked[0].headers["Idempotency-Key"], /^[0-9a-f-]{36}$/);
});

test("a host that was lost is connected again, for all alike", async (t) => {
	let lost = 0;
	windowWith(t, (m, port) =>
		port.postMessage(
			lost++ < 2
				? { lost: true }
				: {
						id: m.id,
						status: 200,
						body: { keys: [m.path] },
					},
		),
	);
	const signet = await connect();
	assert.deepEqual(
		await Promise.all([
			signet.keys({ token: "a" }),
			signet.keys({ token: "b" }),
		]),
		[["/v1/keys?token=a"], ["/v1/keys?token=b"]],
	);
});

test("an answer in parts is put together", async (t) => {
	windowWith(t, (m, port) => {
		const text = JSON.stringify({ keys: ["Grüße"] });
		port.postMessage({
			id: m.id,
			status: 200,
			headers: {},
			part: text.slice(0, 3),
		});
		port.postMessage({ id: m.id, part: text.slice(3, 12) });
		port.postMessage({
			id: m.id,
			part: text.slice(12),
			last: true,
		});
	});
	const signet = await connect();
	assert.deepEqual(await signet.keys(), ["Grüße"]);
});

test("token changes come over the extension", async (t) => {
	windowWith(t, (m, port) => {
		if (m.cancel) return;
		port.postMessage({ id: m.id, status: 200 });
		port.postMessage({
			id: m.id,
			event: "token-inserted",
			event_id: "7",
			data: { id: 7, type: m.path },
		});
	});
	const signet = await connect();
	const event = await new Promise((resolve) => {
		const stop = signet.onTokenChange((e) => {
			stop();
			resolve(e);
		});
	});
	assert.deepEqual(event, {
		id: 7,
		type:
			"/v1/events?types=" +
			"token-inserted,token-removed,keys-changed",
	});
});
