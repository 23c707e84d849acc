/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bank: a small bank, which shows orders and takes their approval by a card.
 *
 *	node bank.mjs --origin ORIGIN --key PEM --ca PEM [--ca PEM]... --crl PEM
 *		[--crl PEM]... --customer PEM [--customer PEM]...
 *		[--issuer ORIGIN] [--audience NAME] [--port N]
 *		[--tls-key PEM --tls-cert PEM] [--signet-port N]
 *
 * ORIGIN is that of its pages, as browsers write it; the issuer of its requests
 * is the same unless given.
 *
 * It listens on 127.0.0.1 and says "listening on N" when it does.  All it knows
 * is in memory.  A demonstration: what it does with requests and answers is
 * what a bank has to do, all else is as small as can be.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { DEFAULT_PORT } from "../signet.js";
import { createBank } from "./server.mjs";

const text = { type: "string" };
const texts = { type: "string", multiple: true, default: [] };
const { values } = parseArgs({
	options: {
		origin: text,
		issuer: text,
		key: text,
		ca: texts,
		crl: texts,
		customer: texts,
		audience: { ...text, default: "customer-1042" },
		port: { ...text, default: "0" },
		"tls-key": text,
		"tls-cert": text,
		"signet-port": { ...text, default: String(DEFAULT_PORT) },
	},
});

/* What openssl trusts is one file, with certificates and CRLs in it. */
const folder = mkdtempSync(join(tmpdir(), "signet-bank."));
const trust = join(folder, "trust.pem");
writeFileSync(
	trust,
	[...values.ca, ...values.crl]
		.map((name) => readFileSync(name, "utf8"))
		.join("\n"),
);

const customers = values.customer.map(
	(name) => new X509Certificate(readFileSync(name)).fingerprint256,
);
const server = createBank({
	origin: values.origin,
	issuer: values.issuer ?? values.origin,
	audience: values.audience,
	trust,
	key: createPrivateKey(readFileSync(values.key)),
	customers: new Set(customers),
	thumbprints: customers.map((hex) =>
		Buffer.from(hex.replaceAll(":", ""), "hex").toString(
			"base64url",
		),
	),
	signetPort: Number(values["signet-port"]),
	tls: values["tls-key"] && {
		key: readFileSync(values["tls-key"]),
		cert: readFileSync(values["tls-cert"]),
	},
	log: (line) => console.error(`bank: ${line}`),
});

function end() {
	rmSync(folder, { recursive: true, force: true });
	process.exit();
}

process.on("SIGTERM", end);
process.on("SIGINT", end);
server.listen(Number(values.port), "127.0.0.1", () =>
	console.log(`listening on ${server.address().port}`),
);
