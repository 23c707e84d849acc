/* SPDX-License-Identifier: Apache-2.0 */
/*
 * demo: a browser on the demo bank's page, with a signetd that lets it in; and
 * what happens there, by whichever way the page finds Signet.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { after, before, test } from "node:test";

import { granted, launch, picture, selfSigned } from "./browser.mjs";
import { freePort, Place, root, until } from "./place.mjs";

export const ORIGIN = "https://bank.example";
const EVIL = "https://evil.example";
/* The same site by another name. */
export const SHOP = "https://shop.example";

/* A site of somebody else, which has a copy of signet.js. */
async function evilSite(tls) {
	const server = createServer(
		{ key: readFileSync(tls.key), cert: readFileSync(tls.cert) },
		(request, response) => {
			const script = request.url === "/signet.js";
			response.setHeader(
				"Content-Type",
				script ? "text/javascript" : "text/html",
			);
			response.end(
				script
					? readFileSync(`${root}web/signet.js`)
					: "<!doctype html><title>Evil</title>",
			);
		},
	).listen(0, "127.0.0.1");
	await once(server, "listening");
	return server;
}

/*
 * With an extension (extension.mjs) the page finds no loopback.  To the browser
 * both sites are on the public internet, so that it asks before they reach the
 * loopback.
 */
export class Demo {
	place = new Place();
	#rules;
	#granted;

	/* rules: further ones of the policy, in YAML; granted: origins that
	 * the visitor has let reach the loopback, for good. */
	constructor(rules = "", granted = []) {
		this.#rules = rules;
		this.#granted = granted;
	}

	async start(extension) {
		const { place } = this;
		const tls = selfSigned(place, "bank.example");
		this.port = await freePort();
		const bank = await place.bank(ORIGIN, {
			args: [
				"--tls-key",
				tls.key,
				"--tls-cert",
				tls.cert,
			].concat(["--signet-port", String(this.port)]),
		});
		this.site = await evilSite(tls);
		const evil = this.site.address().port;
		const loopback = `loopback: {port: ${this.port}}\n`;
		await place.signetd(
			"approves",
			`${extension ? "" : loopback}policy:
  - name: bank
    match:
      origin: ["${ORIGIN}"]
      content: [application/vnd.signet.request+jws]
    outcome: ask
    bank: ${place.file("bank.pem")}
    bank_issuer: ${ORIGIN}
    audience: customer-1042
${this.#rules}  - {name: programs, outcome: ask}
`,
		);
		extension?.install?.(place);
		granted(place.file("profile"), this.#granted);
		this.browser = await launch(place.file("profile"), {
			hosts: {
				"bank.example": bank,
				"evil.example": evil,
				"shop.example": evil,
			},
			extension: extension?.folder,
			env: { SIGNET_SOCKET: place.file("socket") },
			args: [
				"--ip-address-space-overrides=" +
					[bank, evil]
						.map(
							(p) =>
								`127.0.0.1:${p}=public`,
						)
						.join(),
			],
		});
	}

	async end() {
		await this.browser?.close();
		this.site?.closeAllConnections();
		this.site?.close();
		await this.place.end();
	}

	/* What the visitor has answered to the browser: granted, denied. */
	async permit(page, origin, setting) {
		if (this.#granted.includes(origin)) return;
		const session = await this.browser.newCDPSession(page);
		await session.send("Browser.setPermission", {
			permission: { name: "loopback-network" },
			setting,
			origin,
		});
	}

	/* A new page of the bank, with its order shown; script goes first. */
	async open(setting = "granted", script = () => {}) {
		const page = await this.browser.newPage();
		page.setDefaultTimeout(15000);
		await this.permit(page, ORIGIN, setting);
		await page.addInitScript(script);
		await page.goto(`${ORIGIN}/`);
		await page.locator("#order").waitFor();
		return page;
	}

	async openEvil(origin = EVIL, script = () => {}) {
		const page = await this.browser.newPage();
		page.setDefaultTimeout(15000);
		await this.permit(page, origin, "granted");
		await page.addInitScript(script);
		await page.goto(`${origin}/`);
		return page;
	}
}

const approved = (page) => page.locator("#receipt").waitFor();

/* The problem that the page tells has this code. */
export async function told(page, code) {
	const detail = page.locator("#problem p").first();
	await detail.waitFor();
	const { WORDS } = await import("../../../web/demo/page/words.js");
	assert.equal(await detail.textContent(), WORDS.en.problems[code]);
}

/* What runs in a page before its own script: it sends each approval twice. */
function sendTwice() {
	const { fetch } = window;
	window.fetch = async (url, options) => {
		if (String(url).endsWith("/approval"))
			window.first = (await fetch(url, options)).status;
		return fetch(url, options);
	};
}

/* ... it writes another amount into the bank's request. */
function makeCheaper() {
	const { fetch } = window;
	window.fetch = async (url, options) => {
		const answer = await fetch(url, options);
		if (!String(url).endsWith("/request")) return answer;
		const { request } = await answer.json();
		const [header, payload, signature] = request.split(".");
		const claims = atob(
			payload.replace(/-/g, "+").replace(/_/g, "/"),
		).replace(/"value":"[0-9.]+"/, '"value":"9.00"');
		const changed = btoa(claims)
			.replace(/\+/g, "-")
			.replace(/\//g, "_")
			.replace(/=/g, "");
		return Response.json({
			request: `${header}.${changed}.${signature}`,
		});
	};
}

/* The tests that hold for both ways; name: that of the way. */
export function bothWays(name, options) {
	const demo = new Demo();
	const { place } = demo;

	before(() => demo.start(options));
	after(() => demo.end());

	test(`${name}: an order is approved; its bank accepts`, async () => {
		const page = await demo.open();
		await picture(page, `${name}-order`);
		await page.locator("#approve").click();
		await approved(page);
		assert.match(
			await page.locator("#proof").textContent(),
			/Signed byZhang Min/,
		);
		assert.equal(place.dialogs, 1);
		for (const line of ["Noordzee Components", "1234.00", ORIGIN])
			assert.ok(place.told.includes(line), place.told);
		await picture(page, `${name}-approved`);
		await page.locator("nav button[lang=zh-Hans]").click();
		await picture(page, `${name}-approved-zh`);
		await page.close();
	});

	test(`${name}: a person who declines signs nothing`, async () => {
		const page = await demo.open();
		place.sits("declines");
		await page.locator("#approve").click();
		await told(page, "declined");
		await picture(page, `${name}-declined`);
		assert.ok(await page.locator("#approve").isEnabled());
		place.sits("approves");
		await page.locator("#approve").click();
		await approved(page);
		await page.close();
	});

	test(`${name}: cancelling closes the dialog`, async () => {
		const page = await demo.open();
		place.sits("waits");
		await page.locator("#approve").click();
		await until(async () => !(await noDialog()), "a dialog");
		await picture(page, `${name}-waiting`);
		await page.locator("#cancel").click();
		await told(page, "cancelled");
		await until(noDialog, "the end of the dialog");
		await page.close();
		place.sits("approves");
	});

	test(`${name}: a tab that is closed closes the dialog`, async () => {
		const page = await demo.open();
		place.sits("waits");
		await page.locator("#approve").click();
		await until(async () => !(await noDialog()), "a dialog");
		await page.close();
		await until(noDialog, "the end of the dialog");
		place.sits("approves");
	});

	test(`${name}: without a card the page waits for one`, async () => {
		await place.cards(false);
		await until(noToken, "no token");
		const page = await demo.open();
		await page.locator("#approve").click();
		await told(page, "no-card");
		await picture(page, `${name}-no-card`);
		await place.cards(true);
		await page.getByText("Card found.").waitFor();
		await page.locator("#approve").click();
		await approved(page);
		await page.close();
	});

	test(`${name}: a card that goes signs nothing`, async () => {
		place.rules("C_Sign return CKR_DEVICE_REMOVED\n");
		const page = await demo.open();
		await page.locator("#approve").click();
		await told(page, "token-gone");
		place.rules("");
		await page.close();
	});

	test(`${name}: an answer to another order is refused`, async () => {
		const page = await demo.open();
		const bodies = [];
		await page.route("**/approval", (route) => {
			bodies.push(route.request().postData());
			return route.continue({ postData: bodies[0] });
		});
		await page.locator("#approve").click();
		await approved(page);
		await page.locator("#another").click();
		await page.locator("#approve").click();
		await told(page, "other-order");
		await picture(page, `${name}-other-order`);
		await page.close();
	});

	test(`${name}: a replay is refused`, async () => {
		const page = await demo.open("granted", sendTwice);
		await page.locator("#approve").click();
		await told(page, "used");
		assert.equal(await page.evaluate("first"), 200);
		await page.close();
	});

	test(`${name}: what a page changes in a request is found`, async () => {
		const page = await demo.open("granted", makeCheaper);
		const before = place.dialogs;
		await page.locator("#approve").click();
		await told(page, "bank-request");
		assert.equal(place.dialogs, before);
		await page.close();
	});

	async function noDialog() {
		const { body } = await place.api("GET", "/v1/status");
		return body.dialogs_open === 0;
	}

	/* ... and no worker that is still looking. */
	async function noToken() {
		const { body } = await place.api("GET", "/v1/status");
		return (
			body.tokens === 0 &&
			body.modules[0].workers[0].state === "ready"
		);
	}

	return demo;
}
