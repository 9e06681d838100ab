/** A button that puts the command which shows something into the message box. */

import { fillCommand } from "../composer/composer.js";
import { h } from "../dom.js";

/** `/collections` of an account: one Enter away. `id` is of the switch that it shows. */
export function tryButton(id, account) {
  const shown = account.replace(/0x(....).*(....)$/, "0x$1…$2");
  return h(
    "button",
    {
      type: "button",
      class: "try",
      title: `/collections ${account}`,
      dataset: { testid: `try-${id}` },
      onclick: () => fillCommand("collections", account),
    },
    `Try /collections ${shown}`,
  );
}
