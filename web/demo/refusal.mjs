/* SPDX-License-Identifier: Apache-2.0 */
/*
 * refusal: what the bank does not do, and why: a status of HTTP, a code for
 * programs, a detail for who reads the log.
 */
export class Refusal extends Error {
	constructor(status, code, detail) {
		super(detail);
		this.status = status;
		this.code = code;
	}
}
