/* SPDX-License-Identifier: Apache-2.0 */
/**
 * signet.js: asks the Signet on the visitor's machine for signatures.
 * The members of keys, signatures and events are those of docs/api/openapi.yaml
 * and docs/events.md.
 */

/** Where signetd listens on 127.0.0.1, unless it is configured otherwise. */
export const DEFAULT_PORT: number;

export type Transport = "extension" | "loopback";

export interface ConnectOptions {
	/** Of the loopback; DEFAULT_PORT. */
	port?: number;
	/** In the order in which they are tried; both. */
	transports?: Transport[];
	/** Milliseconds in which the extension has to answer; 1500. */
	extensionTimeout?: number;
	/** How often a request whose connection broke is sent again; 2. */
	retries?: number;
	signal?: AbortSignal;
}

/** Finds a way to Signet: the extension, or else the loopback. */
export function connect(options?: ConnectOptions): Promise<Signet>;

export interface PairOptions extends ConnectOptions {
	/** Milliseconds that the visitor has to answer; 0: no limit. */
	timeout?: number;
}

/**
 * The same; if the visitor has to allow this page first, Signet asks them.
 * Call it from a click: connect() never opens a dialog, and ends with the code
 * "not-paired" instead.
 */
export function pair(options?: PairOptions): Promise<Signet>;

/** A way in that works. */
export interface Signet {
	readonly transport: Transport;

	/** The keys that this page may use, with their certificates. */
	keys(options?: KeyOptions): Promise<Key[]>;

	/** Has the visitor sign one content. */
	sign(options: Content & SignOptions): Promise<Signature>;

	/**
	 * The same for several under one approval.  If it breaks off, the
	 * error's problem has what was signed until then.
	 */
	signBatch(
		contents: Content[],
		options?: SignOptions,
	): Promise<BatchSignature>;

	/** Proves to the page's server, which made the nonce, who this is. */
	authenticate(
		nonce: string,
		options?: AuthenticateOptions,
	): Promise<AuthenticationToken>;

	/**
	 * Tells of tokens that are there (snapshot), and then whenever tokens
	 * or keys come, go or change, until the function it returns is called
	 * or the signal says so.  What has changed is not told: see keys().
	 */
	onTokenChange(
		listener: (event: TokenEvent) => void,
		options?: FollowOptions,
	): () => void;
}

export interface RequestOptions {
	/** Cancels the request; the dialog closes. */
	signal?: AbortSignal;
	/** Milliseconds until it is cancelled; 0: never. */
	timeout?: number;
}

export interface KeyOptions extends RequestOptions {
	/** PKCS#11 URI */
	token?: string;
	/** of the certificate, RFC 4514 */
	issuer?: string;
	/** key usage or extended key usage of the certificate */
	purpose?: string;
}

export type Algorithm =
	| "RS256"
	| "RS384"
	| "RS512"
	| "PS256"
	| "PS384"
	| "PS512"
	| "ES256"
	| "ES384"
	| "ES512"
	| "EdDSA";

export interface SignOptions extends RequestOptions {
	/** PKCS#11 URI of a Key; may be left out where there is one key */
	key?: string;
	algorithm?: Algorithm;
	/** "cms" */
	format?: "cms" | "jws" | "raw";
	/** without the content; true for cms, false for jws */
	detached?: boolean;
	/** of a raw ECDSA signature; "der" */
	encoding?: "der" | "p1363";
	/** RFC 3339; neither approved nor begun after this */
	expires?: string | Date;
	/** Of a SignetError, to go on with the request that failed. */
	idempotencyKey?: string;
}

export type Content =
	| PaymentContent
	| TextContent
	| RequestContent
	| DocumentContent
	| DigestContent;

/** Shown field by field; its canonical form (RFC 8785) is signed. */
export interface PaymentContent {
	payment: Payment;
	name?: string;
}

/** Shown as it is. */
export interface TextContent {
	text: string;
	name?: string;
}

/** What a bank signed (compact JWS); shown with what is in it. */
export interface RequestContent {
	request: string;
	name?: string;
}

/** Shown if Signet reads its type, else blind. */
export interface DocumentContent {
	document: Blob | BufferSource;
	/** the Blob's, or application/octet-stream */
	mediaType?: string;
	/** the File's */
	name?: string;
}

/** Blind: nobody can show it. */
export interface DigestContent {
	digest: {
		algorithm: "sha-256" | "sha-384" | "sha-512";
		/** a string is base64 */
		value: BufferSource | string;
	};
	name?: string;
	size?: number;
}

export interface Payment {
	payee: { name: string; account: string; bank?: string };
	payer?: { name?: string; account?: string };
	/** value: a decimal, as a string */
	total: { value: string; currency: string };
	reference?: string;
	purpose?: string;
	due?: string;
	nonce?: string;
	origin?: string;
	instrument?: { displayName: string };
}

export interface Certificate {
	/** base64 */
	der: string;
	subject: string;
	issuer: string;
	serial: string;
	not_before: string;
	not_after: string;
	usages: string[];
	extended_usages: string[];
	/** base64url */
	"x5t#S256": string;
}

export interface Key {
	uri: string;
	token: string;
	label: string;
	id: string;
	type: "RSA" | "EC" | "OKP";
	size: number;
	curve: string | null;
	algorithms: Algorithm[];
	always_authenticate: boolean;
	/** SubjectPublicKeyInfo, base64 */
	public_key: string;
	certificate: Certificate | null;
	warnings: string[];
}

export interface Signature {
	id: string;
	state: string;
	format: "cms" | "jws" | "raw";
	detached: boolean;
	key: string;
	algorithm: Algorithm;
	/** base64 (cms, raw), or the compact JWS */
	signature: string;
	/** base64 of DER, the leaf first */
	certificates: string[];
}

export interface BatchSignature extends Omit<Signature, "signature"> {
	count: number;
	signed: number;
	items: { signature: string }[];
}

export interface AuthenticateOptions extends RequestOptions {
	/** PKCS#11 URI; else the first that the policy allows */
	key?: string;
	algorithm?: Algorithm;
	idempotencyKey?: string;
}

/** The token of Web eID, for the page's server; and which request it was. */
export interface AuthenticationToken {
	id: string;
	state: string;
	key: string;
	unverifiedCertificate: string;
	algorithm: string;
	signature: string;
	format: string;
	appVersion: string;
}

export interface TokenEvent {
	/** After "lost" what was told before is void. */
	type: "token-inserted" | "token-removed" | "keys-changed" | "lost";
	id?: number;
	time: string;
	/** It is there already; only such an event has the members below. */
	snapshot?: true;
	token?: string;
	label?: string;
	serial?: string;
	slot?: string;
	module?: string;
}

export interface FollowOptions {
	signal?: AbortSignal;
	/** It was refused, and ended. */
	onError?: (error: SignetError) => void;
}

/** A problem document (RFC 9457) of signetd. */
export interface Problem {
	type: string;
	title: string;
	status: number;
	code: string;
	detail: string;
	retry: boolean;
	ckr?: number;
	request?: string;
	/** Of a batch that broke off. */
	count?: number;
	signed?: number;
	items?: { signature: string }[];
	key?: string;
	certificates?: string[];
}

/** What went wrong. */
export class SignetError extends Error {
	constructor(
		code: string,
		detail: string,
		more?: {
			status?: number;
			retry?: boolean;
			retryAfter?: number;
			cause?: unknown;
			problem?: Problem;
		},
	);
	/**
	 * One of docs/errors.md, or "unreachable", "not-paired", "no-gesture",
	 * "local-network-denied", "connection-lost", "timeout".
	 */
	readonly code: string;
	/** What happened, and what to do. */
	readonly detail: string;
	/** HTTP status of the answer; 0 without one. */
	readonly status: number;
	/** Asked again, it can neither sign twice nor cost a PIN try. */
	readonly retry: boolean;
	/** Seconds to wait, where signetd said so ("quota"). */
	readonly retryAfter?: number;
	readonly problem?: Problem;
	/** Give it to sign() again to go on with the same request. */
	readonly idempotencyKey?: string;
}
