/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reporter: of node:test, as the other runners of tests/ print it: a line for
 * each test, and "N passed, N failed" as the last one.
 *
 * What is skipped has failed when CI is true.
 */
import { relative } from "node:path";

const strict = process.env.CI === "true";

function where(data) {
	return data.file === undefined
		? ""
		: `${relative(process.cwd(), data.file)}:${data.line ?? 1}: `;
}

/* The begin of it: an assertion over a page shows the page. */
function indented(text) {
	return text
		.split("\n")
		.slice(0, 40)
		.map((line) => `    ${line.slice(0, 400)}\n`)
		.join("");
}

/* Of a wrapper around a file only its failure is told. */
function isFile(data) {
	return data.name.endsWith(".test.mjs");
}

export default async function* report(source) {
	let passed = 0,
		failed = 0,
		skipped = 0;
	for await (const { type, data } of source) {
		if (type === "test:stdout" || type === "test:stderr") {
			yield data.message;
		} else if (type === "test:fail") {
			const { error, duration_ms: ms } = data.details;
			const cause = error.cause ?? error;
			failed++;
			yield (
				`not ok ${where(data)}${data.name}` +
				` (${Math.round(ms)} ms)\n` +
				indented(String(cause.stack ?? cause))
			);
		} else if (type === "test:pass" && data.skip !== undefined) {
			skipped++;
			yield `ok ${data.name} # skip ${data.skip}\n`;
		} else if (type === "test:pass" && !isFile(data)) {
			const { duration_ms: ms } = data.details;
			passed++;
			yield `ok ${data.name} (${Math.round(ms)} ms)\n`;
		}
	}
	if (passed + failed + skipped === 0) {
		failed = 1;
		yield "run-web: no test was run\n";
	}
	if (strict && skipped > 0)
		yield "run-web: a skip is a failure here (CI=true)\n";
	yield (
		`${passed} passed, ${failed + (strict ? skipped : 0)} failed` +
		(skipped > 0 && !strict ? `, ${skipped} skipped\n` : "\n")
	);
	if (strict && skipped > 0) process.exitCode = 1;
}
