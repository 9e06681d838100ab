/**
 * The wallets of this browser (EIP-6963), and the only two things they are ever asked for: eth_requestAccounts and
 * personal_sign. What a wallet says about itself is untrusted text.
 */

import { plain } from "./dom.js";

const MOST_WALLETS = 20;
const LONGEST_ICON = 262_144; // characters of a data URI; real ones are a few thousand
const QUIET_MS = 400; // wallets answer a request at once; those still loading announce themselves later
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const SIGNATURE = /^0x(?:[0-9a-fA-F]{2})*$/i; // a Safe that signed on chain answers 0x alone

/** The wallet did not return what it was asked for; `message` is the sentence for a person. */
export class WalletError extends Error {}

const announced = new Map(); // by uuid
let onchange = () => {};
let waited = false;

addEventListener("eip6963:announceProvider", ({ detail }) => {
  const { info, provider } = detail ?? {};
  if (typeof info?.uuid !== "string" || typeof provider?.request !== "function") return;
  if (announced.has(info.uuid) || announced.size >= MOST_WALLETS) return;
  const icon = typeof info.icon === "string" && info.icon.startsWith("data:image/") && info.icon.length < LONGEST_ICON;
  const title = typeof info.name === "string" ? plain(info.name, 32) : "";
  announced.set(info.uuid, { name: title || "A wallet without a name", icon: icon ? info.icon : "", provider });
  onchange(currentWallets());
});
addEventListener("ethereum#initialized", () => onchange(currentWallets()));

/** The announced wallets; the legacy one at `window.ethereum` only when there are none. */
function currentWallets() {
  if (announced.size) return [...announced.values()];
  if (!waited) return [];
  return typeof window.ethereum?.request === "function" ? [legacyWallet(window.ethereum)] : [];
}

const legacyWallets = new WeakMap(); // the same object each time, so that its button is the same too

function legacyWallet(provider) {
  if (!legacyWallets.has(provider)) legacyWallets.set(provider, { name: "This browser's wallet", icon: "", provider });
  return legacyWallets.get(provider);
}

/** Call `changed(wallets, isSearching)` now and whenever there is more to know; only the last watcher is called. */
export function watchWallets(changed) {
  waited = false;
  onchange = (wallets) => changed(wallets, !waited);
  dispatchEvent(new Event("eip6963:requestProvider"));
  onchange(currentWallets());
  setTimeout(() => {
    waited = true;
    onchange(currentWallets());
  }, QUIET_MS);
}

/** The addresses that the wallet lets this page see, the selected one first. Throws WalletError. */
export async function requestAddresses({ provider }) {
  const found = await ask(provider, "eth_requestAccounts", []);
  const addresses = Array.isArray(found) ? found.filter((one) => ADDRESS.test(one)) : [];
  if (addresses.length) return addresses;
  throw new WalletError("Your wallet gave no Ethereum address. Unlock it, choose an address for this page, and try again.");
}

/** The wallet's signature of exactly this text (EIP-191). Throws WalletError. */
export async function requestSignature({ provider }, text, address) {
  const bytes = new TextEncoder().encode(text);
  const hex = `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  const signature = await ask(provider, "personal_sign", [hex, address]);
  if (typeof signature === "string" && SIGNATURE.test(signature)) return signature;
  throw new WalletError("Your wallet gave no signature. Try again, or choose another wallet.");
}

async function ask(provider, method, params) {
  try {
    return await provider.request({ method, params });
  } catch (error) {
    throw new WalletError(sentence(error), { cause: error });
  }
}

function sentence(error) {
  const codes = [error?.code, error?.data?.originalError?.code, error?.cause?.code];
  if (codes.includes(4001) || codes.includes("ACTION_REJECTED")) {
    return "You declined in your wallet. Nothing was linked. You can try again.";
  }
  if (codes.includes(-32002)) {
    return "Your wallet has a question open already. Open the wallet, answer it there, then try again.";
  }
  const said = plain(error?.message, 140);
  return said ? `Nothing was linked. Your wallet said: “${said}”` : "Your wallet did not answer. Nothing was linked. Try again.";
}
