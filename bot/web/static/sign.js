/** The step "wallet": choose a wallet, settle which address, read the text, sign it. */

import { brief, h, name, short } from "./dom.js";
import { asked, person, promises } from "./told.js";
import { Refused } from "./server.js";
import { countDown, secondsUntil } from "./time.js";
import { WalletError, requestAddresses, requestSignature, watchWallets } from "./wallets.js";

export function chooseWallet(desk) {
  const list = h("ul", { class: "wallets" });
  const none = h(
    "div",
    { class: "warning", hidden: true },
    h("p", {}, h("strong", {}, "No wallet found in this browser.")),
    h(
      "p",
      {},
      "Open this page in your wallet's browser and log in to Discord there, or run /verify again and open its link ",
      "in a browser that has your wallet.",
    ),
    h("p", {}, desk.action("Look again", () => watchWallets(draw))),
  );
  const searching = h("p", { class: "quiet" }, "Looking for wallets…");
  const rows = new Map(); // by wallet: a row that is there stays, with its focus
  function draw(wallets, isSearching) {
    for (const wallet of wallets) if (!rows.has(wallet)) rows.set(wallet, h("li", {}, walletButton(desk, wallet)));
    for (const [wallet, row] of rows) if (!wallets.includes(wallet)) row.remove();
    for (const wallet of wallets) if (!rows.get(wallet).isConnected) list.append(rows.get(wallet));
    searching.hidden = wallets.length > 0 || !isSearching;
    none.hidden = wallets.length > 0 || isSearching;
  }
  desk.draw(
    "Choose your wallet",
    person(desk),
    asked(desk.state),
    h("h3", {}, "Wallets in this browser"),
    list,
    searching,
    none,
    promises(),
  );
  watchWallets(draw);
}

function walletButton(desk, wallet) {
  const icon = wallet.icon ? h("img", { src: wallet.icon, alt: "" }) : h("span", { class: "no-icon" });
  return desk.action([icon, name(wallet.name)], (alive) => connect(desk, wallet, alive), { class: "wallet" });
}

async function connect(desk, wallet, alive) {
  const addresses = await waitFor(desk, requestAddresses(wallet));
  if (!alive()) return;
  const owner = desk.state.owner.toLowerCase();
  const address = addresses.find((one) => one.toLowerCase() === owner) ?? addresses[0];
  if (owner && address.toLowerCase() !== owner) settle(desk, wallet, address);
  else await read(desk, wallet, address, alive);
}

/** Another address than the owner's: a mistake in the wallet, or the key of the smart wallet that is the owner. */
function settle(desk, wallet, address) {
  const { owner } = desk.state;
  desk.draw(
    "That is another address",
    person(desk),
    h(
      "p",
      {},
      "You connected ",
      brief(address),
      ", the account belongs to ",
      brief(owner),
      ". Choose that address in your wallet — or go on if ",
      brief(address),
      " is the key of your smart wallet.",
    ),
    h(
      "dl",
      {},
      h("dt", {}, "You connected"),
      h("dd", {}, h("code", { class: "whole" }, address)),
      h("dt", {}, "The account belongs to"),
      h("dd", {}, h("code", { class: "whole" }, owner)),
    ),
    h(
      "p",
      { class: "row" },
      desk.action("I chose it, look again", (alive) => connect(desk, wallet, alive), { class: "main" }),
      desk.action(`Go on with ${short(address)}`, (alive) => read(desk, wallet, address, alive)),
      desk.action("Back", () => chooseWallet(desk)),
    ),
  );
}

async function read(desk, wallet, address, alive) {
  // Lower case: a few wallets write the checksum of another chain, which would be refused here.
  const challenge = await desk.call("challenge", { address: address.toLowerCase() });
  if (alive()) showText(desk, wallet, address, challenge);
}

function showText(desk, wallet, address, challenge) {
  let signature = null; // kept, so that sending it again after a lost connection needs no second signature
  const timer = h("p", { class: "quiet", role: "timer" });
  const signing = desk.action(
    "Sign in wallet",
    async (alive) => {
      if (!signature && !secondsUntil(challenge.expires_at)) return read(desk, wallet, address, alive);
      signature ??= await waitFor(desk, requestSignature(wallet, challenge.text, address));
      if (alive()) await submit(desk, challenge, signature, alive);
    },
    { class: "main" },
  );
  desk.draw(
    "Read it, then sign",
    person(desk),
    h("p", {}, "Your wallet will show this text. Sign only if it is the same."),
    h("pre", { tabindex: "0", role: "region", "aria-label": "The text to sign" }, challenge.text),
    timer,
    h("p", { class: "row" }, signing, desk.action("Back", () => chooseWallet(desk))),
    promises(),
  );
  countDown(timer, challenge.expires_at, (left) => `The text is good for ${left}.`, () => {
    timer.textContent = "The text has run out.";
    signing.textContent = "Get a fresh text";
    desk.say("The text has run out. Get a fresh one.");
  });
}

async function submit(desk, challenge, signature, alive) {
  const note = desk.note("Checking your signature…"); // a smart wallet's is checked at Ethereum's nodes
  try {
    const state = await desk.call("submit", { challenge_id: challenge.challenge_id, signature });
    if (alive()) desk.show(state);
  } catch (error) {
    const isSpent = error instanceof Refused && !error.isUntouched && !["session", "csrf"].includes(error.code);
    if (!isSpent || !alive()) throw error;
    // The server uses a text up before it looks at the signature: only a new one can be signed now.
    chooseWallet(desk);
    desk.complain(error.message, { wait: error.wait });
  } finally {
    note.remove();
  }
}

/** What the wallet answers, unless the person stops waiting: some never answer when their window is closed. */
async function waitFor(desk, answer) {
  let stop;
  const stopped = new Promise((_, reject) => {
    stop = () => reject(new WalletError("You stopped waiting for the wallet. Nothing was linked. You can try again."));
  });
  const note = desk.note("Open your wallet and answer there.", desk.action("Stop waiting", () => stop(), { always: true }));
  try {
    return await Promise.race([answer, stopped]);
  } finally {
    note.remove();
  }
}
