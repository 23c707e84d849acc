/* SPDX-License-Identifier: Apache-2.0 */
/*
 * content: runs beside each page, and carries messages between signet.js in the
 * page and the background.
 *
 * It does nothing that a page could notice before the background has said that
 * the page may use Signet.  A page that may not never hears of it, and is not
 * listened to any more.
 */
"use strict";

{
	/* To the background; null: not asked for, or lost. */
	let background = null;
	let accepted = false;
	/* False: the page may ask to be allowed, and did not when it came. */
	let allowed = true;
	/* The page's ends by their number, and those who wait for one. */
	const channels = new Map();
	let count = 0;
	let waiting = [];

	/* The page chooses ids for each channel; ours begin with its number. */
	function openChannel(id) {
		const { port1, port2 } = new MessageChannel();
		const number = String(++count);

		channels.set(number, port1);
		port1.onmessage = ({ data }) =>
			background?.postMessage({
				...data,
				id: `${number}.${data.id}`,
			});
		window.postMessage(
			{ signet: "v1", id, allowed },
			window.location.origin,
			[port2],
		);
	}

	function accept() {
		accepted = true;
		waiting.forEach(openChannel);
		waiting = [];
	}

	function deliver(message) {
		if (message.host !== undefined) {
			({ allowed } = message);
			accept();
			return;
		}
		const dot = message.id.indexOf(".");
		channels.get(message.id.slice(0, dot))?.postMessage({
			...message,
			id: Number(message.id.slice(dot + 1)),
		});
	}

	/* Refused: silence for good.  Lost: the page may connect again. */
	function gone() {
		background = null;
		if (!accepted) window.removeEventListener("message", hear);
		accepted = false;
		waiting = [];
		for (const port of channels.values())
			port.postMessage({ lost: true });
		channels.clear();
	}

	function hear({ source, data }) {
		if (source !== window || data?.signet !== "connect") return;
		if (accepted) {
			openChannel(data.id);
			return;
		}
		waiting.push(data.id);
		if (background !== null) return;
		background = chrome.runtime.connect();
		background.onMessage.addListener(deliver);
		background.onDisconnect.addListener(gone);
	}

	window.addEventListener("message", hear);
}
