/** The emoji of a button or an option: unicode as text, a custom one as its picture. */

import { h, picture } from "../dom.js";

export function emoji(value) {
  if (!value) return null;
  if (!value.id) return h("span", { class: "glyph", "aria-hidden": "true" }, value.name);
  return picture(`/cdn/emojis/${value.id}.webp`, `:${value.name}:`, "emoji");
}
