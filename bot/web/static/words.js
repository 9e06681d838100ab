/** The page's sentences in the reader's language; in English where there is no translation. */

import { known, language } from "./known.js";

const PLACE = /\{(\w+)\}/;

/** What `Intl` writes times in; those of English are 24-hour ones. */
export const locale = language === "en" ? "en-GB" : language;

/** `t("You can try again in {left}.", { left })`: the text, with its places filled. */
export function t(text, values = {}) {
  return (known[text] ?? text).replace(new RegExp(PLACE, "g"), (place, name) => values[name] ?? place);
}

/** The same where nodes fill the places: what `h` takes as children. */
export function parts(text, nodes) {
  return (known[text] ?? text).split(PLACE).map((part, index) => (index % 2 ? (nodes[part] ?? `{${part}}`) : part));
}
