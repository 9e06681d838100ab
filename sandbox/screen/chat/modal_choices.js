/** The fields of a modal that are no text and no select: files, one of several, some of several, yes or no. */

import { h } from "../dom.js";
import { contentOf } from "../file.js";

export const UPLOAD = 19;
export const RADIOS = 21;
export const CHECKBOXES = 22;
export const CHECKBOX = 23;
let count = 0;

/** The field of a labelled component, pushed to `fields`; null for another kind. */
export function choiceField(part, fields) {
  const draw = { [UPLOAD]: upload, [RADIOS]: several, [CHECKBOXES]: several, [CHECKBOX]: single }[part.component.type];
  if (!draw) return null;
  const { node, focus, value, isEmpty } = draw(part.component, part.label);
  const note = h("small", { class: "modal-note" });
  const check = () => {
    const missing = part.component.required !== false && isEmpty();
    note.textContent = missing ? "This field is required." : "";
    return !missing;
  };
  node.addEventListener("change", check);
  fields.push({ id: part.component.custom_id, value, check, focus });
  return h(
    "fieldset",
    { class: "modal-field" },
    h("legend", { class: "modal-label" }, part.label),
    part.description && h("small", {}, part.description),
    node,
    note,
  );
}

function upload(component, label) {
  let files = [];
  const box = h("input", {
    type: "file",
    class: "modal-input",
    multiple: (component.max_values ?? 1) > 1,
    "aria-label": label,
    dataset: { customId: component.custom_id, testid: "modal-file" },
  });
  box.addEventListener("change", () => {
    files = [...box.files].map(contentOf);
  });
  return {
    node: box,
    focus: () => box.focus(),
    value: () => Promise.all(files),
    isEmpty: () => !files.length,
  };
}

function several(component) {
  const name = `modal-choice-${++count}`;
  const one = component.type === RADIOS;
  const boxes = component.options.map((option) =>
    h("input", {
      type: one ? "radio" : "checkbox",
      name,
      value: option.value,
      checked: Boolean(option.default),
      dataset: { customId: component.custom_id },
    }),
  );
  const rows = component.options.map((option, index) =>
    h(
      "label",
      { class: "modal-choice" },
      boxes[index],
      h("span", {}, option.label),
      option.description && h("small", {}, option.description),
    ),
  );
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  return {
    node: h("div", { class: "modal-choices" }, rows),
    focus: () => boxes[0]?.focus(),
    value: () => (one ? (chosen()[0] ?? null) : chosen()),
    isEmpty: () => !chosen().length,
  };
}

function single(component, label) {
  const box = h("input", {
    type: "checkbox",
    checked: Boolean(component.default),
    dataset: { customId: component.custom_id },
  });
  const node = h("label", { class: "modal-choice" }, box, h("span", {}, label));
  return { node, focus: () => box.focus(), value: () => box.checked, isEmpty: () => false };
}
