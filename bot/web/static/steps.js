/** The steps without a wallet. Each draws itself on the page that is passed in. */

import { address, h, name, accountName } from "./dom.js";
import { watchWallets } from "./discovery.js";
import { offer } from "./elsewhere.js";
import { countDown, localTime } from "./time.js";
import { parts, t } from "./words.js";

const ENDED = t("This link is not valid any more. Run /verify in Discord for a new one.");
const DISCORD = "https://discord.com/channels/@me"; // opens the app where there is one
const DEAD = {
  other_user: [
    t("This link is not yours"),
    t("This link was created by another Discord user. Someone may be trying to use your wallet. Nothing was signed."),
  ],
  relayed: [
    t("Somebody else logged in with this link"),
    t("So it has ended, and nothing was signed. If you ran /verify yourself, run it again, and give the link to nobody."),
  ],
  cancelled: [
    t("Nothing was linked"),
    t("If you did not run /verify yourself, somebody sent you this link: tell a moderator."),
  ],
  used: [
    t("This link was used in another browser"),
    t("If that was you, Discord shows the result, under the message where you ran /verify. You can close this page."),
  ],
};

/** Does not name who made the link: a stranger must not find out whom to impersonate. */
export function login(page) {
  const href = page.loginUrl();
  const link = h("a", { class: "button main", href, rel: "noreferrer" }, t("Log in with Discord"));
  link.addEventListener("click", () => link.setAttribute("aria-busy", "true"));
  const none = h(
    "div",
    { class: "warning", hidden: true },
    h("p", {}, h("strong", {}, t("No wallet found in this browser."))),
    h("p", {}, t("Is your wallet an app on a phone? Go on there, and log in only there.")),
    offer(page),
  );
  page.draw(
    t("Log in with Discord"),
    h("p", {}, t("This link was made for a Discord account. Log in so that we can see it is yours.")),
    h("p", { class: "row" }, link),
    h("p", { class: "quiet" }, t("We ask Discord only for your name, your ID and your picture.")),
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
  const showLost = (why) => page.draw(t("Type the code in Discord"), h("p", {}, why));
  if (!typed) return showLost(t("The code was shown once; run /verify again if you lost it."));
  const shown = h("code", { class: "code" }, typed);
  const timer = h("p", { class: "quiet", role: "timer" });
  page.draw(
    t("Type this code in Discord"),
    h("p", { class: "code-row" }, shown, page.action(t("Copy"), () => copy(page, shown))),
    timer,
    h(
      "p",
      { class: "warning" },
      parts(
        "Type this only in your own Discord: press {button} under Tessera's message. Anyone else asking for it is " +
          "stealing your roles.",
        { button: h("strong", {}, t("Enter code")) },
      ),
    ),
  );
  countDown(timer, until, (left) => t("The code is good for {left}.", { left }), () => {
    showLost(t("The code has run out. Run /verify in Discord for a new one."));
  });
}

async function copy(page, shown) {
  try {
    await navigator.clipboard.writeText(shown.textContent);
    page.announce(t("Copied."));
  } catch {
    // Not every browser inside a wallet gives a page the clipboard; the code is marked instead.
    getSelection().selectAllChildren(shown);
    page.announce(t("The code is selected: copy it with your keyboard or menu."));
  }
}

export function done(page) {
  const { linked, user } = page.state;
  const accounts = (linked?.accounts ?? []).filter(Boolean);
  page.draw(
    t("Linked"),
    h("p", { class: "tick", "aria-hidden": "true" }, "✓"),
    linked && h("div", { class: "proven" }, address(linked.address), user && h("p", {}, parts("to {member}", { member: name(user.name) }))),
    accounts.length > 0 && h("h3", {}, accounts.length === 1 ? t("Account") : t("Accounts")),
    accounts.length > 0 && h("ul", {}, accounts.map((account) => h("li", {}, accountName(account)))),
    h("p", {}, t("Discord shows what it earns you, under the message where you ran /verify.")),
    h("p", { class: "row" }, h("a", { class: "button main", href: DISCORD, rel: "noreferrer" }, t("Back to Discord"))),
  );
}

export function contest(page) {
  const { account, until } = page.state;
  const end = until ? h("time", { datetime: until }, localTime(until)) : t("when the time is over that /accounts in Discord shows");
  page.draw(
    t("Your signature is right, but another member's came first"),
    h(
      "p",
      {},
      parts(
        "{account} is proven by another Discord member, who is notified now. It becomes yours {until}, unless they sign " +
          "again before, or object to have a week for that.",
        { account: account ? accountName(account) : t("The account"), until: h("strong", {}, end) },
      ),
    ),
    h("p", {}, t("You need to do nothing more, and can close this page. You will be notified in Discord how it ends.")),
  );
}

export function frozen(page) {
  page.draw(
    t("Your signature is right, but the operator must decide"),
    h(
      "p",
      {},
      t(
        "More than one Discord member signed for this address, again and again, so that no signature can decide whose " +
          "it is. The operator of this bot decides, and can see that you signed now.",
      ),
    ),
    h("p", {}, t("You can close this page. Tell the operator what you know; you will be notified in Discord how it ends.")),
  );
}

export function dead(page) {
  const { reason } = page.state;
  const [title, sentence] = DEAD[reason] ?? [t("This link has ended"), ENDED];
  const isLured = reason === "other_user";
  const own = t("If you ran /verify yourself, with another Discord account: log in to Discord as that one, and run it again.");
  page.draw(title, h("p", { class: isLured ? "warning" : null }, sentence), isLured && h("p", {}, own));
}
