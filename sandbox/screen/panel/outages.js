/** Switches that stay on until they are turned off: a source is down, or answers 200 with nothing in it. */

import { sandbox } from "../api.js";
import { fill, h } from "../dom.js";
import { tryButton } from "./try_button.js";

const DOWN = { kind: "status", status: 503, times: null };
const BLANK = { kind: "empty", total: 0, times: null };
const NOBODY_LOSES = "Every answer is 503: nobody may lose a role by it. What was read before is shown as of then.";
const FROM_THE_ARCHIVE =
  "The same, and the bot starts again and has no answer left: the archive that was rebuilt from the blocks on Ethereum " +
  "says what accounts held, as of the last block.";
// The bot retains answers in its memory alone, and they are better than an archive's.
const FORGETS = new Set(["gone-loopring"]);
const TRY_ON = { "gone-loopring": "10001" };
const LASTING = [
  ["down-loopring", "Loopring is down", NOBODY_LOSES, "loopring", DOWN],
  ["gone-loopring", "Loopring is gone for good", FROM_THE_ARCHIVE, "loopring", DOWN],
  ["blank-loopring", "Loopring is blank", "Every answer is 200 and empty, as if all had sold.", "loopring", BLANK],
  ["down-chain", "Ethereum's explorer is down", "Every answer of Blockscout is 503.", "blockscout", DOWN],
  ["blank-chain", "Ethereum's explorer is blank", "Every answer is 200 and empty.", "blockscout", BLANK],
];

/** The switches; `draw(faults)` shows which are on, `say(sentence)` what was turned. */
export function outages(say, refresh) {
  const active = new Set();
  const buttons = LASTING.map(([id, label, , service, fault]) => {
    const node = h(
      "button",
      {
        type: "button",
        class: "button toggle",
        role: "switch",
        "aria-checked": "false",
        dataset: { testid: `switch-${id}` },
        onclick: () => turn(id, label, { service, name: id, ...fault }),
      },
      label,
    );
    return node;
  });
  const account = h("input", {
    type: "text",
    placeholder: "everybody",
    size: 12,
    dataset: { testid: "outage-account" },
  });
  const warning = h("p", { class: "outage-warning", role: "status", hidden: true, dataset: { testid: "outages" } });

  async function turn(id, label, fault) {
    const wasOn = active.has(id); // what is drawn meanwhile changes it
    try {
      if (wasOn) await sandbox.removeFault(id);
      else {
        await sandbox.addFault(account.value.trim() ? { ...fault, account: account.value.trim() } : fault);
        if (FORGETS.has(id)) await sandbox.restartBot();
      }
      say(`${label}: ${wasOn ? "over" : "on"}.`);
    } catch (error) {
      say(`${label}: ${error.message}`);
    }
    await refresh();
  }

  function draw(faults) {
    active.clear();
    const whose = new Map();
    for (const fault of faults.filter((one) => one.name)) {
      active.add(fault.name);
      whose.set(fault.name, fault.account ? ` for ${fault.account}` : "");
    }
    LASTING.forEach(([id], index) => buttons[index].setAttribute("aria-checked", String(active.has(id))));
    const on = LASTING.filter(([id]) => active.has(id)).map(([id, label]) => label + whose.get(id));
    warning.hidden = !on.length;
    warning.textContent = on.length ? `${on.join("; ")}.` : "";
  }

  const field = h("label", { class: "switch-fields" }, "The next one is for the account or address", account);
  const rows = LASTING.map(([id, , note], index) =>
    h(
      "div",
      { class: "switch" },
      buttons[index],
      h("div", {}, h("p", {}, note), TRY_ON[id] && tryButton(id, TRY_ON[id])),
    ),
  );
  return { node: fill(h("section", {}), h("h3", {}, "Outages"), warning, rows, field), draw };
}
