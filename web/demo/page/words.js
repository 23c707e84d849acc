/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words: what the page says, in English and Chinese.
 *
 * problems: what a person can do, by the code of a SignetError, of the bank's
 * answer, or of the page itself; those that are not here are "other".
 */
export const WORDS = {
	en: {
		bank: "Example Bank",
		title: "Approve a payment",
		toPay: "To be paid",
		payee: "To",
		account: "Account",
		payeeBank: "Bank",
		reference: "Reference",
		purpose: "Purpose",
		payer: "From",
		payerAccount: "Your account",
		hint:
			"Signet opens a window of its own. It shows this payment again" +
			" and asks for your PIN there. Never type your PIN into a" +
			" web page.",
		key: "Sign with",
		approve: "Approve with card",
		cancel: "Cancel",
		another: "Next payment",
		done: "Payment approved",
		signer: "Signed by",
		at: "At",
		request: "Receipt",
		footer: "A demonstration. No money moves.",
		connecting: "Looking for Signet on this computer…",
		waiting:
			"Please look at the Signet window, compare the payment, and" +
			" type your PIN there.",
		checking: "Checking the signature…",
		cardThere: "Card found. You can approve the payment.",
		problems: {
			"no-card":
				"No card of yours was found. Insert it, and try" +
				" again.",
			unreachable:
				"Signet was not found on this computer. Start it," +
				" or install it together with its browser extension," +
				" and try again.",
			"local-network-denied":
				"The browser does not let this page" +
				" reach Signet. Allow access to apps on this device" +
				" in the settings of this site, next to the address," +
				" and try again.",
			declined: "You declined. Nothing was signed.",
			cancelled: "Cancelled. Nothing was signed.",
			"not-answered":
				"Nobody answered in time. Nothing was signed.",
			timeout: "Nobody answered in time. Nothing was signed.",
			"pin-wrong": "The PIN was wrong. Nothing was signed.",
			"pin-locked":
				"The PIN is locked. Your bank can unlock the" +
				" card.",
			"token-gone":
				"The card was removed. Insert it, and try again.",
			"not-allowed":
				"Signet's policy on this computer does not allow" +
				" this.",
			"bank-request":
				"Signet does not accept this request as the" +
				" bank's. Nothing was signed.",
			used:
				"This payment was approved before. Nothing is paid" +
				" twice.",
			"other-order":
				"That was a signature for another payment. It" +
				" was not accepted.",
			"bad-certificate":
				"The certificate of this card is not valid" +
				" any more, or was revoked.",
			"not-the-customer":
				"This card is not one of this account.",
			expired: "That took too long. Please try again.",
			other: "That did not work. Nothing was paid.",
		},
	},
	"zh-Hans": {
		bank: "示例银行",
		title: "确认付款",
		toPay: "付款金额",
		payee: "收款人",
		account: "收款账号",
		payeeBank: "收款银行",
		reference: "编号",
		purpose: "用途",
		payer: "付款人",
		payerAccount: "付款账号",
		hint:
			"Signet 会打开自己的窗口，再次显示这笔付款，并在那里请您输入 PIN。" +
			"请勿在任何网页中输入 PIN。",
		key: "签名证书",
		approve: "用卡确认付款",
		cancel: "取消",
		another: "下一笔付款",
		done: "付款已确认",
		signer: "签名人",
		at: "时间",
		request: "回执",
		footer: "此页面仅供演示，不会发生实际付款。",
		connecting: "正在查找本机上的 Signet…",
		waiting: "请查看 Signet 窗口，核对付款内容，并在那里输入 PIN。",
		checking: "正在验证签名…",
		cardThere: "已找到您的卡，可以确认付款。",
		problems: {
			"no-card": "没有找到您的卡。请插入卡后重试。",
			unreachable:
				"在本机上没有找到 Signet。请启动 Signet，" +
				"或安装 Signet 及其浏览器扩展，然后重试。",
			"local-network-denied":
				"浏览器不允许此页面连接 Signet。" +
				"请在地址栏旁的网站设置中允许访问本机应用，然后重试。",
			declined: "您已拒绝，没有签名。",
			cancelled: "已取消，没有签名。",
			"not-answered": "超时未响应，没有签名。",
			timeout: "超时未响应，没有签名。",
			"pin-wrong": "PIN 错误，没有签名。",
			"pin-locked": "PIN 已锁定。银行可以为您解锁。",
			"token-gone": "卡已拔出。请插入卡后重试。",
			"not-allowed": "本机上 Signet 的策略不允许此操作。",
			"bank-request":
				"Signet 不认可这是银行的请求，没有签名。",
			used: "这笔付款之前已经确认，不会重复付款。",
			"other-order": "这是另一笔付款的签名，未被接受。",
			"bad-certificate": "此卡的证书已失效或已被吊销。",
			"not-the-customer": "此卡不属于该账户。",
			expired: "操作超时，请重试。",
			other: "操作未成功，没有付款。",
		},
	},
};

/* Of the languages that a browser prefers, the first that is here. */
export function languageOf(preferred) {
	const first = preferred.find((l) => /^(zh|en)\b/i.test(l)) ?? "en";
	return /^zh/i.test(first) ? "zh-Hans" : "en";
}
