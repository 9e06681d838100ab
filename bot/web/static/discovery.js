/**
 * The wallets of this browser: those that announce themselves (EIP-6963), and older ones that only put themselves at
 * `window.ethereum`, alone or in the list of its `providers`. What any of them says about itself is untrusted.
 */

import { plain } from "./dom.js";
import { t } from "./words.js";

const MOST_WALLETS = 20;
const LONGEST_ICON = 262_144; // characters of a data URI; real ones are a few thousand
const LONGEST_NAME = 32;
const QUIET_MS = 400; // wallets answer a request at once; those still loading announce themselves later
const UNKNOWN_OLD = t("This browser's wallet");

// The marks that older wallets put on their provider, with the name and the first part of the id (rdns) under which the
// same maker's wallet announces itself. `isMetaMask` is not among them: nearly every wallet says that it is MetaMask.
const MARKS = [
  ["isRabby", "Rabby Wallet", "io.rabby"],
  ["isBraveWallet", "Brave Wallet", "com.brave"],
  ["isCoinbaseWallet", "Coinbase Wallet", "com.coinbase"],
  ["isTrust", "Trust Wallet", "com.trustwallet"],
  ["isTrustWallet", "Trust Wallet", "com.trustwallet"],
  ["isPhantom", "Phantom", "app.phantom"],
  ["isOkxWallet", "OKX Wallet", "com.okex"],
  ["isOKExWallet", "OKX Wallet", "com.okex"],
  ["isRainbow", "Rainbow", "me.rainbow"],
  ["isZerion", "Zerion", "io.zerion"],
  ["isFrame", "Frame", "sh.frame"],
  ["isTally", "Taho", "so.tally"],
  ["isBitKeep", "Bitget Wallet", "com.bitget"],
  ["isTokenPocket", "TokenPocket", "pro.tokenpocket"],
  ["isSafePal", "SafePal", "com.safepal"],
  ["isExodus", "Exodus", "com.exodus"],
];

const announced = new Map(); // by uuid, or by the provider where there is none
const known = new WeakSet(); // the providers that were announced
const oldWallets = new WeakMap(); // by provider: the same object each time, so that its button is the same too
let onchange = () => {};
let waited = false;

addEventListener("eip6963:announceProvider", ({ detail }) => {
  quietly(() => take(detail?.info ?? {}, detail?.provider));
  onchange(currentWallets());
});
addEventListener("ethereum#initialized", () => onchange(currentWallets()));

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

/** A wallet as it announces itself; one that does so again, under whatever id, is the same. */
function take(info, provider) {
  if (!isUsable(provider) || known.has(provider) || announced.size >= MOST_WALLETS) return;
  const { uuid, name, icon, rdns } = info;
  const id = typeof uuid === "string" && uuid ? uuid : provider;
  const title = typeof name === "string" ? plain(name, LONGEST_NAME) : "";
  const other = announced.get(id);
  // The same id and name with another object: the wallet made a new one. With another name it is somebody else's.
  if (!other || other.name === title) known.add(provider);
  if (other) return;
  announced.set(id, {
    name: title || t("A wallet without a name"),
    icon: isPicture(icon) ? icon : "",
    rdns: typeof rdns === "string" ? rdns.toLowerCase() : "",
    provider,
  });
}

const isPicture = (icon) => typeof icon === "string" && /^data:image\//i.test(icon) && icon.length < LONGEST_ICON;
const isUsable = (provider) => typeof quietly(() => provider?.request) === "function";

/** Those that announced themselves, then the older ones; these only once the others had time to do so. */
function currentWallets() {
  const wallets = [...announced.values()];
  return waited ? [...wallets, ...oldOnes(wallets)] : wallets;
}

/**
 * The older wallets that are none of those announced. The same object is the same wallet; so is one with the same
 * maker's mark, as some put another object at `window.ethereum` than they announce. In doubt a wallet is listed: one
 * that stands there twice does less harm than one that cannot be chosen.
 */
function oldOnes(wallets) {
  const main = quietly(() => window.ethereum);
  const list = quietly(() => (Array.isArray(main.providers) ? main.providers.slice(0, MOST_WALLETS) : [])) ?? [];
  const listed = list.filter((one) => one !== main && isUsable(one));
  const found = [];
  for (const provider of [main, ...listed]) {
    if (!isUsable(provider) || known.has(provider) || found.some((one) => one.provider === provider)) continue;
    const mark = markOf(provider);
    // Beside a list of several, `window.ethereum` is often no wallet of its own, but passes on to one of them.
    if (provider === main && listed.length && !list.includes(main) && !mark) continue;
    const isSame = ({ rdns, mark: other }) => mark && (rdns === mark[2] || rdns?.startsWith(`${mark[2]}.`) || other?.[1] === mark[1]);
    if (!wallets.some(isSame) && !found.some(isSame)) found.push({ provider, mark });
  }
  const names = wallets.map(({ name }) => name);
  return found.map(({ provider, mark }) => {
    const wallet = oldWallet(provider, oldName(provider, mark, listed.length > 0), names);
    names.push(wallet.name);
    return wallet;
  });
}

const markOf = (provider) => MARKS.find(([mark]) => quietly(() => provider[mark]) === true);

function oldName(provider, mark, isOneOfSeveral) {
  if (mark) return mark[1];
  return isOneOfSeveral && quietly(() => provider.isMetaMask) === true ? "MetaMask" : UNKNOWN_OLD;
}

function oldWallet(provider, name, taken) {
  if (!oldWallets.has(provider)) {
    let [free, number] = [name, 1];
    while (taken.includes(free)) free = `${name} (${(number += 1)})`;
    oldWallets.set(provider, { name: free, icon: "", provider });
  }
  return oldWallets.get(provider);
}

/** What a wallet's own code gives; undefined where it throws. */
function quietly(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
