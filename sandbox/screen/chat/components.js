/** Action rows below a message: buttons and selects. While one is pending, none can be pressed. */

import { append, h, safeUrl } from "../dom.js";
import { icon } from "../icons.js";
import { press } from "../interactions.js";
import { emoji } from "./emoji.js";
import { selectBox } from "./select.js";

const ROW = 1;
const BUTTON = 2;
const SELECTS = new Set([3, 5, 6, 7, 8]);
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link" };

/** The rows of a message; `busy` is the pending custom id, if any. */
export function componentRows(message, busy) {
  const rows = (message.components ?? []).filter((row) => row.type === ROW);
  if (!rows.length) return null;
  return h(
    "div",
    { class: "components" },
    rows.map((row) =>
      h(
        "div",
        { class: "component-row" },
        row.components.map((component) => control(message, component, busy)),
      ),
    ),
  );
}

function control(message, component, busy) {
  if (component.type === BUTTON) return button(message, component, busy);
  if (!SELECTS.has(component.type)) return null;
  return selectBox(component, {
    busy: busy === component.custom_id,
    disabled: component.disabled || busy !== undefined,
    onchoose: (values) => press(message, component.custom_id, values),
  });
}

function button(message, component, busy) {
  const style = STYLES[component.style] ?? "secondary";
  const face = [emoji(component.emoji), component.label && h("span", {}, component.label)];
  if (style === "link") {
    const href = safeUrl(component.url);
    const props = { class: "button link", dataset: { testid: "button" }, target: "_blank", rel: "noopener noreferrer" };
    return component.disabled || !href
      ? h("button", { type: "button", class: "button link", disabled: true }, face)
      : h("a", { ...props, href }, face, icon("out"));
  }
  const mine = busy === component.custom_id;
  const node = h("button", {
    type: "button",
    class: `button ${style}${mine ? " busy" : ""}`,
    disabled: Boolean(component.disabled),
    "aria-disabled": busy === undefined ? null : "true", // not `disabled`: the keyboard keeps its place
    "aria-busy": mine ? "true" : null,
    "aria-label": component.label ? null : (component.emoji?.name ?? component.custom_id),
    dataset: { testid: "button", customId: component.custom_id },
    onclick: () => press(message, component.custom_id),
  });
  append(node, [
    h("span", { class: "face" }, face),
    mine && h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")),
  ]);
  return node;
}
