/** Direct messages: the button at the top of the rail, and the conversations. */

import { avatar, h } from "../dom.js";
import { icon } from "../icons.js";
import { go } from "../session.js";
import { HOME, isHome, state } from "../state.js";
import { toggle } from "./layout.js";

/** Whether somebody wrote and I have not looked. */
export const isUnread = () => state.dms.some((dm) => state.unread.has(dm.id));

/** The mark of something unread. */
export const pip = (testid) => h("span", { class: "pip", "aria-hidden": "true", dataset: { testid } });

/** The button that leads here; it shows that something is unread. */
export function homeButton() {
  const unread = isUnread();
  return h(
    "button",
    {
      type: "button",
      class: `guild${isHome() ? " here" : ""}`,
      title: "Direct messages",
      "aria-label": unread ? "Direct messages, unread" : "Direct messages",
      "aria-current": isHome() ? "true" : null,
      dataset: { testid: "home" },
      onclick: () => go(HOME),
    },
    h("span", { class: "guild-pill", "aria-hidden": "true" }),
    h("span", { class: "guild-letters" }, icon("chat")),
    unread && pip("home-unread"),
  );
}

/** The list in the place of a guild's channels. */
export function conversations() {
  const items = state.dms.map((one) => h("li", {}, row(one)));
  return items.length ? h("ul", {}, items) : h("p", { class: "no-dms" }, "Nobody has written to you yet.");
}

function row(one) {
  const here = one.id === state.channelId;
  const unread = state.unread.has(one.id);
  return h(
    "button",
    {
      type: "button",
      class: `channel dm${here ? " here" : ""}${unread ? " unread" : ""}`,
      "aria-current": here ? "page" : null,
      dataset: { testid: `dm-${one.id}` },
      onclick: () => {
        go(HOME, one.id);
        toggle("nav", false);
      },
    },
    avatar(one.avatar_url, one.name, 32),
    h("span", {}, one.name),
    unread && h("span", { class: "sr-only" }, "unread"),
  );
}
