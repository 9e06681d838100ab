/** A file that a person chooses, as the sandbox takes it: a name and a text. */

import { h } from "./dom.js";

/** Ask for a file; null when none was chosen. Must be called from a click or a key. */
export function chooseFile() {
  return new Promise((resolve) => {
    const box = h("input", { type: "file", hidden: true, "aria-label": "File", dataset: { testid: "file-input" } });
    box.addEventListener("change", async () => {
      box.remove();
      resolve(box.files[0] ? await contentOf(box.files[0]) : null);
    });
    box.addEventListener("cancel", () => {
      box.remove();
      resolve(null);
    });
    document.body.append(box);
    box.click();
  });
}

export async function contentOf(file) {
  return { filename: file.name, text: await file.text() };
}
