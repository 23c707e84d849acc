/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page: what can be said of the demo's page without a browser: it speaks both
 * languages in full, and its colours can be told apart.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { languageOf, WORDS } from "../../web/demo/page/words.js";
import { SignetError } from "../../web/signet.js";

const read = (name) =>
	readFileSync(
		new URL(`../../web/demo/page/${name}`, import.meta.url),
		"utf8",
	);

test("both languages say the same", () => {
	const { en, "zh-Hans": zh } = WORDS;
	assert.deepEqual(Object.keys(zh), Object.keys(en));
	assert.deepEqual(Object.keys(zh.problems), Object.keys(en.problems));
	for (const words of [en, zh])
		for (const text of Object.values({
			...words,
			...words.problems,
			problems: "",
		}).slice(0, -1))
			assert.ok(
				typeof text === "string" ||
					text === words.problems,
			);
	for (const text of Object.values(zh.problems))
		assert.match(text, /\p{Script=Han}/u);
});

test("all that the page shows has words", () => {
	const wanted = [
		...read("index.html").matchAll(/data-word="(\w+)"/g),
	].map(([, word]) => word);
	assert.ok(wanted.length > 5);
	for (const word of wanted)
		assert.equal(typeof WORDS.en[word], "string", word);
});

test("a browser gets the first language that it prefers and is here", () => {
	assert.equal(languageOf(["zh-CN", "en"]), "zh-Hans");
	assert.equal(languageOf(["de", "zh", "en"]), "zh-Hans");
	assert.equal(languageOf(["en-GB", "zh"]), "en");
	assert.equal(languageOf(["fr"]), "en");
	assert.equal(languageOf(["zhx", "enm"]), "en");
});

test("a problem of Signet's has words by the codes it has", () => {
	const codes = readFileSync(
		new URL("../../docs/errors.md", import.meta.url),
		"utf8",
	)
		.match(/^\| `[\w-]+`/gm)
		.map((line) => line.slice(3, -1));
	const own = [
		"no-card",
		"unreachable",
		"local-network-denied",
		"timeout",
		"used",
		"other-order",
		"not-the-customer",
		"other",
	];
	for (const code of Object.keys(WORDS.en.problems))
		assert.ok(own.includes(code) || codes.includes(code), code);
	assert.equal(
		new SignetError("declined", "d").code in WORDS.en.problems,
		true,
	);
});

/* WCAG 2.2, relative luminance and contrast. */
function contrast(one, other) {
	const luminance = (hex) =>
		hex
			.match(/[0-9a-f]{2}/g)
			.map((h) => parseInt(h, 16) / 255)
			.map((c) =>
				c <= 0.04045
					? c / 12.92
					: ((c + 0.055) / 1.055) ** 2.4,
			)
			.reduce(
				(sum, c, i) =>
					sum + c * [0.2126, 0.7152, 0.0722][i],
				0,
			);
	const [dark, light] = [luminance(one), luminance(other)].sort(
		(a, b) => a - b,
	);
	return (light + 0.05) / (dark + 0.05);
}

test("text has a contrast of 7 to 1, in the light and in the dark", () => {
	assert.equal(Math.round(contrast("#000000", "#ffffff")), 21);
	const themes = read("page.css").split(
		"@media (prefers-color-scheme: dark)",
	);
	assert.equal(themes.length, 2);
	for (const css of themes) {
		const colour = (name) =>
			new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(css)[1];
		for (const [text, ground] of [
			["ink", "ground"],
			["ink", "paper"],
			["soft", "ground"],
			["soft", "paper"],
			["brand", "ground"],
			["brand", "paper"],
			["on-brand", "brand"],
			["soft", "good-ground"],
			["ink", "good-ground"],
			["good", "good-ground"],
			["bad", "bad-ground"],
		])
			assert.ok(
				contrast(colour(text), colour(ground)) >= 7,
				`${text} on ${ground}: ${contrast(
					colour(text),
					colour(ground),
				)}`,
			);
	}
});
