/** The list above the composer: shows suggestions, and knows which one is highlighted. */

import { fill, h } from "../dom.js";

export class Picker {
  /** `input` keeps the focus; the list is a listbox it controls. */
  constructor(input, onpick) {
    this.input = input;
    this.onpick = onpick;
    this.items = [];
    this.at = -1;
    this.node = h("div", { class: "picker", hidden: true, dataset: { testid: "picker" } });
    this.node.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps its focus
  }

  get open() {
    return !this.node.hidden;
  }

  get highlighted() {
    return this.open ? (this.items[this.at] ?? null) : null;
  }

  /** `view` = {title?, head?, items, highlight, nothing?}; nothing to say at all closes the list. */
  show(view) {
    const empty = !view || (!view.items.length && !view.nothing && !view.head);
    this.items = view?.items ?? [];
    this.at = view?.highlight ?? -1;
    this.node.hidden = Boolean(empty);
    this.input.setAttribute("aria-expanded", String(!empty));
    if (empty) {
      this.node.replaceChildren();
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    const rows = this.items.map((item, index) => row(item, index, () => this.onpick(item)));
    const list = h("div", { id: "picker-list", role: "listbox", "aria-label": view.title ?? "Suggestions" }, rows);
    const nothing = !rows.length && view.nothing && h("div", { class: "picker-nothing" }, view.nothing);
    fill(this.node, view.head, view.title && h("div", { class: "picker-title" }, view.title), list, nothing);
    this.mark();
  }

  hide() {
    this.show(null);
  }

  move(step) {
    if (!this.items.length) return;
    const from = this.at < 0 && step < 0 ? 0 : this.at;
    this.at = (from + step + this.items.length) % this.items.length;
    this.mark();
  }

  mark() {
    const rows = this.node.querySelectorAll("[role=option]");
    rows.forEach((node, index) => node.setAttribute("aria-selected", String(index === this.at)));
    rows[this.at]?.scrollIntoView({ block: "nearest" });
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", `picker-item-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }
}

function row(item, index, onclick) {
  return h(
    "div",
    {
      class: `picker-item picker-${item.kind}`,
      id: `picker-item-${index}`,
      role: "option",
      "aria-selected": "false",
      dataset: { testid: "picker-item", label: item.label },
      onclick,
    },
    item.picture,
    h(
      "span",
      { class: "words" },
      h(
        "span",
        { class: "picker-label" },
        item.sigil && h("span", { class: "sigil" }, item.sigil),
        item.label,
        item.usage?.map((name) => h("span", { class: "usage" }, name)),
      ),
      item.note && h("small", {}, item.note),
    ),
    item.source && h("span", { class: "picker-source" }, item.source),
  );
}
