/** Servers, channels, the channel's header, and the person I am. */

import { avatar, fill, h, picture } from "../dom.js";
import { icon } from "../icons.js";
import { closePopover, openPopover } from "../popover.js";
import { go, switchUser } from "../session.js";
import { channel, guild, isHome, state, watch } from "../state.js";
import { conversations, homeButton, isUnread, pip } from "./home.js";
import { toggle } from "./layout.js";

const rail = document.getElementById("rail");
const channels = document.getElementById("channels");
const header = document.getElementById("header");
const me = document.getElementById("me");

export function startPlaces() {
  watch(["guilds", "place"], drawRail);
  watch(["guilds", "place"], drawChannels);
  watch(["guilds", "place", "application"], drawHeader);
  watch(["people", "guilds", "place"], drawMe);
}

function drawRail() {
  const items = state.guilds.map((one) => {
    const here = one.id === state.guildId;
    const initials = one.name
      .split(/\s+/)
      .map((word) => word[0])
      .join("")
      .slice(0, 3);
    const letters = () => h("span", { class: "guild-letters" }, initials);
    const face = one.icon_url
      ? picture(one.icon_url, "", "guild-icon", (image) => image.replaceWith(letters()))
      : letters();
    return h(
      "button",
      {
        type: "button",
        class: `guild${here ? " here" : ""}`,
        title: one.name,
        "aria-label": one.name,
        "aria-current": here ? "true" : null,
        dataset: { testid: `guild-${one.id}` },
        onclick: () => go(one.id),
      },
      h("span", { class: "guild-pill", "aria-hidden": "true" }),
      face,
    );
  });
  fill(rail, homeButton(), h("hr", { class: "rail-rule" }), items);
  fill(document.getElementById("guild-name"), h("h1", {}, isHome() ? "Direct messages" : (guild()?.name ?? "")));
  document.documentElement.classList.toggle("at-home", isHome());
}

function drawChannels() {
  channels.setAttribute("aria-label", isHome() ? "Direct messages" : "Channels");
  if (isHome()) return fill(channels, conversations());
  const items = (guild()?.channels ?? []).map((one) => {
    const here = one.id === state.channelId;
    const unread = state.unread.has(one.id);
    return h(
      "li",
      {},
      h(
        "button",
        {
          type: "button",
          class: `channel${here ? " here" : ""}${unread ? " unread" : ""}`,
          "aria-current": here ? "page" : null,
          dataset: { testid: `channel-${one.id}` },
          onclick: () => {
            go(state.guildId, one.id);
            toggle("nav", false);
          },
        },
        icon("hash"),
        h("span", {}, one.name),
        unread && h("span", { class: "sr-only" }, "unread"),
      ),
    );
  });
  return fill(channels, h("h2", {}, "Text channels"), h("ul", {}, items));
}

function drawHeader() {
  const known = channel();
  const online = state.application?.online;
  const tool = (name, label, testid, what, mark = null) =>
    h(
      "button",
      {
        type: "button",
        class: `icon-button tool-${what}`,
        title: label,
        "aria-label": label,
        dataset: { testid },
        onclick: () => toggle(what),
      },
      icon(name),
      mark,
    );
  const unread = isUnread();
  const menu = unread ? "Servers and channels, an unread direct message" : "Servers and channels";
  fill(
    header,
    tool("menu", menu, "open-nav", "nav", unread && pip("nav-unread")),
    icon(isHome() ? "chat" : "hash"),
    h("h2", {}, known?.name ?? ""),
    known?.topic && h("p", { class: "topic", title: known.topic }, known.topic),
    h("span", { class: "spring" }),
    state.application &&
      h(
        "span",
        { class: `presence ${online ? "online" : "offline"}`, role: "status", dataset: { testid: "application" } },
        h("span", { class: "light", "aria-hidden": "true" }),
        `${state.application.name} is ${online ? "online" : "offline"}`,
      ),
    tool("sun", "Light or dark", "theme", "theme"),
    !isHome() && tool("people", "Members", "toggle-members", "members"),
    h(
      "button",
      {
        type: "button",
        class: "behind tool-panel",
        title: "Behind the scenes",
        "aria-label": "Behind the scenes",
        dataset: { testid: "toggle-panel" },
        onclick: () => toggle("panel"),
      },
      icon("gears"),
      h("span", {}, "Behind the scenes"),
    ),
  );
}

function drawMe() {
  if (!state.me) return fill(me);
  const { display_name: name, username, avatar_url: src } = state.me;
  const button = h(
    "button",
    {
      type: "button",
      class: "me",
      "aria-haspopup": "listbox",
      "aria-label": `You are ${name}. Choose who you are`,
      title: "Choose who you are",
      dataset: { testid: "person-chooser" },
      onclick: () => choose(button),
    },
    h(
      "span",
      { class: "with-light" },
      avatar(src, name, 32),
      h("span", { class: "light online", "aria-hidden": "true" }),
    ),
    h("span", { class: "me-names" }, h("strong", {}, name), h("small", {}, username)),
    standing(state.people.find((one) => one.id === state.me.id)),
    icon("down"),
  );
  return fill(me, button);
}

function choose(button) {
  const isHere = (person) => isHome() || person.guilds.includes(state.guildId);
  const here = state.people.filter(isHere);
  const elsewhere = state.people.filter((person) => !isHere(person));
  const list = h(
    "div",
    { class: "people", role: "listbox", "aria-label": "Choose who you are" },
    h("h3", { role: "presentation" }, "Choose who you are"),
    here.map(person),
    elsewhere.length > 0 && h("h3", { role: "presentation" }, "Only in other servers"),
    elsewhere.map(person),
  );
  list.addEventListener("keydown", move);
  openPopover(button, list, { side: "above" });
  (list.querySelector("[aria-selected=true]") ?? list.querySelector("button"))?.focus();
}

function person(one) {
  return h(
    "button",
    {
      type: "button",
      role: "option",
      class: "person",
      "aria-selected": String(one.id === state.me.id),
      dataset: { testid: `person-${one.id}` },
      onclick: () => {
        closePopover();
        switchUser(one.id).then(() => document.querySelector(".me")?.focus());
      },
    },
    avatar(one.avatar_url, one.display_name, 32),
    h("span", { class: "me-names" }, h("strong", {}, one.display_name), h("small", {}, one.username)),
    standing(one),
  );
}

/** Owner, admin or moderator of the server that is shown; nothing for an ordinary member. */
function standing(one) {
  const word = one?.standings?.[state.guildId];
  return word && h("span", { class: `standing ${word}`, dataset: { testid: "standing" } }, word);
}

function move(event) {
  const items = [...event.currentTarget.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
}
