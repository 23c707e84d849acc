/* SPDX-License-Identifier: Apache-2.0 */
/*
 * package: what npm would publish of web/, that its types are those of its
 * code, and what the extension's manifest says.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (name) => readFileSync(root + name, "utf8");
const json = (name) => JSON.parse(read(name));

function tsc(...args) {
	const { stdout, status } = spawnSync(
		process.execPath,
		["tests/web/node_modules/typescript/bin/tsc", ...args],
		{ cwd: root, encoding: "utf8" },
	);
	assert.equal(status, 0, stdout);
}

test("npm packs the module, its types, and nothing else", () => {
	const [pack] = JSON.parse(
		execFileSync(
			"npm",
			["pack", "--dry-run", "--json", "--ignore-scripts"],
			{
				cwd: `${root}web`,
				encoding: "utf8",
				stdio: ["ignore", "pipe", "ignore"],
			},
		),
	);
	assert.deepEqual(pack.files.map((f) => f.path).sort(), [
		"LICENSE",
		"README.md",
		"package.json",
		"signet.d.ts",
		"signet.js",
	]);
	assert.equal(read("web/LICENSE"), read("LICENSE"));
	for (const file of pack.files)
		assert.ok(!read(`web/${file.path}`).includes("\r"));
});

test("the package is usable by its name, and needs no other", () => {
	const meta = json("web/package.json");
	assert.deepEqual(meta.exports["."], {
		types: "./signet.d.ts",
		default: "./signet.js",
	});
	assert.equal(meta.license, "Apache-2.0");
	for (const kind of ["dependencies", "peerDependencies", "scripts"])
		assert.equal(meta[kind], undefined);
	assert.ok(!/^import\b/m.test(read("web/signet.js")));
	assert.equal(
		execFileSync(
			process.execPath,
			[
				"--input-type=module",
				"-e",
				`import("${meta.name}").then((m) => console.log(
			Object.keys(m).sort().join()))`,
			],
			{ cwd: `${root}web`, encoding: "utf8" },
		).trim(),
		"DEFAULT_PORT,SignetError,connect,pair",
	);
});

test("there is one version", () => {
	const version = read("VERSION").trim();
	assert.equal(json("web/package.json").version, version);
	assert.equal(json("web/extension/manifest.json").version, version);
});

test("the types hold for a page, and are those of the code", () => {
	const options = [
		"--strict",
		"--target",
		"es2022",
		"--lib",
		"es2022,dom",
		"--module",
		"nodenext",
		"--skipDefaultLibCheck",
	];
	tsc(
		"--allowJs",
		"--noCheck",
		"--declaration",
		"--emitDeclarationOnly",
		...options,
		"--outDir",
		"build/web/made",
		"web/signet.js",
	);
	tsc(
		"--noEmit",
		...options,
		"tests/web/types/use.ts",
		"tests/web/types/same.ts",
	);
});

test("the extension has the ids that the host lets in", () => {
	const manifest = json("web/extension/manifest.json");
	/* Chromium makes the id of the key: its hash in letters from a to p. */
	const id = createHash("sha256")
		.update(Buffer.from(manifest.key, "base64"))
		.digest("hex")
		.slice(0, 32)
		.replace(/./g, (c) =>
			String.fromCharCode(97 + parseInt(c, 16)),
		);
	const { gecko } = manifest.browser_specific_settings;
	for (const name of [
		"src/base/native_host.c",
		"docs/PROTOCOL.webhost",
		"web/extension/README.md",
	]) {
		assert.ok(read(name).includes(id), `${name}: ${id}`);
		assert.ok(read(name).includes(gecko.id), name);
	}
});

test("the extension asks for native messaging and nothing else", () => {
	const manifest = json("web/extension/manifest.json");
	assert.deepEqual(manifest.permissions, ["nativeMessaging"]);
	for (const name of [
		"host_permissions",
		"optional_permissions",
		"optional_host_permissions",
		"externally_connectable",
		"web_accessible_resources",
		"content_security_policy",
	])
		assert.equal(manifest[name], undefined);
	assert.deepEqual(
		manifest.content_scripts.map((s) => [s.matches, s.all_frames]),
		[[["https://*/*", "http://localhost/*"], undefined]],
	);
});

test("the sources are formatted", () => {
	const { stderr, status } = spawnSync(
		process.execPath,
		[
			"tests/web/node_modules/prettier/bin/prettier.cjs",
			"--check",
			"web",
			"tests/web",
		],
		{ cwd: root, encoding: "utf8" },
	);
	assert.equal(status, 0, stderr);
});

test("what the tests install comes from nowhere in particular", () => {
	const { packages } = json("tests/web/package-lock.json");
	for (const [name, meta] of Object.entries(packages)) {
		if (name === "") continue;
		assert.match(meta.integrity, /^sha512-/, name);
		assert.match(
			meta.resolved ?? "https://registry.npmjs.org/",
			/^https:\/\/registry\.npmjs\.org\//,
			name,
		);
	}
});
