/** Moves an NFT from a Loopring account to its owner's address on Ethereum, and says what happened. */

import { sandbox } from "../api.js";
import { h } from "../dom.js";

/** `say(sentence)` shows a sentence above the switches. */
export function withdrawForm(say) {
  const account = field("account", "10001");
  const collection = field("collection", "254");
  const button = h(
    "button",
    { type: "submit", class: "button secondary", dataset: { testid: "switch-withdraw" } },
    "Withdraw to Ethereum",
  );

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    try {
      const moved = await sandbox.withdraw({ account: account.value.trim(), collection: collection.value.trim() });
      say(moved.sentence);
    } catch (error) {
      say(`Withdraw to Ethereum: ${error.message}`);
    }
    button.disabled = false;
  }

  return h(
    "form",
    { class: "switch", onsubmit: submit },
    button,
    h(
      "div",
      {},
      h("p", {}, "The first kind that the account holds leaves Loopring, with all its copies."),
      h("div", { class: "switch-fields" }, labelled("Account", account), labelled("Collection", collection)),
    ),
  );
}

function field(name, value) {
  return h("input", { name, value, inputmode: "numeric", dataset: { testid: `withdraw-${name}` } });
}

function labelled(words, input) {
  return h("label", {}, `${words} `, input);
}
