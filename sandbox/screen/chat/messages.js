/**
 * The channel's messages, oldest first, with day dividers and the hint of an empty channel.
 *
 * Each row is rebuilt only when what it shows changed; focus and the reader's place survive.
 */

import { avatar, h } from "../dom.js";
import { day } from "../markdown/timestamps.js";
import { channel, guild, isHome, state, watch } from "../state.js";
import { fillCommand } from "../composer/composer.js";
import { commandOf, messageRow, waitingRow } from "./message.js";

const GROUP_MS = 7 * 60 * 1000; // Discord joins messages of one author within seven minutes
const NEAR_PX = 90;
// What to type first: the command, its first value, and what it does; and whether only admins have it.
const HINTS = [
  ["collections", "10001", " to see what that account holds.", false],
  ["gate add", "", " to let a role follow what members hold: Whale, for 3 of 254.", true],
  ["verify", "", " to prove an account with the test wallet, and get the role.", false],
  ["roles", "", " to see why you have it. Then sell, “Behind the scenes”.", false],
];

const scroller = document.getElementById("scroller");
const list = document.getElementById("messages");
const rows = new Map(); // key -> {version, node}
let place = null;
let stuck = true;

export function startMessages() {
  watch(["messages", "place", "guilds", "people"], reconcile);
  scroller.addEventListener("scroll", () => {
    stuck = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PX;
  });
  const follow = new ResizeObserver(() => stuck && toBottom());
  follow.observe(list);
  follow.observe(scroller);
}

function toBottom() {
  scroller.scrollTop = scroller.scrollHeight;
}

function reconcile() {
  if (place !== `${state.me?.id} ${state.channelId}`) {
    place = `${state.me?.id} ${state.channelId}`;
    rows.clear();
    list.replaceChildren();
    stuck = true;
  }
  const known = channel();
  if (!known) return;
  list.setAttribute("aria-label", `Messages in ${known.name}`);
  const wanted = plan(known);
  const kept = new Set(wanted.map((row) => row.key));
  for (const [key, row] of rows) {
    if (!kept.has(key)) {
      row.node.remove();
      rows.delete(key);
    }
  }
  let previous = null;
  for (const row of wanted) previous = put(row, previous);
  if (state.waiting.some((entry) => !entry.failed && entry.channel_id === state.channelId)) stuck = true;
  if (stuck) toBottom();
}

function put({ key, version, build }, previous) {
  const old = rows.get(key);
  if (old?.version === version) return settle(old.node, previous);
  const node = build();
  rows.set(key, { version, node });
  if (old) {
    const focus = old.node.contains(document.activeElement) ? document.activeElement : null;
    old.node.replaceWith(node);
    if (focus) refocus(node, focus);
  }
  return settle(node, previous);
}

function settle(node, previous) {
  const next = previous ? previous.nextSibling : list.firstChild;
  if (next !== node) list.insertBefore(node, next);
  return node;
}

/** After a page turned, the keyboard stays on the same button, or on a neighbour if that one is now disabled. */
function refocus(node, focus) {
  const controls = [...node.querySelectorAll("[data-custom-id]")];
  const same = controls.find((control) => control.dataset.customId === focus.dataset.customId);
  const next = same && !same.disabled ? same : controls.find((control) => !control.disabled);
  (next ?? scroller).focus({ preventScroll: true });
}

/** The rows to show, in order: {key, version, build}. */
function plan(known) {
  const wanted = [welcome(known)];
  const shown = state.messages.filter((message) => !state.dismissed.has(message.id));
  const waiting = state.waiting.filter((entry) => entry.channel_id === known.id);
  const failed = waiting.filter((entry) => entry.failed);
  const failedBefore = (id) => {
    while (failed.length && BigInt(failed[0].after) < BigInt(id)) wanted.push(waitingPlan(failed.shift()));
  };
  let before = null;
  for (const message of shown) {
    failedBefore(message.id);
    const today = day(message.timestamp);
    const newDay = !before || day(before.timestamp) !== today;
    if (newDay) wanted.push(divider(today));
    const grouped = !newDay && joins(before, message);
    const context = { grouped, busy: state.busy.get(message.id), failure: state.failures.get(message.id) };
    const version = JSON.stringify([message, context, guild()?.members.length]);
    wanted.push({ key: message.id, version, build: () => messageRow(message, context) });
    before = message;
  }
  return wanted.concat([...failed, ...waiting.filter((entry) => !entry.failed)].map(waitingPlan));
}

const waitingPlan = (entry) => ({ key: entry.id, version: JSON.stringify(entry), build: () => waitingRow(entry) });

function joins(before, message) {
  const quick = new Date(message.timestamp) - new Date(before.timestamp) < GROUP_MS;
  const plain = !commandOf(message) && !before.ephemeral && !message.ephemeral;
  return quick && plain && before.author.id === message.author.id;
}

function divider(text) {
  return {
    key: `day ${text}`,
    version: text,
    build: () => h("li", { class: "day", role: "separator", "aria-label": text }, h("span", {}, text)),
  };
}

function welcome(known) {
  if (isHome()) return { key: "welcome", version: JSON.stringify(known), build: () => firstOf(known) };
  const empty = state.messages.length === 0 && state.waiting.length === 0;
  const build = () => {
    return h(
      "li",
      { class: "welcome", dataset: { testid: "welcome" } },
      h("div", { class: "welcome-mark", "aria-hidden": "true" }, "#"),
      h("h2", {}, `Welcome to #${known.name}!`),
      h("p", {}, `This is the start of the #${known.name} channel. ${known.topic ?? ""}`),
      empty && h("div", { class: "hints" }, hints().map(hint)),
    );
  };
  return { key: "welcome", version: JSON.stringify([known, empty, hints().length]), build };
}

function hints() {
  const standing = state.people.find((one) => one.id === state.me?.id)?.standings?.[state.guildId];
  return HINTS.filter(([, , , isForAdmins]) => !isForAdmins || ["owner", "admin"].includes(standing));
}

/** A line that fills the composer: before it, the command, its first value, and what it is good for. */
function hint([command, first, use]) {
  const text = `/${command} ${first}`.trim();
  const fill = () => fillCommand(command, first);
  return h("p", { class: "hint" }, "Type ", h("button", { type: "button", class: "mention", onclick: fill }, text), use);
}

function firstOf(dm) {
  return h(
    "li",
    { class: "welcome", dataset: { testid: "welcome" } },
    avatar(dm.avatar_url, dm.name, 80),
    h("h2", {}, dm.name),
    h("p", {}, `This is the beginning of your direct messages with ${dm.name}.`),
  );
}
