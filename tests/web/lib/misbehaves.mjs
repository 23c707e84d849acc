/* SPDX-License-Identifier: Apache-2.0 */
/*
 * misbehaves: a server in the place of signetd that does, request by request,
 * what a script says: what the real one cannot do on command.
 *
 *	{ status, body }	this answer, after ms of waiting
 *	"breaks"		the connection ends without an answer
 *	"hangs"			no answer
 *	"stutters"		half of an answer, then the end
 *	{ events, cut }		a stream of these strings, then its end, or none
 *
 * /hello it answers by itself.
 */
import { once } from "node:events";
import { createServer } from "node:http";

async function bodyOf(request) {
	let text = "";
	for await (const piece of request) text += piece;
	return text;
}

function act(step, response) {
	if (step === "breaks") {
		response.destroy();
	} else if (step === "stutters") {
		response.writeHead(201, { "content-length": 100 });
		response.write('{"id":');
		setTimeout(() => response.destroy(), 20);
	} else if (step.events !== undefined) {
		response.writeHead(200);
		for (const text of step.events) response.write(text);
		if (step.cut) setTimeout(() => response.destroy(), 20);
		else response.end();
	} else if (step !== "hangs") {
		response.writeHead(step.status ?? 201);
		response.end(step.text ?? JSON.stringify(step.body ?? {}));
	}
}

/* seen: what it was asked but for /hello; closed: of these, how many the client
 * gave up. */
export async function misbehaving(...script) {
	const server = createServer(async (request, response) => {
		if (request.url === "/hello") {
			response.end("{}");
			return;
		}
		const { method, url, headers } = request;
		server.seen.push({
			method,
			path: url,
			headers,
			body: await bodyOf(request),
		});
		response.on("close", () => {
			if (!response.writableFinished) server.closed++;
		});
		const step = script.shift() ?? "hangs";
		setTimeout(act, step.ms ?? 0, step, response);
	});
	server.seen = [];
	server.closed = 0;
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	server.port = server.address().port;
	server.end = () => {
		server.closeAllConnections();
		server.close();
	};
	return server;
}
