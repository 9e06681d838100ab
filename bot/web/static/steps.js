/** The steps without a wallet. Each draws itself on the page that is passed in. */

import { address, h, name, accountName } from "./dom.js";
import { watchWallets } from "./discovery.js";
import { offer } from "./elsewhere.js";
import { countDown, localTime } from "./time.js";

const ENDED = "This link is not valid any more. Run /verify in Discord for a new one.";
const DISCORD = "https://discord.com/channels/@me"; // opens the app where there is one
const DEAD = {
  other_user: [
    "This link is not yours",
    "This link was created by another Discord user. Someone may be trying to use your wallet. Nothing was signed.",
  ],
  relayed: [
    "Somebody else logged in with this link",
    "So it has ended, and nothing was signed. If you ran /verify yourself, run it again, and give the link to nobody.",
  ],
  cancelled: [
    "Nothing was linked",
    "If you did not run /verify yourself, somebody sent you this link: tell a moderator.",
  ],
  used: [
    "This link was used in another browser",
    "If that was you, Discord shows the result, under the message where you ran /verify. You can close this page.",
  ],
};

/** Does not name who made the link: a stranger must not find out whom to impersonate. */
export function login(page) {
  const href = page.loginUrl();
  const link = h("a", { class: "button main", href, rel: "noreferrer" }, "Log in with Discord");
  link.addEventListener("click", () => link.setAttribute("aria-busy", "true"));
  const none = h(
    "div",
    { class: "warning", hidden: true },
    h("p", {}, h("strong", {}, "No wallet found in this browser.")),
    h("p", {}, "Is your wallet an app on a phone? Go on there, and log in only there."),
    offer(page),
  );
  page.draw(
    "Log in with Discord",
    h("p", {}, "This link was made for a Discord account. Log in so that we can see it is yours."),
    h("p", { class: "row" }, link),
    h("p", { class: "quiet" }, "We ask Discord only for your name, your ID and your picture."),
    none,
  );
  watchWallets((wallets, isSearching) => {
    none.hidden = wallets.length > 0 || isSearching;
    // Who followed the link just now, in a browser with a wallet, has nothing to decide here.
    if (wallets.length > 0 && link.isConnected && page.mayGoOn()) {
      link.setAttribute("aria-busy", "true");
      location.assign(href);
    }
    if (!isSearching) page.stay();
  });
}

/** Without a login, the code ties the browser that signed to the member who typed the command. */
export function code(page) {
  const { code: typed, expires_at: until } = page.state;
  const showLost = (why) => page.draw("Type the code in Discord", h("p", {}, why));
  if (!typed) return showLost("The code was shown once; run /verify again if you lost it.");
  const shown = h("code", { class: "code" }, typed);
  const timer = h("p", { class: "quiet", role: "timer" });
  page.draw(
    "Type this code in Discord",
    h("p", { class: "code-row" }, shown, page.action("Copy", () => copy(page, shown))),
    timer,
    h(
      "p",
      { class: "warning" },
      "Type this only in your own Discord: press ",
      h("strong", {}, "Enter code"),
      " under Tessera's message. Anyone else asking for it is stealing your roles.",
    ),
  );
  countDown(timer, until, (left) => `The code is good for ${left}.`, () => {
    showLost("The code has run out. Run /verify in Discord for a new one.");
  });
}

async function copy(page, shown) {
  try {
    await navigator.clipboard.writeText(shown.textContent);
    page.announce("Copied.");
  } catch {
    // Not every browser inside a wallet gives a page the clipboard; the code is marked instead.
    getSelection().selectAllChildren(shown);
    page.announce("The code is selected: copy it with your keyboard or menu.");
  }
}

export function done(page) {
  const { linked, user } = page.state;
  const accounts = (linked?.accounts ?? []).filter(Boolean);
  page.draw(
    "Linked",
    h("p", { class: "tick", "aria-hidden": "true" }, "✓"),
    linked && h("div", { class: "proven" }, address(linked.address), user && h("p", {}, "to ", name(user.name))),
    accounts.length > 0 && h("h3", {}, accounts.length === 1 ? "Account" : "Accounts"),
    accounts.length > 0 && h("ul", {}, accounts.map((account) => h("li", {}, accountName(account)))),
    h("p", {}, "Discord shows what it earns you, under the message where you ran /verify."),
    h("p", { class: "row" }, h("a", { class: "button main", href: DISCORD, rel: "noreferrer" }, "Back to Discord")),
  );
}

export function contest(page) {
  const { account, until } = page.state;
  const end = until ? h("time", { datetime: until }, localTime(until)) : "when the time is over that /accounts in Discord shows";
  page.draw(
    "Your signature is right, but another member's came first",
    h(
      "p",
      {},
      `${account ? accountName(account) : "The account"} is proven by another Discord member, who is notified now. `,
      "It becomes yours ",
      h("strong", {}, end),
      ", unless they sign again before, or object to have a week for that.",
    ),
    h("p", {}, "You need to do nothing more, and can close this page. You will be notified in Discord how it ends."),
  );
}

export function frozen(page) {
  page.draw(
    "Your signature is right, but the operator must decide",
    h(
      "p",
      {},
      "More than one Discord member signed for this address, again and again, so that no signature can decide whose it ",
      "is. The operator of this bot decides, and can see that you signed now.",
    ),
    h("p", {}, "You can close this page. Tell the operator what you know; you will be notified in Discord how it ends."),
  );
}

export function dead(page) {
  const { reason } = page.state;
  const [title, sentence] = DEAD[reason] ?? ["This link has ended", ENDED];
  const isLured = reason === "other_user";
  const own = "If you ran /verify yourself, with another Discord account: log in to Discord as that one, and run it again.";
  page.draw(title, h("p", { class: isLured ? "warning" : null }, sentence), isLured && h("p", {}, own));
}
