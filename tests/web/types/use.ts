/* SPDX-License-Identifier: Apache-2.0 */
/*
 * use: what a page in TypeScript may write, and what it may not.
 */
import {
	connect,
	DEFAULT_PORT,
	pair,
	SignetError,
} from "../../../web/signet.js";
import type { Key, Payment, TokenEvent } from "../../../web/signet.js";

const payment: Payment = {
	payee: { name: "A", account: "B" },
	total: { value: "1.00", currency: "EUR" },
};

export async function use(signal: AbortSignal): Promise<string> {
	const signet = await connect({
		port: DEFAULT_PORT,
		signal,
		transports: ["loopback"],
	});
	await pair({ signal, timeout: 60000 }).catch((error: unknown) =>
		error instanceof SignetError ? error.retryAfter : 0,
	);
	const keys: Key[] = await signet.keys({ purpose: "clientAuth" });
	await signet.sign({ text: "a", name: "a.txt", format: "jws" });
	await signet.sign({ document: new Blob([]), mediaType: "image/png" });
	await signet.sign({ document: new Uint8Array(3), detached: false });
	await signet.sign({ digest: { algorithm: "sha-256", value: "AA==" } });
	await signet.sign({
		request: "a.b.c",
		expires: new Date(),
		timeout: 0,
	});
	const batch = await signet.signBatch([{ payment }, { text: "b" }]);
	const stop = signet.onTokenChange((e: TokenEvent) => e.label, {
		signal,
	});
	stop();
	const token = await signet.authenticate("n".repeat(44));
	const { signature } = await signet.sign({ payment, key: keys[0]!.uri });

	// @ts-expect-error a content is needed
	await signet.sign({ format: "cms" });
	// @ts-expect-error an amount is a string
	await signet.sign({ payment: { ...payment, total: { value: 1 } } });
	// @ts-expect-error no such format
	await signet.sign({ text: "a", format: "pdf" });
	// @ts-expect-error no such way
	await connect({ transports: ["usb"] });
	// @ts-expect-error a batch has no signature of its own
	batch.signature;
	return signature + batch.items[0]!.signature + token.signature;
}

export function tell(error: unknown): string {
	if (!(error instanceof SignetError)) throw error;
	return error.retry
		? error.detail
		: `${error.code} ${error.status}` +
				`${error.problem?.ckr}${error.idempotencyKey}`;
}
