/* SPDX-License-Identifier: Apache-2.0 */
/*
 * browser: Chromium without a window.  All hosts of .example are this machine;
 * their pages have certificates of nobody.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";

import { build } from "./place.mjs";

const ARGS = [
	"--headless=new",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--ignore-certificate-errors",
];

/* Which port each host is at: { "bank.example": 8443 }. */
const resolver = (hosts) =>
	"--host-resolver-rules=" +
	Object.entries(hosts)
		.map(([host, port]) => `MAP ${host} 127.0.0.1:${port}`)
		.join(",");

/* A key and a certificate for TLS, in files of that place: { key, cert }. */
export function selfSigned(place, host) {
	const [key, cert] = ["tls.key", "tls.crt"].map((n) => place.file(n));
	execFileSync(
		"openssl",
		[
			"req",
			"-x509",
			"-newkey",
			"ec",
			"-pkeyopt",
			"ec_paramgen_curve:P-256",
			"-nodes",
			"-keyout",
			key,
			"-out",
			cert,
			"-days",
			"2",
			"-subj",
			`/CN=${host}`,
			"-addext",
			`subjectAltName=DNS:${host}`,
		],
		{ stdio: "ignore" },
	);
	return { key, cert };
}

/*
 * A new profile in which the visitor has let these origins reach the loopback,
 * for good.  (What Browser.setPermission grants also holds for frames that
 * Permissions Policy keeps from it.)
 */
export function granted(profile, origins) {
	const exceptions = Object.fromEntries(
		origins.map((origin) => [
			`${origin}:443,*`,
			{ setting: 1, last_modified: "13400000000000000" },
		]),
	);
	mkdirSync(`${profile}/Default`, { recursive: true });
	writeFileSync(
		`${profile}/Default/Preferences`,
		JSON.stringify({
			profile: {
				content_settings: {
					exceptions: {
						loopback_network: exceptions,
					},
				},
			},
		}),
	);
}

/*
 * A browser with a profile of its own.  extension: a folder to load; hosts as
 * above; args: further switches; env: further variables, also of native hosts.
 */
export function launch(profile, { hosts, extension, args = [], env = {} }) {
	const load = ["load-extension", "disable-extensions-except"].map(
		(name) => `--${name}=${extension}`,
	);
	return chromium.launchPersistentContext(profile, {
		executablePath: "/usr/bin/chromium",
		chromiumSandbox: false,
		headless: true,
		ignoreDefaultArgs: ["--disable-extensions"],
		args: [
			...ARGS,
			resolver(hosts),
			...(extension === undefined ? [] : load),
			...args,
		],
		env: { ...process.env, ...env },
		viewport: { width: 900, height: 900 },
		locale: "en-GB",
	});
}

/* Of a page as it is, into build/web/. */
export async function picture(page, name) {
	mkdirSync(`${build}/web`, { recursive: true });
	await page.screenshot({
		path: `${build}/web/${name}.png`,
		fullPage: true,
	});
}
