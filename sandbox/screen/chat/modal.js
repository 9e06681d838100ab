/** A modal: a titled form of text inputs that the application asks a person to fill in. */

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { markdown } from "../markdown/render.js";
import { choiceField } from "./modal_choices.js";
import { selectBox } from "./select.js";

const ROW = 1;
const TEXT_INPUT = 4;
const TEXT_DISPLAY = 10;
const LABEL = 18;
const PARAGRAPH = 2;
let count = 0;

/** Show a modal; `send(values)` submits it and throws an error whose message belongs into the form. */
export function openModal(modal, send) {
  const fields = [];
  const parts = (modal.components ?? []).flatMap((part) => draw(part, fields));
  const error = h("p", { class: "modal-error", role: "alert", hidden: true, dataset: { testid: "modal-error" } });
  const submit = h(
    "button",
    { type: "submit", class: "button primary", dataset: { testid: "modal-submit" } },
    "Submit",
  );
  const cancel = h("button", { type: "button", class: "button plain", onclick: () => dialog.close() }, "Cancel");
  const form = h(
    "form",
    { novalidate: true },
    h("div", { class: "modal-fields" }, parts, error),
    h("footer", {}, cancel, submit),
  );
  const dialog = h(
    "dialog",
    { class: "modal", dataset: { testid: "modal" }, "aria-label": modal.title },
    h(
      "header",
      {},
      h("h2", {}, modal.title),
      h(
        "button",
        { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => dialog.close() },
        icon("close"),
      ),
    ),
    form,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = fields.filter((field) => !field.check());
    if (wrong.length) return wrong[0].focus();
    submit.disabled = true;
    submit.classList.add("busy");
    error.hidden = true;
    try {
      const values = await Promise.all(fields.map(async (field) => [field.id, await field.value()]));
      await send(Object.fromEntries(values));
      dialog.close();
    } catch (failure) {
      error.textContent = `${failure.message.replace(/\.?$/, ".")} Try again.`;
      error.hidden = false;
    }
    submit.disabled = false;
    submit.classList.remove("busy");
    return undefined;
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  fields[0]?.focus();
}

function draw(part, fields) {
  if (part.type === ROW) return part.components.flatMap((inner) => draw(inner, fields));
  if (part.type === TEXT_DISPLAY) return [markdown(part.content)];
  if (part.type === TEXT_INPUT) return [textField(part, part.label, null, fields)];
  if (part.type !== LABEL) return [];
  if (part.component.type === TEXT_INPUT) return [textField(part.component, part.label, part.description, fields)];
  return [choiceField(part, fields) ?? chooser(part, fields)];
}

function textField(input, label, description, fields) {
  const id = `modal-field-${++count}`;
  const required = input.required !== false;
  const long = input.style === PARAGRAPH;
  const props = {
    id,
    class: "modal-input",
    placeholder: input.placeholder,
    value: input.value ?? "",
    maxlength: input.max_length ?? 4000,
    "aria-required": String(required),
    "aria-describedby": `${id}-note`,
    autocomplete: "off",
    dataset: { customId: input.custom_id },
  };
  const box = h(long ? "textarea" : "input", long ? { ...props, rows: 5 } : { ...props, type: "text" });
  const note = h("small", { id: `${id}-note`, class: "modal-note" });
  const check = () => {
    const text = box.value;
    const least = input.min_length ?? 0;
    const problem =
      required && !text.trim()
        ? "This field is required."
        : text && text.length < least
          ? `Must be at least ${least} characters.`
          : "";
    note.textContent = problem;
    box.setAttribute("aria-invalid", String(Boolean(problem)));
    return !problem;
  };
  box.addEventListener("input", check);
  fields.push({ id: input.custom_id, value: () => box.value, check, focus: () => box.focus() });
  return h(
    "div",
    { class: "modal-field" },
    h("label", { for: id }, label, required && h("span", { class: "star", "aria-hidden": "true" }, " *")),
    description && h("small", {}, description),
    box,
    note,
  );
}

function chooser(part, fields) {
  const { options = [], default_values: defaults = [] } = part.component;
  let chosen = [...options.filter((option) => option.default), ...defaults].map((one) => one.value ?? one.id);
  const box = selectBox(part.component, { onchoose: (values) => (chosen = values) });
  fields.push({
    id: part.component.custom_id,
    value: () => chosen,
    check: () => part.component.required === false || chosen.length > 0,
    focus: () => box.focus(),
  });
  return h(
    "div",
    { class: "modal-field" },
    h("span", { class: "modal-label" }, part.label),
    part.description && h("small", {}, part.description),
    box,
  );
}
