/* SPDX-License-Identifier: Apache-2.0 */
/*
 * page: shows an order of the bank, has it approved, shows the result.
 */
import { connect } from "./signet.js";
import { languageOf, WORDS } from "./words.js";

const element = (id) => document.getElementById(id);

let words;
let language;
/* What the bank said: the order, the certificates of its customer. */
let bank = null;
/* The way to Signet, as soon as there was one; and what cancels. */
let signet = null;
let abort = null;
/* What the status and the problem say, to say it in another language. */
let said = { status: "", problem: null };

/* --- showing ------------------------------------------------------------- */

function showFields(list, fields) {
	list.replaceChildren(
		...fields
			.filter(([, text]) => text)
			.flatMap(([name, text]) => {
				const term = document.createElement("dt");
				const value = document.createElement("dd");
				term.textContent = words[name];
				value.textContent = text;
				return [term, value];
			}),
	);
}

/* A decimal text as people of that language write it, digit by digit. */
function amount({ value, currency }) {
	const [whole, part = ""] = value.split(".");
	const digits = Math.max(part.length, 2);
	return (
		`${currency} ${whole.replace(/\B(?=(\d{3})+$)/g, ",")}` +
		`.${part.padEnd(digits, "0")}`
	);
}

function showOrder({ state, payment, receipt }) {
	element("amount").textContent = amount(payment.total);
	showFields(element("fields"), [
		["payee", payment.payee.name],
		["account", payment.payee.account],
		["payeeBank", payment.payee.bank],
		["reference", payment.reference],
		["purpose", payment.purpose],
		["payer", payment.payer.name],
		["payerAccount", payment.payer.account],
	]);
	element("order").hidden = false;
	const open = state === "open";
	for (const id of ["hint", "approve"]) element(id).hidden = !open;
	element("receipt").hidden = open;
	element("another").hidden = open;
	if (!open)
		showFields(element("proof"), [
			["signer", receipt.signer],
			["at", new Date(receipt.at).toLocaleString(language)],
			["request", receipt.request],
		]);
}

function say(status, problem = null) {
	said = { status, problem };
	element("status").textContent = words[status] ?? "";
	const shown = [];
	if (problem !== null) {
		const text = document.createElement("p");
		text.textContent =
			words.problems[problem.code] ?? words.problems.other;
		shown.push(text);
	}
	if (problem?.detail) {
		const detail = document.createElement("p");
		detail.className = "detail";
		detail.lang = "en";
		detail.textContent = `${problem.code}: ${problem.detail}`;
		shown.push(detail);
	}
	element("problem").replaceChildren(...shown);
}

function speak(wanted) {
	language = wanted;
	words = WORDS[wanted];
	document.documentElement.lang = wanted;
	document.title = `${words.title} – ${words.bank}`;
	for (const e of document.querySelectorAll("[data-word]"))
		e.textContent = words[e.dataset.word];
	for (const e of document.querySelectorAll("nav button"))
		e.setAttribute("aria-pressed", String(e.lang === wanted));
	if (bank !== null) showOrder(bank.order);
	say(said.status, said.problem);
}

/* --- the bank, and Signet ------------------------------------------------ */

class PageError extends Error {
	constructor(code, detail) {
		super(code);
		this.code = code;
		this.detail = detail;
	}
}

async function ask(path, body, signal) {
	const answer = await fetch(`/api/orders${path}`, {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify(body ?? {}),
		signal,
	});
	const value = await answer.json();
	if (!answer.ok) throw new PageError(value.code);
	return value;
}

async function findSignet(signal) {
	if (signet !== null) return;
	signet = await connect({ port: bank.port, signal });
	signet.onTokenChange(() => {
		if (said.problem?.code === "no-card")
			chooseKey().then(
				() => say("cardThere"),
				() => {},
			);
	});
}

function nameOf({ label, certificate }) {
	const [, name] = /CN=([^,]*)/.exec(certificate.subject) ?? [];
	return `${name} (${label})`;
}

/* Which of the keys that are there is of a certificate that the bank knows; of
 * several, the visitor chooses. */
async function chooseKey(signal) {
	const list = element("key");
	const keys = (await signet.keys({ signal })).filter((key) =>
		bank.certificates.includes(key.certificate?.["x5t#S256"]),
	);
	if (keys.length === 0) throw new PageError("no-card");
	const chosen = keys.find((key) => key.uri === list.value) ?? keys[0];
	list.replaceChildren(
		...keys.map((key) => new Option(nameOf(key), key.uri)),
	);
	list.value = chosen.uri;
	element("choice").hidden = keys.length === 1;
	return chosen.uri;
}

async function approve(signal) {
	const path = `/${bank.order.id}`;

	say("connecting");
	await findSignet(signal);
	const key = await chooseKey(signal);
	const { request } = await ask(`${path}/request`, {}, signal);
	say("waiting");
	const { signature } = await signet.sign({
		request,
		key,
		format: "jws",
		signal,
	});
	say("checking");
	return ask(`${path}/approval`, { format: "jws", signature });
}

/* --- buttons ------------------------------------------------------------- */

function setBusy(busy) {
	element("approve").disabled = busy;
	element("key").disabled = busy;
	element("cancel").hidden = !busy;
}

async function onApprove() {
	abort = new AbortController();
	setBusy(true);
	try {
		bank.order = (await approve(abort.signal)).order;
		say("");
		showOrder(bank.order);
		element("done").focus();
	} catch (error) {
		say("", {
			code:
				error.name === "AbortError"
					? "cancelled"
					: (error.code ?? "other"),
			detail: error.detail,
		});
	} finally {
		setBusy(false);
	}
}

async function next() {
	say("");
	try {
		bank = await ask("");
		element("choice").hidden = true;
		showOrder(bank.order);
	} catch (error) {
		say("", { code: error.code ?? "other" });
	}
}

for (const button of document.querySelectorAll("nav button"))
	button.addEventListener("click", () => speak(button.lang));
element("approve").addEventListener("click", onApprove);
element("cancel").addEventListener("click", () => abort.abort());
element("another").addEventListener("click", async () => {
	await next();
	element("approve").focus();
});
speak(languageOf(navigator.languages));
next();
