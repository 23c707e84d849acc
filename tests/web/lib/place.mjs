/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place: a folder of a test's own, with processes that end with it: signetd on
 * copies of the fixtures' tokens, with a pinentry double (tests/pinentry) in
 * the place of a person, and the demo bank.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { request as ask } from "node:http";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
export const build = process.env.SIGNET_BUILD ?? `${root}build`;

/* The variables of the fixtures: SIGNET_FIXTURES, SIGNET_SERIAL_TEST, ... */
export const fixtures = Object.fromEntries(
	execFileSync("sh", ["-c", `. ${build}/fixtures/env && env -0`], {
		encoding: "utf8",
	})
		.split("\0")
		.filter((line) => /^(SIGNET_|SOFTHSM2)/.test(line))
		.map((line) => line.split(/=(.*)/s).slice(0, 2)),
);

export const fixture = (name) => `${fixtures.SIGNET_FIXTURES}/${name}`;

export async function until(condition, what, ms = 15000) {
	const end = Date.now() + ms;
	for (;;) {
		const value = await condition();
		if (value) return value;
		if (Date.now() > end)
			throw new Error(`in ${ms} ms did not come: ${what}`);
		await sleep(20);
	}
}

/* A port of 127.0.0.1 that nobody has. */
export async function freePort() {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address();
	server.close();
	return port;
}

export class Place {
	folder = mkdtempSync("/tmp/signet.");
	#children = [];

	file(name) {
		return `${this.folder}/${name}`;
	}

	read(name) {
		return existsSync(this.file(name))
			? readFileSync(this.file(name), "utf8")
			: "";
	}

	write(name, text) {
		writeFileSync(this.file(name), text);
		return this.file(name);
	}

	/* Gives the first line that it writes to fd. */
	async start(command, args, { fd = 1, env = {} } = {}) {
		const stdio = ["ignore", "ignore", "pipe", "ignore"];
		stdio[fd] = "pipe";
		const child = spawn(command, args, {
			stdio,
			env: { ...process.env, ...env },
		});
		this.#children.push(child);
		child.stderr.on("data", (data) =>
			writeFileSync(this.file("log"), data, { flag: "a" }),
		);
		const lines = createInterface({ input: child.stdio[fd] });
		const [line] = await Promise.race([
			once(lines, "line"),
			once(child, "exit").then(() => {
				throw new Error(
					`${command}: ${this.read("log")}`,
				);
			}),
		]);
		return { child, line };
	}

	async end() {
		for (const child of this.#children.splice(0).reverse()) {
			if (
				child.exitCode !== null ||
				child.signalCode !== null
			)
				continue;
			const exit = once(child, "exit");
			child.kill("SIGTERM");
			await exit;
		}
		rmSync(this.folder, { recursive: true, force: true });
	}

	/* --- signetd ----------------------------------------------- */

	/* lines: of the configuration, after what each test has. */
	async signetd(double, lines) {
		cpSync(fixture("tokens"), this.file("tokens"), {
			recursive: true,
		});
		this.write("pin", readFileSync(fixture("pin")));
		this.write(
			"softhsm2.conf",
			`directories.tokendir = ${this.file("tokens")}\n` +
				"objectstore.backend = file\n",
		);
		if (this.read("rules") === "") this.write("rules", "");
		this.sits(double);
		this.write(
			"signetd.yaml",
			`version: 1
state: ${this.file("state")}
modules:
  - name: mock
    path: ${build}/mock/signet-mock.so
    environment:
      - {name: SOFTHSM2_CONF, value: ${this.file("softhsm2.conf")}}
      - {name: SIGNET_MOCK_MODULE, value: ${fixtures.SIGNET_SOFTHSM2_MODULE}}
      - {name: SIGNET_MOCK_RULES, value: ${this.file("rules")}}
prompt:
  pinentry: ${this.file("pinentry")}
  timeout: 20
  language: C.UTF-8
${lines}`,
		);
		await this.start(
			`${build}/bin/signetd`,
			[
				"--config",
				this.file("signetd.yaml"),
				"--socket",
				this.file("socket"),
				"--ready-fd",
				"3",
			],
			{ fd: 3 },
		);
		await until(
			async () =>
				(await this.api("GET", "/v1/status")).body
					.state === "ready",
			"modules that are ready",
		);
	}

	/* The module misbehaves by these rules (tests/mock) from now on. */
	rules(text) {
		this.write("rules.new", text);
		renameSync(this.file("rules.new"), this.file("rules"));
	}

	/* The tokens go, or come back: a new worker finds what is there. */
	async cards(there) {
		const [from, to] = there
			? ["tokens.away", "tokens"]
			: ["tokens", "tokens.away"];
		rmSync(this.file(to), { recursive: true, force: true });
		renameSync(this.file(from), this.file(to));
		if (!there) mkdirSync(this.file(from));
		const { body } = await this.api("GET", "/v1/status");
		for (const { pid } of body.modules[0].workers)
			process.kill(pid, "SIGKILL");
	}

	/* What the double "waits" is to answer to the open dialog. */
	go(word = "") {
		this.write("go.new", word);
		renameSync(this.file("go.new"), this.file("go"));
	}

	/* Does a double of it still run? */
	hasPinentry() {
		const { status } = spawnSync("pgrep", [
			"-f",
			`^/bin/sh ${this.folder}/`,
		]);
		return status === 0;
	}

	/* This double answers from the next dialog on. */
	sits(double) {
		symlinkSync(
			`${root}tests/pinentry/${double}`,
			this.file("pinentry.new"),
		);
		renameSync(this.file("pinentry.new"), this.file("pinentry"));
	}

	/* PINs that were asked for; what the dialogs showed. */
	get dialogs() {
		return this.read("transcript").split("\nGETPIN").length - 1;
	}

	get told() {
		return [...this.read("transcript").matchAll(/^SETDESC (.*)$/gm)]
			.map(([, text]) => decodeURIComponent(text))
			.join("\n");
	}

	/* As a program on the unix socket. */
	api(method, path, body, headers = {}) {
		return new Promise((resolve, reject) => {
			const request = ask(
				{
					socketPath: this.file("socket"),
					method,
					path,
					headers: {
						...headers,
						"Content-Type":
							"application/json",
					},
				},
				async (response) => {
					let text = "";
					for await (const piece of response)
						text += piece;
					resolve({
						status: response.statusCode,
						body: JSON.parse(text),
					});
				},
			);
			request.on("error", reject);
			request.end(body && JSON.stringify(body));
		});
	}

	/* --- the bank ---------------------------------------------- */

	/* customers: names of certificates of the fixtures. */
	async bank(origin, { customers = ["p256"], args = [] } = {}) {
		const key = this.file("bank.key");
		execFileSync(
			"openssl",
			[
				"genpkey",
				"-algorithm",
				"EC",
				"-pkeyopt",
				"ec_paramgen_curve:P-256",
				"-out",
				key,
			],
			{ stdio: "ignore" },
		);
		execFileSync("openssl", [
			"pkey",
			"-in",
			key,
			"-pubout",
			"-out",
			this.file("bank.pem"),
		]);
		const { line } = await this.start(process.execPath, [
			`${root}web/demo/bank.mjs`,
			"--origin",
			origin,
			"--key",
			key,
			"--ca",
			fixture("ca/chain.pem"),
			"--crl",
			fixture("ca/crl.pem"),
			"--crl",
			fixture("ca/root-crl.pem"),
			...customers.flatMap((name) => [
				"--customer",
				fixture(`certs/${name}.pem`),
			]),
			...args,
		]);
		return Number(/^listening on (\d+)$/.exec(line)[1]);
	}
}
