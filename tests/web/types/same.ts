/* SPDX-License-Identifier: Apache-2.0 */
/*
 * same: what the compiler makes of signet.js (build/web/made) is what
 * signet.d.ts says, with no more and no less in it.
 */
import type * as made from "../../../build/web/made/signet.js";
import type * as said from "../../../web/signet.js";

type Signet = Awaited<ReturnType<typeof made.connect>>;
type Not<T extends never> = T;

export type Checks = [
	Not<Exclude<keyof typeof made, keyof typeof said>>,
	Not<Exclude<keyof Signet, keyof said.Signet>>,
	Not<Exclude<keyof made.SignetError, keyof said.SignetError>>,
];

export const check = (all: typeof made): typeof said => all;
