/* SPDX-License-Identifier: Apache-2.0 */
/*
 * extension: web/extension for launch(), with its native messaging host in the
 * profile, where Chromium looks for hosts of a user.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

import { build, root } from "./place.mjs";

/* Its id, as the README has it and Chromium makes it of the manifest's key. */
const [ID] = /[a-p]{32}/.exec(
	readFileSync(`${root}web/extension/README.md`, "utf8"),
);

export const extension = {
	folder: `${root}web/extension`,
	install: (place) => {
		const folder = place.file("profile/NativeMessagingHosts");
		mkdirSync(folder, { recursive: true });
		writeFileSync(
			`${folder}/signet.json`,
			JSON.stringify({
				name: "signet",
				description: "Signet",
				path: `${build}/bin/signet-webhost-api`,
				type: "stdio",
				allowed_origins: [`chrome-extension://${ID}/`],
			}),
		);
	},
};
