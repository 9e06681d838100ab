/** Building DOM nodes. Children that are strings become text nodes: nothing here can turn text into markup. */

import { t } from "./words.js";

/** `h("button", {class: "x", onclick: f, hidden: true}, "text", node, null)` */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const MOST_READ = 10_000; // characters of an untrusted text, before it is shortened

/** Untrusted text on one line: no control characters, no change of direction, no towers of marks, not too long. */
export function plain(text, limit = 40) {
  const bare = String(text ?? "").slice(0, MOST_READ).replace(/\s+/gu, " ").replace(/\p{C}/gu, "");
  const letters = [...bare.replace(/(\p{M}{2})\p{M}+/gu, "$1").trim()];
  return letters.length > limit ? `${letters.slice(0, limit - 1).join("")}…` : letters.join("");
}

/** Untrusted text in an element of its own, so that its direction changes nothing around it. */
export const name = (text, limit) => h("bdi", {}, plain(text, limit));

/** 0xdf23…8b19 */
export const short = (address) => (address.length > 12 ? `${address.slice(0, 6)}…${address.slice(-4)}` : address);

/** A shortened address within a sentence. */
export const shortAddress = (address) => h("code", { class: "short" }, short(address));

/** A shortened address; a press shows all of it. */
export function address(full) {
  const summary = h("summary", {}, h("code", {}, short(full)), h("span", { class: "more" }, t("Show all of it")));
  return h("details", { class: "address" }, summary, h("code", { class: "whole" }, full));
}

/** A sentence in which `backticks` mark what is typed, as Discord shows it. */
export const withCode = (text) => text.split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part));

const CHAINS = { 1: "Ethereum", 10: "Optimism", 137: "Polygon", 8453: "Base", 42161: "Arbitrum" };

/** "loopring:10001" in words: "Loopring account 10001". */
export function accountName(account) {
  const [, chain, owner] = /^eip155:(\d+):(0x[0-9a-f]{40})$/i.exec(account) ?? [];
  if (chain) return t("{chain} account {owner}", { chain: CHAINS[chain] ?? t("Chain {number}", { number: chain }), owner: short(owner) });
  const number = /^loopring:(\d+)$/.exec(account)?.[1];
  return number ? t("Loopring account {number}", { number }) : plain(account, 60);
}
