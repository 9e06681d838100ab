/** A picture, large, over everything; Esc or a click anywhere closes it. */

import { h } from "../dom.js";

export function enlarge(image) {
  const close = () => dialog.close();
  const dialog = h(
    "dialog",
    { class: "lightbox", "aria-label": image.alt || "Picture", dataset: { testid: "lightbox" }, onclick: close },
    h("img", { src: image.src, alt: image.alt }),
    h("button", { type: "button", class: "lightbox-close" }, "Close"),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
