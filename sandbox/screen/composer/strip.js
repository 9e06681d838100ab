/**
 * What the message box looks like: the command, its pills, the one input among them, and what is wrong.
 *
 * The input never moves in the document: a browser would take the focus from it in the middle of a word.
 */

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { channel, isHome } from "../state.js";

export const input = h("input", {
  id: "composer",
  type: "text",
  class: "composer-input",
  role: "combobox",
  autocomplete: "off",
  autocapitalize: "off",
  spellcheck: "false",
  "aria-autocomplete": "list",
  "aria-expanded": "false",
  "aria-controls": "picker-list",
  enterkeyhint: "send",
  dataset: { testid: "composer" },
});
export const problem = h("div", {
  class: "composer-error",
  role: "alert",
  hidden: true,
  dataset: { testid: "composer-error" },
});
const READ_ONLY = "Use commands in a server.";
const before = h("span", { class: "pills" });
const after = h("span", { class: "pills" });
const label = h("label", { for: "composer", class: "pill-name active", hidden: true });
const tools = [];
const slot = h("span", { class: "slot" }, label, input);

/** The box itself, with a button that opens the commands and one that sends. */
export function stripBox({ onadd, onsend }) {
  const line = h("div", { class: "composer-line" }, before, slot, after);
  tools.push(tool("plus", "Use a command", onadd), tool("send", "Send", onsend));
  const box = h("div", { class: "composer" }, tools[0], line, tools[1]);
  box.addEventListener("click", (event) => !event.target.closest("button") && input.focus());
  return box;
}

function tool(name, text, onclick) {
  const props = { type: "button", class: "icon-button", title: text, "aria-label": text, dataset: { testid: name } };
  return h("button", { ...props, onclick }, icon(name));
}

/** Show a sentence above the box, or none. */
export function complain(sentence) {
  problem.hidden = !sentence;
  fill(problem, sentence && icon("warn"), sentence);
}

/** Draw a `Line`, or the plain box without one. The input's text is the caller's. */
export function drawStrip(line, { onpill, onmore }) {
  const active = line?.pill ?? null;
  const at = line?.at ?? 0;
  const invitation = isHome() ? READ_ONLY : `Message #${channel()?.name ?? ""}`;
  for (const control of [input, ...tools]) control.disabled = isHome();
  slot.classList.toggle("in-pill", Boolean(active));
  slot.classList.toggle("wrong", Boolean(active?.error));
  label.hidden = !active;
  label.textContent = active?.option.name ?? "";
  input.placeholder = line ? "" : invitation;
  input.setAttribute("aria-label", active ? `${active.option.name}: ${active.option.description}` : invitation);
  input.setAttribute("aria-invalid", String(Boolean(active?.error)));
  input.size = Math.max(1, input.value.length); // for browsers without field-sizing
  input.readOnly = Boolean(line) && !active;
  fill(
    before,
    line && command(line),
    line?.pills.slice(0, at).map((pill) => pillButton(pill, onpill)),
  );
  fill(
    after,
    line?.pills.slice(at + 1).map((pill) => pillButton(pill, onpill)),
    line?.rest.length > 0 && more(line, onmore),
  );
}

function command(line) {
  return h("span", { class: "command-name", dataset: { testid: "composer-command" } }, `/${line.command.path}`);
}

function more(line, onclick) {
  return h("button", { type: "button", class: "more", tabIndex: -1, onclick }, `+${line.rest.length} optional`);
}

function pillButton(pill, onpill) {
  const props = {
    type: "button",
    class: pill.error ? "pill wrong" : "pill",
    tabIndex: -1,
    title: pill.error ?? pill.option.description,
    dataset: { testid: "pill", option: pill.option.name },
    onclick: () => onpill(pill),
  };
  return h(
    "button",
    props,
    h("span", { class: "pill-name" }, pill.option.name),
    h("span", { class: "pill-value" }, pill.text || " "),
  );
}
