/* SPDX-License-Identifier: Apache-2.0 */
/*
 * orders: payments that wait for their approval, of visitors who are known by
 * the cookie of their session.
 *
 * An order is open until one answer is accepted.  Only the newest request that
 * was made of it can be answered, once, and in its time.
 */
import { randomUUID } from "node:crypto";

import { checkAnswer } from "./answer.mjs";
import { Refusal } from "./refusal.mjs";
import { makeRequest } from "./request.mjs";

/* Orders that are kept; the oldest goes. */
const MOST = 1000;

const PAYER = {
	name: "Example Trading Co. Ltd.",
	account: "6217 0012 1000 4501 117",
};
const PAYEES = [
	{
		payee: {
			name: "Noordzee Components B.V.",
			account: "NL91ABNA0417164300",
			bank: "ABNANL2A",
		},
		total: { value: "1234.00", currency: "EUR" },
		reference: "PO-2026-4411",
		purpose: "Bearings, 2nd delivery",
	},
	{
		payee: {
			name: "上海明珠机械有限公司",
			account: "6222 0210 0111 4567",
		},
		total: { value: "58800.00", currency: "CNY" },
		reference: "HT-2026-0093",
		purpose: "设备维护",
	},
	{
		payee: {
			name: "Müller Werkzeuge GmbH",
			account: "DE02120300000000202051",
			bank: "BYLADEM1001",
		},
		total: { value: "86.50", currency: "EUR" },
		reference: "RE 20817",
	},
];

export class Orders {
	#bank;
	#orders = new Map();
	#count = 0;

	/*
	 * bank: origin, issuer, audience, key; trust, a file with the CA's
	 * certificates and CRLs; customers, the fingerprints of their
	 * certificates.
	 */
	constructor(bank) {
		this.#bank = bank;
	}

	create(session) {
		const order = {
			id: randomUUID(),
			session,
			state: "open",
			payment: {
				payer: PAYER,
				...PAYEES[this.#count++ % PAYEES.length],
			},
			request: null,
		};
		if (this.#bank.origin.startsWith("https:"))
			order.payment.origin = this.#bank.origin;
		this.#orders.set(order.id, order);
		if (this.#orders.size > MOST)
			this.#orders.delete(this.#orders.keys().next().value);
		return this.#shown(order);
	}

	#shown({ id, state, payment, receipt }) {
		return { id, state, payment, receipt };
	}

	#find(session, id) {
		const order = this.#orders.get(id);

		if (order === undefined || order.session !== session)
			throw new Refusal(
				404,
				"no-such-order",
				"no such order",
			);
		return order;
	}

	/* A new request of it: the JWS that the customer is to sign. */
	request(session, id) {
		const order = this.#find(session, id);

		if (order.state !== "open")
			throw new Refusal(
				409,
				"used",
				"it was approved before",
			);
		order.request = makeRequest(this.#bank, order.payment);
		return order.request.jws;
	}

	/* Accepts the answer, or throws a Refusal that says why not. */
	async approve(session, id, answer) {
		const order = this.#find(session, id);
		const { request } = order;

		if (order.state !== "open")
			throw new Refusal(
				409,
				"used",
				"it was approved before",
			);
		if (request === null)
			throw new Refusal(
				409,
				"not-requested",
				"nobody has asked for its approval",
			);
		const certificate = await checkAnswer(
			answer,
			request,
			this.#bank.trust,
		);
		if (!this.#bank.customers.has(certificate.fingerprint256))
			throw new Refusal(
				403,
				"not-the-customer",
				`not of this customer: ${certificate.subject}`,
			);
		if (Date.now() / 1000 > request.exp)
			throw new Refusal(422, "expired", "it came too late");
		/* What was awaited: another answer may have been quicker. */
		if (order.state !== "open" || order.request !== request)
			throw new Refusal(
				409,
				"used",
				"it was approved before",
			);
		order.state = "approved";
		order.receipt = {
			at: new Date().toISOString(),
			signer: /^CN=(.*)$/m.exec(certificate.subject)?.[1],
			request: request.jti,
		};
		return this.#shown(order);
	}
}
