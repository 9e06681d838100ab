/** Select menus: a box that opens a list. String options, or people, roles and channels of this guild. */

import { append, avatar, css, fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { openPopover } from "../popover.js";
import { guild } from "../state.js";
import { emoji } from "./emoji.js";

const STRING = 3;
const USER = 5;
const ROLE = 6;
const MENTIONABLE = 7;
const CHANNEL = 8;
const SEARCH_FROM = 12;

/** A select; `onchoose(values)` is called once, when the list closes with another choice. */
export function selectBox(component, { busy = false, disabled = false, onchoose }) {
  const options = optionsOf(component);
  const defaults = (component.default_values ?? []).map((value) => value.id);
  const before = options
    .filter((option) => option.default || defaults.includes(option.value))
    .map((option) => option.value);
  const face = h("span", { class: "select-face" });
  const box = h(
    "button",
    {
      type: "button",
      class: `select${busy ? " busy" : ""}`,
      role: "combobox",
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-label": component.placeholder ?? "Make a selection",
      "aria-disabled": disabled && !component.disabled ? "true" : null,
      disabled: Boolean(component.disabled),
      dataset: { testid: "select", customId: component.custom_id },
    },
    face,
    busy ? h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")) : icon("down"),
  );
  show(face, component, options, before);
  const open = () => {
    if (disabled || box.getAttribute("aria-expanded") === "true") return;
    openList(box, component, options, before, (values) => {
      show(face, component, options, values);
      onchoose(values);
    });
  };
  box.addEventListener("click", open);
  box.addEventListener("keydown", (event) => event.key === "ArrowDown" && (event.preventDefault(), open()));
  return box;
}

function optionsOf(component) {
  if (component.type === STRING) return component.options;
  const { members = [], roles = [], channels = [] } = guild() ?? {};
  const people = members.map((one) => ({
    value: one.id,
    label: one.display_name,
    picture: avatar(one.avatar_url, one.display_name, 24),
  }));
  const ranks = roles
    .filter((one) => one.id !== guild().id)
    .map((one) => ({ value: one.id, label: one.name, color: css(one.color) ?? "var(--muted)" }));
  const rooms = channels.map((one) => ({ value: one.id, label: `# ${one.name}` }));
  return { [USER]: people, [ROLE]: ranks, [MENTIONABLE]: [...people, ...ranks], [CHANNEL]: rooms }[component.type];
}

function show(face, component, options, values) {
  const chosen = options.filter((option) => values.includes(option.value));
  face.classList.toggle("placeholder", chosen.length === 0);
  if (!chosen.length) fill(face, component.placeholder ?? "Make a selection");
  else if (chosen.length === 1) fill(face, mark(chosen[0]), h("span", {}, chosen[0].label));
  else
    fill(
      face,
      chosen.map((option) => h("span", { class: "chip" }, option.label)),
    );
}

function mark(option) {
  if (option.color) {
    const dot = h("span", { class: "dot" });
    dot.style.background = option.color;
    return dot;
  }
  return option.picture?.cloneNode(true) ?? emoji(option.emoji);
}

function openList(box, component, options, before, commit) {
  const most = component.max_values ?? 1;
  const least = component.min_values ?? 1;
  const several = most > 1;
  const chosen = new Set(before);
  const list = h("div", {
    class: "select-list",
    role: "listbox",
    tabIndex: -1,
    "aria-multiselectable": String(several),
    "aria-label": component.placeholder ?? "Options",
  });
  const search =
    options.length >= SEARCH_FROM
      ? h("input", { type: "text", class: "select-search", placeholder: "Search", "aria-label": "Search options" })
      : null;
  const panel = h("div", { class: "select-panel" }, search, list);

  function draw() {
    const term = (search?.value ?? "").toLowerCase();
    const shown = options.filter((option) => option.label.toLowerCase().includes(term));
    fill(list, shown.map(item));
    if (!shown.length) list.append(h("div", { class: "empty" }, "No results"));
  }

  function item(option) {
    const selected = chosen.has(option.value);
    const full = several && !selected && chosen.size >= most;
    const node = h("div", {
      class: "select-option",
      role: "option",
      tabIndex: -1,
      "aria-selected": String(selected),
      "aria-disabled": full ? "true" : null,
      dataset: { testid: "select-option", value: option.value },
      onclick: () => !full && pick(option.value),
    });
    const words = h(
      "span",
      { class: "words" },
      h("span", {}, option.label),
      option.description && h("small", {}, option.description),
    );
    return append(node, [
      mark(option),
      words,
      several
        ? h("span", { class: "tick", "aria-hidden": "true" }, selected && icon("check"))
        : selected && icon("check"),
    ]);
  }

  function pick(value) {
    if (!several) {
      chosen.clear();
      chosen.add(value);
      close();
      box.focus();
      return;
    }
    if (!chosen.delete(value)) chosen.add(value);
    draw();
    list.querySelector(`[data-value="${CSS.escape(value)}"]`)?.focus();
  }

  function move(event) {
    const items = [...list.querySelectorAll(".select-option")];
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      items[(to + items.length) % items.length]?.focus();
    } else if (event.key === "Enter" || (event.key === " " && document.activeElement !== search)) {
      event.preventDefault();
      (at >= 0 ? items[at] : items[0])?.click();
    } else if (event.key === "Tab") close();
  }

  draw();
  search?.addEventListener("input", draw);
  panel.addEventListener("keydown", move);
  box.setAttribute("aria-expanded", "true");
  const close = openPopover(box, panel, {
    fit: true,
    onclose: () => {
      box.setAttribute("aria-expanded", "false");
      const changed = chosen.size !== before.length || before.some((value) => !chosen.has(value));
      if (changed && chosen.size >= least) commit([...chosen]);
    },
  });
  (search ?? list.querySelector("[aria-selected=true]") ?? list.querySelector(".select-option"))?.focus();
}
