/** The step "wallet": choose a wallet, confirm the address, read the text, sign it. */

import { shortAddress, h, name, short } from "./dom.js";
import { proofDetails, person, walletRequests } from "./consent.js";
import { watchWallets } from "./discovery.js";
import { offer } from "./elsewhere.js";
import { Refused } from "./server.js";
import { countDown, secondsUntil } from "./time.js";
import { WalletError, requestAddresses, requestSignature } from "./wallets.js";
import { parts, t } from "./words.js";

const SLOW_MS = 20_000; // long enough to find the wallet's window
const PATIENCE_MS = 120_000; // to unlock a wallet, or to read the text on a small device; some never answer
const OPEN_IT = t("Open your wallet and answer there.");
const LOOK_FOR_IT =
  t("Your wallet has not answered yet. Its window may be behind this one; else open it by its icon or its app. " +
  "Unlock it, and answer there.");
const NO_ANSWER =
  t("Your wallet did not answer for two minutes. Nothing was linked. Open it by its icon or its app, unlock it, answer " +
  "or close what it asks there, and try again. If it shows nothing, reload this page or choose another wallet.");

export function chooseWallet(page) {
  const list = h("ul", { class: "wallets" });
  const none = h(
    "div",
    { class: "warning", hidden: true },
    h("p", {}, h("strong", {}, t("No wallet found in this browser."))),
    page.state.user
      ? h("p", {}, t("Is your wallet an app on a phone, or in another browser? Go on there; you log in to Discord there too."))
      : h("p", {}, t("Run /verify again, and open its link in your wallet's browser, or in one that has your wallet.")),
    page.state.user && offer(page),
    h("p", { class: "row" }, page.action(t("Look again"), () => watchWallets(draw))),
  );
  const searching = h("p", { class: "quiet" }, t("Looking for wallets…"));
  const rows = new Map(); // by wallet: an existing row stays, with its focus
  function draw(wallets, isSearching) {
    for (const wallet of wallets) if (!rows.has(wallet)) rows.set(wallet, h("li", {}, walletButton(page, wallet)));
    for (const [wallet, row] of rows) if (!wallets.includes(wallet)) row.remove();
    for (const wallet of wallets) if (!rows.get(wallet).isConnected) list.append(rows.get(wallet));
    searching.hidden = wallets.length > 0 || !isSearching;
    none.hidden = wallets.length > 0 || isSearching;
  }
  page.draw(
    t("Choose your wallet"),
    person(page),
    proofDetails(page.state),
    h("h3", {}, t("Wallets in this browser")),
    list,
    searching,
    none,
    walletRequests(),
  );
  watchWallets(draw);
}

function walletButton(page, wallet) {
  const none = h("span", { class: "no-icon" });
  const icon = wallet.icon ? h("img", { src: wallet.icon, alt: "" }) : none;
  icon.addEventListener("error", () => icon.replaceWith(none), { once: true });
  return page.action([icon, name(wallet.name)], (isCurrent) => connect(page, wallet, isCurrent), { class: "wallet" });
}

async function connect(page, wallet, isCurrent) {
  const addresses = await waitFor(page, requestAddresses(wallet));
  if (!isCurrent()) return;
  const owner = page.state.owner.toLowerCase();
  const address = addresses.find((one) => one.toLowerCase() === owner) ?? addresses[0];
  if (owner && address.toLowerCase() !== owner) confirmAddress(page, wallet, address);
  else await fetchText(page, wallet, address, isCurrent);
}

/** Another address than the owner's: a mistake in the wallet, or the key of the smart wallet that is the owner. */
function confirmAddress(page, wallet, address) {
  const { owner } = page.state;
  page.draw(
    t("That is another address"),
    person(page),
    h(
      "p",
      {},
      parts(
        "You connected {address}, the account belongs to {owner}. Choose that address in your wallet — or go on if " +
          "{same} is the key of your smart wallet.",
        { address: shortAddress(address), owner: shortAddress(owner), same: shortAddress(address) },
      ),
    ),
    h(
      "dl",
      {},
      h("dt", {}, t("You connected")),
      h("dd", {}, h("code", { class: "whole" }, address)),
      h("dt", {}, t("The account belongs to")),
      h("dd", {}, h("code", { class: "whole" }, owner)),
    ),
    h(
      "p",
      { class: "row" },
      page.action(t("I chose it, look again"), (isCurrent) => connect(page, wallet, isCurrent), { class: "main" }),
      page.action(t("Go on with {address}", { address: short(address) }), (isCurrent) => fetchText(page, wallet, address, isCurrent)),
      page.action(t("Back"), () => chooseWallet(page)),
    ),
  );
}

async function fetchText(page, wallet, address, isCurrent) {
  // Lower case: a few wallets use the checksum of another chain, which would be refused here.
  const challenge = await page.call("challenge", { address: address.toLowerCase() });
  if (!isCurrent()) return;
  const signing = showText(page, wallet, address, challenge);
  // Who came from the login is known, and the wallet shows the same text: that is where the person says yes or no.
  // Without a login the name has to be read here first.
  if (page.mayAskWallet()) setTimeout(() => signing.isConnected && signing.click());
}

/** What the text says, for who does not read English; it is not what is signed. */
function meaning({ meaning: statement }) {
  if (!statement) return null;
  return h(
    "div",
    { class: "meaning" },
    h("p", { class: "quiet" }, t("The text is in English, as wallets expect it. In your language it says:")),
    h("blockquote", {}, statement),
  );
}

function showText(page, wallet, address, challenge) {
  let signature = null; // stored, so that sending it again after a lost connection needs no second signature
  const timer = h("p", { class: "quiet", role: "timer" });
  const accept = (late) => {
    if (signature || !signing.isConnected || !secondsUntil(challenge.expires_at)) return;
    signature = late;
    signing.textContent = t("Send the signature");
    page.announce(t("Your wallet has signed now. Send the signature."));
  };
  const signing = page.action(
    t("Sign in wallet"),
    async (isCurrent) => {
      if (!signature && !secondsUntil(challenge.expires_at)) return fetchText(page, wallet, address, isCurrent);
      signature ??= await waitFor(page, requestSignature(wallet, challenge.text, address), accept);
      if (isCurrent()) await submit(page, challenge, signature, isCurrent);
    },
    { class: "main" },
  );
  page.draw(
    t("Read it, then sign"),
    person(page),
    h("p", {}, t("Your wallet will show this text. Sign only if it is the same.")),
    h("pre", { tabindex: "0", role: "region", "aria-label": t("The text to sign") }, challenge.text),
    meaning(challenge),
    timer,
    h("p", { class: "row in-sight" }, signing, page.action(t("Back"), () => chooseWallet(page))),
    walletRequests(),
  );
  countDown(timer, challenge.expires_at, (left) => t("The text is good for {left}.", { left }), () => {
    timer.textContent = t("The text has run out.");
    signing.textContent = t("Get a fresh text");
    page.announce(t("The text has run out. Get a fresh one."));
  });
  return signing;
}

async function submit(page, challenge, signature, isCurrent) {
  const note = page.note(t("Checking your signature…")); // a smart wallet's is verified at Ethereum nodes
  try {
    const state = await page.call("submit", { challenge_id: challenge.challenge_id, signature });
    if (isCurrent()) page.show(state);
  } catch (error) {
    const isSpent = error instanceof Refused && !error.isUntouched && !["session", "csrf"].includes(error.code);
    if (!isSpent || !isCurrent()) throw error;
    // The server uses up a text before it verifies the signature: only a new one can be signed now.
    chooseWallet(page);
    page.showError(error.message, { wait: error.wait });
  } finally {
    note.remove();
  }
}

/**
 * The wallet's answer, unless the person stops waiting, or it takes too long: some wallets never answer when their
 * window is closed. `accept` is called with an answer that comes too late.
 */
async function waitFor(page, answer, accept = () => {}) {
  let stop;
  const stopped = new Promise((_, reject) => {
    stop = (sentence) => reject(new WalletError(sentence));
  });
  const stopNow = () => stop(t("You stopped waiting for the wallet. Nothing was linked. You can try again."));
  const note = page.note(OPEN_IT, page.action(t("Stop waiting"), stopNow, { always: true }));
  const slow = setTimeout(() => {
    note.firstChild.textContent = LOOK_FOR_IT;
    page.announce(LOOK_FOR_IT);
  }, SLOW_MS);
  const end = setTimeout(() => {
    stop(NO_ANSWER);
    answer.then(accept, () => {}); // the person has been told already
  }, PATIENCE_MS);
  try {
    return await Promise.race([answer, stopped]);
  } finally {
    clearTimeout(slow);
    clearTimeout(end);
    note.remove();
  }
}
