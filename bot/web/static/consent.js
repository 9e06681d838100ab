/** What a person reads before signing: whom the wallet is linked to, what is proven, and what is never asked for. */

import { address, h, name, plain, accountName } from "./dom.js";
import { parts, t } from "./words.js";

const AVATARS = "https://cdn.discordapp.com/";

/** The Discord user that the wallet will be linked to, and the button to cancel. */
export function person(page) {
  const { user, guild } = page.state;
  const where = guild ? h("span", { class: "quiet" }, parts("in {server}", { server: name(guild, 100) })) : null;
  const leave = page.action(t("Not me"), async () => page.show(await page.call("cancel", {})), { always: true });
  if (!user) return personByCommand(page, where, leave);
  return h(
    "div",
    { class: "person" },
    h("p", { class: "quiet" }, t("The wallet will be linked to")),
    avatar(user),
    h("p", { class: "who" }, h("strong", {}, name(user.name)), h("span", { class: "quiet" }, t("ID {id}", { id: user.id })), where),
    leave,
  );
}

/** Without a login the page does not know who is reading: only the reader can check the name. */
function personByCommand(page, where, leave) {
  const expected = page.state.expected?.name;
  const who = () => (expected ? h("strong", {}, name(expected)) : t("the member who typed /verify"));
  return h(
    "div",
    { class: "person" },
    h("p", { class: "quiet" }, t("The wallet will be linked to")),
    initial(expected ?? "?"),
    h("p", { class: "who" }, who(), where),
    leave,
    h(
      "p",
      { class: "warning" },
      parts("Only go on if YOU are {member} and typed /verify yourself. If somebody sent you this link, press Not me.", {
        member: who(),
      }),
    ),
  );
}

function avatar(user) {
  const url = String(user.avatar_url ?? "");
  if (!url.startsWith(AVATARS)) return initial(user.name); // the page's policy would refuse it
  const image = h("img", { class: "avatar", src: url, alt: "", width: "64", height: "64" });
  image.addEventListener("error", () => image.replaceWith(initial(user.name)), { once: true });
  return image;
}

function initial(text) {
  return h("span", { class: "avatar initial", "aria-hidden": "true" }, [...plain(text)][0]?.toUpperCase() ?? "?");
}

/** The account to prove and its owner. */
export function proofDetails({ account, owner }) {
  return h(
    "dl",
    {},
    h("dt", {}, t("To prove")),
    h("dd", {}, account ? accountName(account) : t("The address that you connect")),
    owner && h("dt", {}, t("Its owner")),
    owner && h("dd", {}, address(owner)),
  );
}

export function walletRequests() {
  return h(
    "div",
    { class: "promises" },
    h("p", {}, t("This page only ever asks your wallet for two things:")),
    h("ul", {}, h("li", {}, t("your address, and")), h("li", {}, t("one signature."))),
    h("p", {}, t("Never a transaction, an approval, a seed phrase, an L2 key or an API key.")),
  );
}
