/** The only two things that a wallet is ever asked for, eth_requestAccounts and personal_sign, and what it answers. */

import { plain } from "./dom.js";
import { t } from "./words.js";

const ADDRESS = /^0x[0-9a-f]{40}$/i;
const SIGNATURE = /^(?:0x)?(?:[0-9a-f]{2})*$/i; // a Safe that signed on chain answers 0x alone
const MOST_DIGITS = 32_768; // of a signature; the server reads no longer one
const WORD = /^0x[0-9a-f]{1,64}$/i;

/** The wallet did not return what it was asked for; `message` is the sentence for a person. */
export class WalletError extends Error {}

/** The addresses that the wallet lets this page see, the selected one first. Throws WalletError. */
export async function requestAddresses({ provider }) {
  const answer = await ask(provider, "eth_requestAccounts", []);
  const found = Array.isArray(answer) ? answer : answer?.result; // some answer with the whole JSON-RPC response
  const addresses = Array.isArray(found) ? found.filter((one) => ADDRESS.test(one)) : [];
  if (addresses.length) return addresses;
  throw new WalletError(t("Your wallet gave no Ethereum address. Unlock it, choose an address for this page, and try again."));
}

/** The wallet's signature of exactly this text (EIP-191). Throws WalletError. */
export async function requestSignature({ provider }, text, address) {
  const bytes = new TextEncoder().encode(text);
  const hex = `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  const signature = signatureIn(await ask(provider, "personal_sign", [hex, address]));
  if (!signature) throw new WalletError(t("Your wallet gave no signature. Try again, or choose another wallet."));
  if (signature.length <= MOST_DIGITS + 2) return signature;
  throw new WalletError(t("Your wallet gave a signature that is too long to be read here. Choose another wallet."));
}

/** The signature in what a wallet answered: hex digits, or an object with them or with its parts; "" for none. */
function signatureIn(answer) {
  const found = typeof answer === "object" ? (answer?.signature ?? answer?.result ?? answer) : answer;
  if (typeof found === "string") {
    const digits = found.trim();
    if (!digits || !SIGNATURE.test(digits)) return "";
    return /^0x/i.test(digits) ? `0x${digits.slice(2)}` : `0x${digits}`;
  }
  const parity = found?.v ?? found?.yParity;
  const hasParts = WORD.test(found?.r) && WORD.test(found?.s) && parity !== undefined;
  return hasParts ? JSON.stringify({ r: found.r, s: found.s, v: String(parity) }) : "";
}

async function ask(provider, method, params) {
  try {
    return await provider.request({ method, params });
  } catch (error) {
    throw new WalletError(sentence(error, method), { cause: error });
  }
}

// By the code (EIP-1193, EIP-1474), wherever in the error it stands; by the words where a wallet gives no such code.
const DECLINED = { codes: ["4001", "ACTION_REJECTED", "5000"], words: /user (?:has )?(?:rejected|denied|declined|cancell?ed)/i };
const PENDING = { codes: ["-32002"], words: /already (?:pending|processing)|pending request/i };
const LOCKED = { codes: [], words: /\b(?:is|are) locked|unlock/i };
const UNAUTHORIZED = { codes: ["4100"], words: /not been authorized|unauthorized/i };
const UNSUPPORTED = {
  codes: ["4200", "-32601", "-32004"],
  words: /method .*\bnot (?:supported|available|found|exist|implemented)|does not support/i,
};
const DISCONNECTED = { codes: ["4900", "4901"], words: /disconnected/i };
const GONE = { codes: [], words: /context invalidated|reload required|receiving end does not exist/i };

const SENTENCES = [
  [GONE, t("Your wallet was updated or restarted meanwhile. Reload this page, then try again.")],
  [DECLINED, t("You declined in your wallet. Nothing was linked. You can try again.")],
  [LOCKED, t("Your wallet is locked. Open it, unlock it, then try again.")],
  [PENDING, t("Your wallet has a question open already. Open the wallet, answer it there, then try again.")],
  [UNAUTHORIZED, t("Your wallet does not let this page use that address. Choose it for this page in your wallet, then try again.")],
  [DISCONNECTED, t("Your wallet has no connection to Ethereum. Open it, choose Ethereum there, then try again, or reload this page.")],
];
const CANNOT = {
  eth_requestAccounts: t("That wallet cannot give its address to a page. Choose another wallet."),
  personal_sign: t("That wallet cannot sign a text (personal_sign). Choose another wallet, or another account in it."),
};

function sentence(error, method) {
  const inner = [error, error?.data, error?.data?.originalError, error?.data?.cause, error?.cause, error?.error];
  const codes = inner.map((one) => String(one?.code));
  const said = plain(typeof error === "string" ? error : error?.message, 140);
  // A code says it for certain; only where none is known do the words count.
  for (const isIt of [({ codes: its }) => its.some((code) => codes.includes(code)), ({ words }) => words.test(said)]) {
    if (isIt(UNSUPPORTED)) return CANNOT[method];
    const found = SENTENCES.find(([kind]) => isIt(kind));
    if (found) return found[1];
  }
  return said ? t("Nothing was linked. Your wallet said: “{said}”", { said }) : t("Your wallet did not answer. Nothing was linked. Try again.");
}
