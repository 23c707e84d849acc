/* SPDX-License-Identifier: Apache-2.0 */
/*
 * background: carries the messages of pages to Signet's native messaging host
 * (docs/PROTOCOL.webhost), with the origin that the browser gives for them.
 *
 * Who may do what is decided by the policy, in signetd.  A page that it does
 * not know is dropped before anything of Signet has reached it.  Each page has
 * a host process of its own: when the page goes, so does the process, and
 * signetd cancels what the page had asked for.
 */
"use strict";

const HOST = "signet";
/* The id of the question whether a page may use Signet at all; those of the
 * page begin with a digit (content.js). */
const GATE = "gate";
/* Bytes of a message that a host takes. */
const LARGEST = 1048576;
const TOO_LARGE = {
	status: 413,
	body: {
		type: "urn:signet:problem:too-large",
		code: "too-large",
		title: "the request is larger than the limit",
		status: 413,
		detail:
			`the extension carries at most ${LARGEST} bytes:` +
			" sign a digest, or use the loopback",
		retry: false,
	},
};

/* Null: what is no page of its own that could have been allowed. */
function originOf({ id, frameId, tab, origin, url }) {
	if (id !== chrome.runtime.id || tab === undefined || frameId !== 0)
		return null;
	const own = new URL(url).origin;
	if (origin !== undefined && origin !== own) return null;
	return /^https:\/\/|^http:\/\/localhost(:|$)/.test(own) ? own : null;
}

/* Of a page's message what a host may get. */
function requestOf(message, origin) {
	const { id, cancel, method, path, headers, body } = message;

	if (cancel === true) return { id, cancel };
	return { id, origin, method, path, headers, body };
}

function isTooLarge(request) {
	const text = JSON.stringify(request);
	return (
		text.length > LARGEST ||
		new TextEncoder().encode(text).length > LARGEST
	);
}

/* A refusal by origin is one without a word of why (docs/PROTOCOL.webhost). */
function isRefusal({ status, body }) {
	return status === 403 && body === undefined;
}

function serve(page) {
	const origin = originOf(page.sender);
	if (origin === null) {
		page.disconnect();
		return;
	}
	const host = chrome.runtime.connectNative(HOST);
	let hello = null;
	let accepted = false;

	function end() {
		page.disconnect();
		host.disconnect();
	}

	host.onMessage.addListener((message) => {
		if (hello === null) {
			hello = message;
			host.postMessage({
				id: GATE,
				origin,
				method: "GET",
				path: "/hello",
				headers: {},
			});
		} else if (message.id === GATE && message.status < 300) {
			accepted = true;
			page.postMessage({
				host: hello.host,
				api: hello.api,
				/* 202: it may ask the user to be allowed. */
				allowed: message.status !== 202,
			});
		} else if (message.id === GATE || isRefusal(message)) {
			end();
		} else {
			page.postMessage(message);
		}
	});
	host.onDisconnect.addListener(end);
	page.onDisconnect.addListener(end);
	page.onMessage.addListener((message) => {
		const request = requestOf(message, origin);

		if (accepted && isTooLarge(request))
			page.postMessage({ id: request.id, ...TOO_LARGE });
		else if (accepted) host.postMessage(request);
	});
}

chrome.runtime.onConnect.addListener(serve);
