/* SPDX-License-Identifier: Apache-2.0 */
/**
 * signet.js: asks the Signet on the visitor's machine for signatures.
 *
 *	import { connect } from "./signet.js";
 *	const signet = await connect();
 *	const { signature } = await signet.sign({ payment });
 *
 * One module without dependencies.  It reaches signetd through Signet's browser
 * extension or else by HTTP on the loopback; both take the page's origin from
 * the browser.  No key and no PIN comes near the page: Signet shows the visitor
 * what is signed and takes the PIN in a window of its own.  What the members of
 * requests and answers mean is in docs/api/openapi.yaml and docs/content.md.
 */

/** Where signetd listens on 127.0.0.1, unless it is configured otherwise. */
export const DEFAULT_PORT = 17443;

const PAYMENT = "application/vnd.signet.payment+json";
const REQUEST = "application/vnd.signet.request+jws";
const TEXT = "text/plain;charset=utf-8";
const CHANGES = "/v1/events?types=token-inserted,token-removed,keys-changed";

/* In these milliseconds: the extension says that it is there; signetd answers
 * what needs no person; the visitor answers what does, the browser's question
 * whether this page may reach the loopback among it. */
const EXTENSION_MS = 1500;
const MACHINE_MS = 15000;
const PERSON_MS = 300000;

/**
 * What went wrong.  `code` is one of docs/errors.md, or one of this module:
 *
 * unreachable           no extension that lets this page in, and no loopback
 * not-paired            the visitor has to allow this page first: pair()
 * no-gesture            pair() was called while the visitor did nothing
 * local-network-denied  the browser keeps this page from the loopback
 * connection-lost       the way to signetd broke in mid-request
 * timeout               no answer in time; the request was cancelled
 */
export class SignetError extends Error {
	/**
	 * @param {string} code
	 * @param {string} detail what happened, and what to do
	 * @param {object} [more] status, retry, cause, problem
	 */
	constructor(code, detail, more = {}) {
		super(`${code}: ${detail}`, { cause: more.cause });
		this.name = "SignetError";
		this.code = code;
		this.detail = detail;
		/** HTTP status of the answer; 0 without one. */
		this.status = more.status ?? 0;
		/** Asked again, it signs nothing twice and costs no PIN try. */
		this.retry = more.retry ?? false;
		/** Seconds to wait, where signetd said so (quota). */
		this.retryAfter = more.retryAfter;
		/** The problem document (RFC 9457), where signetd sent one. */
		this.problem = more.problem;
		/** Give it to sign() again to go on with the same request. */
		this.idempotencyKey = undefined;
	}
}

function problemError(status, problem, retryAfter) {
	/* The one answer for pages that are not let in. */
	if (status === 403 && !problem)
		return new SignetError(
			"not-allowed",
			"Signet does not let this page in, or no longer",
			{ status },
		);
	if (typeof problem?.code !== "string")
		return new SignetError(
			"protocol",
			`an answer that is no problem document (${status})`,
			{ status },
		);
	return new SignetError(problem.code, problem.detail ?? problem.title, {
		status,
		retry: problem.retry === true,
		retryAfter,
		problem,
	});
}

function lost(cause) {
	return new SignetError(
		"connection-lost",
		"the connection to Signet broke; try again",
		{ retry: true, cause },
	);
}

function notPaired() {
	return new SignetError(
		"not-paired",
		"the visitor has not allowed this page yet: call pair() when" +
			" they ask for it",
	);
}

/* Of a header field; undefined: not told. */
function secondsOf(field) {
	return field ? Number(field) : undefined;
}

/* --- time and cancelling ------------------------------------------------- */

function whyAborted(signal) {
	if (signal.reason instanceof SignetError) return signal.reason;
	return new SignetError("cancelled", "the page cancelled this request", {
		cause: signal.reason,
	});
}

function outOfTime(ms) {
	const detail = `no answer in ${ms} ms`;
	return new SignetError("timeout", detail, { retry: true });
}

/* Runs work(signal), which ends when the caller's signal or the time does. */
async function limited(signal, ms, work) {
	const own = new AbortController();
	const cancel = () => own.abort(signal.reason);
	const late = () => own.abort(outOfTime(ms));
	const timer = ms > 0 ? setTimeout(late, ms) : 0;

	if (signal?.aborted) cancel();
	signal?.addEventListener("abort", cancel);
	try {
		if (own.signal.aborted) throw whyAborted(own.signal);
		return await work(own.signal);
	} catch (error) {
		throw own.signal.aborted ? whyAborted(own.signal) : error;
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener("abort", cancel);
	}
}

function pause(ms, signal) {
	return new Promise((resolve) => {
		const timer = setTimeout(done, ms);
		function done() {
			clearTimeout(timer);
			signal?.removeEventListener("abort", done);
			resolve();
		}
		signal?.addEventListener("abort", done);
	});
}

/* --- the way through the extension --------------------------------------- */

/*
 * The page asks whoever listens on its window for a channel.  Only the
 * extension answers, and only a page that may sign; any other hears nothing, as
 * if there were no extension.  The channel carries the messages of
 * docs/PROTOCOL.webhost, without the origin: the browser tells that.
 */
class Extension {
	/** It only may ask to be allowed. */
	candidate = false;
	#port = null;
	#opening = null;
	#waiting = new Map();
	#count = 0;

	get kind() {
		return "extension";
	}

	async open(signal) {
		const allowed = await this.#channel(signal);
		this.candidate = false;
		if (allowed) return;
		/* Not when the extension was asked, but now? */
		const hello = { method: "GET", path: "/hello" };
		const { status } = await this.request(hello, signal);
		this.candidate = status === 202;
	}

	#channel(signal) {
		const id = crypto.randomUUID();
		return new Promise((resolve, reject) => {
			const take = ({ source, data, ports }) => {
				if (
					source !== window ||
					data?.id !== id ||
					data.signet !== "v1"
				)
					return;
				window.removeEventListener("message", take);
				[this.#port] = ports;
				ports[0].onmessage = (e) => {
					if (ports[0] === this.#port)
						this.#take(e.data);
				};
				resolve(data.allowed !== false);
			};
			signal.addEventListener("abort", () => {
				window.removeEventListener("message", take);
				reject(whyAborted(signal));
			});
			window.addEventListener("message", take);
			window.postMessage(
				{ signet: "connect", id },
				window.location.origin,
			);
		});
	}

	#reopen() {
		this.#opening ??= limited(null, EXTENSION_MS, (s) =>
			this.open(s),
		)
			.catch((error) => {
				throw lost(error);
			})
			.then(() => {
				if (this.candidate) throw notPaired();
			})
			.finally(() => {
				this.#opening = null;
			});
		return this.#opening;
	}

	#take(message) {
		if (!message.lost) {
			this.#waiting.get(message.id)?.take(message);
			return;
		}
		this.#port.close();
		this.#port = null;
		for (const { reject } of [...this.#waiting.values()])
			reject(lost());
	}

	/* Sends a message; take() gets what comes back for it, and ends it. */
	async #exchange(request, signal, take) {
		if (this.#port === null) await this.#reopen();
		const id = ++this.#count;
		return new Promise((resolve, reject) => {
			const end = (settle) => (value) => {
				this.#waiting.delete(id);
				signal.removeEventListener("abort", cancel);
				settle(value);
			};
			const cancel = () => {
				this.#port.postMessage({ id, cancel: true });
				end(reject)(whyAborted(signal));
			};
			if (signal.aborted) {
				reject(whyAborted(signal));
				return;
			}
			this.#waiting.set(id, {
				take: (m) => take(m, end(resolve), end(reject)),
				reject: end(reject),
			});
			signal.addEventListener("abort", cancel);
			this.#port.postMessage({ id, ...request });
		});
	}

	/* What is too large for one message comes in parts. */
	request(request, signal) {
		let head,
			text = "";
		return this.#exchange(request, signal, (m, resolve) => {
			head ??= {
				status: m.status,
				retryAfter: secondsOf(
					m.headers?.["retry-after"],
				),
			};
			text += m.part ?? "";
			if (m.last)
				resolve({ ...head, body: JSON.parse(text) });
			else if (m.part === undefined)
				resolve({ ...head, body: m.body });
		});
	}

	events(path, headers, signal, tell) {
		return this.#exchange(
			{ method: "GET", path, headers },
			signal,
			(m, resolve, reject) => {
				if (m.end) resolve();
				else if (m.event !== undefined) tell(m.data);
				else if (m.status !== 200)
					reject(problemError(m.status, m.body));
			},
		);
	}
}

/* --- the way over the loopback ------------------------------------------- */

/* "granted", "prompt" or "denied"; undefined where the browser asks nobody. */
async function loopbackPermission() {
	for (const name of ["loopback-network", "local-network-access"]) {
		try {
			const permissions = globalThis.navigator.permissions;
			return (await permissions.query({ name })).state;
		} catch {
			/* a browser that does not know this name */
		}
	}
	return undefined;
}

function localNetworkDenied(cause) {
	return new SignetError(
		"local-network-denied",
		"the browser keeps this page from programs on this device:" +
			" allow it in the settings of this site, or install" +
			" Signet's extension",
		{ cause },
	);
}

class Loopback {
	/** It only may ask to be allowed. */
	candidate = false;
	#base;

	constructor(port) {
		this.#base = `http://127.0.0.1:${port}`;
	}

	get kind() {
		return "loopback";
	}

	/* GET /hello is what lets the browser ask the visitor. */
	async open(signal) {
		const permission = await loopbackPermission();
		if (permission === "denied") throw localNetworkDenied();
		try {
			const ms =
				permission === "prompt"
					? PERSON_MS
					: MACHINE_MS;
			const hello = { method: "GET", path: "/hello" };
			const { status, body } = await limited(
				signal,
				ms,
				(s) => this.request(hello, s),
			);
			if (status > 299) throw problemError(status, body);
			this.candidate = status === 202;
		} catch (error) {
			if ((await loopbackPermission()) === "denied")
				throw localNetworkDenied(error);
			throw error;
		}
	}

	async #fetch(request, signal) {
		try {
			return await fetch(this.#base + request.path, {
				method: request.method,
				headers: {
					...request.headers,
					"Content-Type": "application/json",
					"Signet-Client": "signet.js/1",
				},
				body:
					request.body &&
					JSON.stringify(request.body),
				mode: "cors",
				credentials: "omit",
				cache: "no-store",
				redirect: "error",
				referrerPolicy: "no-referrer",
				signal,
			});
		} catch (error) {
			if (signal.aborted) throw whyAborted(signal);
			if (request.path === "/hello") throw lost(error);
			throw await this.#whyLost(error, signal);
		}
	}

	/* To a page that is allowed no longer it looks like a connection that
	 * broke; GET /hello tells the difference. */
	async #whyLost(error, signal) {
		const hello = { method: "GET", path: "/hello" };
		const answer = await limited(signal, EXTENSION_MS, (s) =>
			this.#fetch(hello, s),
		).catch(() => null);
		return answer?.status === 202 ? notPaired() : lost(error);
	}

	async request(request, signal) {
		const answer = await this.#fetch(request, signal);
		const text = await answer.text().catch((error) => {
			throw lost(error);
		});
		const head = {
			status: answer.status,
			retryAfter: secondsOf(
				answer.headers.get("Retry-After"),
			),
		};
		try {
			return { ...head, body: text && JSON.parse(text) };
		} catch {
			return head;
		}
	}

	async events(path, headers, signal, tell) {
		const answer = await this.#fetch(
			{ method: "GET", path, headers },
			signal,
		);
		if (answer.status !== 200)
			throw problemError(
				answer.status,
				await answer.json().catch(() => null),
			);
		const reader = answer.body
			.pipeThrough(new TextDecoderStream())
			.getReader();
		let rest = "";
		for (;;) {
			const { value, done } = await reader
				.read()
				.catch((error) => {
					throw signal.aborted
						? whyAborted(signal)
						: lost(error);
				});
			if (done) return;
			const lines = (rest + value).split("\n");
			rest = lines.pop();
			for (const line of lines)
				if (line.startsWith("data: "))
					tell(JSON.parse(line.slice(6)));
		}
	}
}

/* --- contents ------------------------------------------------------------ */

async function base64(data) {
	let binary = "";
	if (data instanceof Blob) data = await data.arrayBuffer();
	const bytes = ArrayBuffer.isView(data)
		? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
		: new Uint8Array(data);
	for (let i = 0; i < bytes.length; i += 0x8000)
		binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
	return btoa(binary);
}

const CONTENTS = {
	payment: (c) => ({ media_type: PAYMENT, payment: c.payment }),
	text: async (c) => ({
		media_type: TEXT,
		data: await base64(new TextEncoder().encode(c.text)),
	}),
	request: async (c) => ({
		media_type: REQUEST,
		data: await base64(new TextEncoder().encode(c.request)),
	}),
	document: async (c) => ({
		media_type:
			c.mediaType ||
			c.document.type ||
			"application/octet-stream",
		data: await base64(c.document),
	}),
	digest: async (c) => ({
		size: c.size,
		digest: {
			algorithm: c.digest.algorithm,
			value:
				typeof c.digest.value === "string"
					? c.digest.value
					: await base64(c.digest.value),
		},
	}),
};

async function contentOf(c) {
	const kinds = Object.keys(CONTENTS).filter((k) => c[k] !== undefined);
	if (kinds.length !== 1)
		throw new TypeError(
			"a content has one of " +
				Object.keys(CONTENTS).join(", "),
		);
	const { data, ...content } = await CONTENTS[kinds[0]](c);
	return { ...content, name: c.name ?? c.document?.name, data };
}

/* --- what a page uses ---------------------------------------------------- */

/* A way in that works; connect() makes it. */
class Signet {
	#way;
	#retries;

	constructor(way, retries) {
		this.#way = way;
		this.#retries = retries;
	}

	/** "extension" or "loopback". */
	get transport() {
		return this.#way.kind;
	}

	/**
	 * The keys that this page may use, with their certificates.
	 * @param {object} [options] token, issuer, purpose; signal, timeout
	 */
	async keys(options = {}) {
		const query = new URLSearchParams();
		for (const name of ["token", "issuer", "purpose"])
			if (options[name] !== undefined)
				query.set(name, options[name]);
		const answer = await this.#ask(
			{
				method: "GET",
				path: `/v1/keys?${query}`.replace(/\?$/, ""),
			},
			options,
			MACHINE_MS,
		);
		return answer.keys;
	}

	/**
	 * Has the visitor sign one content: payment, text, document, request
	 * (what a bank signed) or digest, which nobody can show.
	 * @param {object} options the content; key, algorithm, format ("cms"),
	 *	detached, encoding, expires; signal, timeout, idempotencyKey
	 */
	async sign(options) {
		return this.#sign(
			{ content: await contentOf(options) },
			options,
		);
	}

	/**
	 * The same for several under one approval.  If it breaks off, the
	 * error's problem has what was signed until then.
	 * @param {object[]} contents
	 * @param {object} [options] as for sign()
	 */
	async signBatch(contents, options = {}) {
		const items = [];
		for (const c of contents)
			items.push({ content: await contentOf(c) });
		return this.#sign({ items }, options);
	}

	/**
	 * Proves to the page's server who the visitor is: an authentication
	 * token (Web eID, format web-eid:1.0) of this page's origin and nonce.
	 * @param {string} nonce of the server, 44 to 128 characters
	 * @param {object} [options] key, algorithm; signal, timeout,
	 *	idempotencyKey
	 */
	async authenticate(nonce, options = {}) {
		return this.#post(
			"/v1/authentications",
			{
				key: options.key,
				algorithm: options.algorithm,
				challenge_nonce: nonce,
			},
			options,
		);
	}

	/**
	 * Tells of tokens that are there (snapshot), and then whenever tokens
	 * or keys come, go or change (not which: keys() tells), until the
	 * signal or the function it returns ends that.  After "lost" what was
	 * told before is void.
	 * @param {function(any): void} listener gets events (docs/events.md)
	 * @param {object} [options] signal, onError
	 * @returns {function(): void} stops it
	 */
	onTokenChange(listener, options = {}) {
		const end = new AbortController();
		const stop = () => end.abort();
		options.signal?.addEventListener("abort", stop);
		if (options.signal?.aborted) stop();
		this.#follow(listener, end.signal).catch((error) => {
			if (!end.signal.aborted) options.onError?.(error);
		});
		return stop;
	}

	/* Comes back, by the last id it got, as long as that may help. */
	async #follow(listener, signal) {
		let last,
			wait = 500;
		while (!signal.aborted) {
			const headers =
				last === undefined
					? {}
					: { "Last-Event-ID": String(last) };
			try {
				await this.#way.events(
					CHANGES,
					headers,
					signal,
					(event) => {
						last = event.id ?? last;
						wait = 500;
						if (event.type !== "live")
							listener(event);
					},
				);
			} catch (error) {
				if (!error.retry && !signal.aborted)
					throw error;
			}
			await pause(wait, signal);
			wait = Math.min(wait * 2, 30000);
		}
	}

	#sign(body, options) {
		return this.#post(
			"/v1/signatures",
			{
				key: options.key,
				algorithm: options.algorithm,
				format: options.format ?? "cms",
				detached: options.detached,
				encoding: options.encoding,
				expires:
					options.expires instanceof Date
						? options.expires.toISOString()
						: options.expires,
				...body,
			},
			options,
		);
	}

	/* One Idempotency-Key for all tries: it is never signed twice. */
	async #post(path, body, options) {
		const key = options.idempotencyKey ?? crypto.randomUUID();
		try {
			return await this.#ask(
				{
					method: "POST",
					path,
					body,
					headers: { "Idempotency-Key": key },
				},
				options,
				PERSON_MS,
			);
		} catch (error) {
			if (error instanceof SignetError)
				error.idempotencyKey = key;
			throw error;
		}
	}

	#ask(request, options, ms) {
		return limited(
			options.signal,
			options.timeout ?? ms,
			async (signal) => {
				for (let i = 0; ; i++) {
					try {
						return await this.#once(
							request,
							signal,
						);
					} catch (error) {
						if (
							i >= this.#retries ||
							!repeats(error, signal)
						)
							throw error;
					}
					await pause(250 << i, signal);
				}
			},
		);
	}

	async #once(request, signal) {
		const answer = await this.#way.request(request, signal);
		if (answer.status !== 200 && answer.status !== 201)
			throw problemError(
				answer.status,
				answer.body,
				answer.retryAfter,
			);
		return answer.body;
	}
}

/* The connection broke, or an earlier try of the same request is not over. */
function repeats(error, signal) {
	return (
		!signal.aborted &&
		(error.code === "connection-lost" ||
			error.code === "idempotency-running")
	);
}

function waysIn(options) {
	const port = options.port ?? DEFAULT_PORT;
	const make = {
		extension: () => new Extension(),
		loopback: () => new Loopback(port),
	};
	return (options.transports ?? ["extension", "loopback"]).map((name) => {
		if (!Object.hasOwn(make, name))
			throw new TypeError(`no transport ${name}`);
		return make[name]();
	});
}

/* The first way that is open to this page. */
async function findWay(options) {
	let failure;
	for (const way of waysIn(options)) {
		const ms =
			way.kind === "extension"
				? (options.extensionTimeout ?? EXTENSION_MS)
				: 0;
		try {
			await limited(options.signal, ms, (s) => way.open(s));
			return way;
		} catch (error) {
			if (options.signal?.aborted) throw error;
			failure = error;
		}
	}
	if (failure?.code === "local-network-denied") throw failure;
	throw new SignetError(
		"unreachable",
		"Signet is not installed, does not" +
			" run, or does not let this page in",
		{ cause: failure },
	);
}

/**
 * Finds a way to Signet: the extension, or else the loopback.  Opens no dialog
 * of Signet; a page that the visitor has to allow first gets "not-paired".
 * @param {object} [options] port, transports, retries (of what broke; 2),
 *	extensionTimeout (ms), signal
 * @returns {Promise<Signet>}
 */
export async function connect(options = {}) {
	const way = await findWay(options);
	if (way.candidate) throw notPaired();
	return new Signet(way, options.retries ?? 2);
}

/* Where the browser tells: has the visitor just done something here? */
function isIdle() {
	return globalThis.navigator?.userActivation?.isActive === false;
}

/**
 * The same, and has Signet ask the visitor to allow this page if that is
 * needed: call it from a click.  Fails with "declined", "not-answered", "quota"
 * (retryAfter tells for how long) and the like when it was not allowed.
 * @param {object} [options] as for connect(); timeout (ms, of the visitor)
 * @returns {Promise<Signet>}
 */
export async function pair(options = {}) {
	if (isIdle())
		throw new SignetError(
			"no-gesture",
			"a page asks to be allowed when the visitor clicks" +
				" something, not by itself",
		);
	const way = await findWay(options);
	if (way.candidate) {
		const { status, body, retryAfter } = await limited(
			options.signal,
			options.timeout ?? PERSON_MS,
			(signal) =>
				way.request(
					{
						method: "POST",
						path: "/v1/origins",
						headers: {},
						body: {},
					},
					signal,
				),
		);
		if (status > 299) throw problemError(status, body, retryAfter);
		way.candidate = false;
	}
	return new Signet(way, options.retries ?? 2);
}
