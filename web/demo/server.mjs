/* SPDX-License-Identifier: Apache-2.0 */
/*
 * server: the bank's pages, and what they ask it, over HTTP.
 *
 *	POST /api/orders			a new order
 *	POST /api/orders/ID/request		what is to be signed of it
 *	POST /api/orders/ID/approval		the signature
 */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";

import { Orders } from "./orders.mjs";
import { Refusal } from "./refusal.mjs";

/* Bytes of a body: a signature with its certificates. */
const LARGEST = 256 * 1024;

const file = (name, type) => ({
	type: `${type};charset=utf-8`,
	text: readFileSync(new URL(name, import.meta.url)),
});
const FILES = {
	"/": file("page/index.html", "text/html"),
	"/page.js": file("page/page.js", "text/javascript"),
	"/words.js": file("page/words.js", "text/javascript"),
	"/page.css": file("page/page.css", "text/css"),
	"/icon.svg": file("page/icon.svg", "image/svg+xml"),
	"/signet.js": file("../signet.js", "text/javascript"),
};

/* Scripts, styles and images of ours only; connections to us and to Signet. */
function headers(port) {
	return {
		"Content-Security-Policy":
			"default-src 'none'; script-src 'self';" +
			" style-src 'self'; img-src 'self';" +
			` connect-src 'self' http://127.0.0.1:${port};` +
			" base-uri 'none'; form-action 'none';" +
			" frame-ancestors 'none'",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Referrer-Policy": "no-referrer",
		"X-Content-Type-Options": "nosniff",
		"Cache-Control": "no-store",
	};
}

async function bodyOf(request) {
	let text = "";
	request.setEncoding("utf8");
	for await (const piece of request) {
		text += piece;
		if (text.length > LARGEST)
			throw new Refusal(
				413,
				"too-large",
				"the body is too large",
			);
	}
	try {
		return JSON.parse(text);
	} catch {
		throw new Refusal(400, "malformed", "the body is no JSON");
	}
}

/* Of the cookie; a new one for who has none. */
function sessionOf(request, response, secure) {
	const known = /(?:^|; )session=([\w-]{43})(?:;|$)/.exec(
		request.headers.cookie ?? "",
	);
	if (known !== null) return known[1];
	const session = randomBytes(32).toString("base64url");
	response.setHeader(
		"Set-Cookie",
		`session=${session}; HttpOnly; Path=/;` +
			` SameSite=Strict${secure ? "; Secure" : ""}`,
	);
	return session;
}

/* Only our own pages may post: browsers tell whose page it is. */
function checkOrigin(request, bank) {
	if (
		request.headers.origin !== bank.origin ||
		request.headers["content-type"] !== "application/json"
	)
		throw new Refusal(
			403,
			"not-allowed",
			"not from a page of ours",
		);
}

async function api(orders, bank, session, request) {
	const [, id, action] = /^\/api\/orders(?:\/([\w-]+)\/(\w+))?$/.exec(
		request.url,
	) ?? [null, "", ""];

	checkOrigin(request, bank);
	const body = await bodyOf(request);
	if (id === undefined)
		return {
			order: orders.create(session),
			port: bank.signetPort,
			certificates: bank.thumbprints,
		};
	if (action === "request")
		return { request: orders.request(session, id) };
	if (action === "approval")
		return { order: await orders.approve(session, id, body) };
	throw new Refusal(404, "not-found", "there is nothing here");
}

function answer(response, status, value) {
	response.writeHead(status, { "Content-Type": "application/json" });
	response.end(JSON.stringify(value));
}

async function serve(orders, bank, request, response) {
	for (const [name, value] of Object.entries(headers(bank.signetPort)))
		response.setHeader(name, value);
	const session = sessionOf(request, response, bank.tls !== undefined);
	const found = Object.hasOwn(FILES, request.url)
		? FILES[request.url]
		: undefined;
	try {
		if (request.method === "POST") {
			answer(
				response,
				200,
				await api(orders, bank, session, request),
			);
		} else if (request.method === "GET" && found !== undefined) {
			response.setHeader("Content-Type", found.type);
			response.end(found.text);
		} else {
			throw new Refusal(404, "not-found", "nothing here");
		}
	} catch (error) {
		bank.log(`${request.url}: ${error.message.trim()}`);
		if (error instanceof Refusal)
			answer(response, error.status, { code: error.code });
		else answer(response, 500, { code: "internal" });
	}
}

/*
 * bank as Orders wants it, and: signetPort; thumbprints of the customers'
 * certificates (x5t#S256); tls, { key, cert } in PEM, or none; log, a function.
 */
export function createBank(bank) {
	const orders = new Orders(bank);
	const create = bank.tls === undefined ? createHttp : createHttps;

	return create(
		{ ...bank.tls, requestTimeout: 20000 },
		(request, response) => serve(orders, bank, request, response),
	);
}
