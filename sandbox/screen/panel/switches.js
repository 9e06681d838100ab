/** Switches that cause faults for the bot, each with what to expect. */

import { sandbox } from "../api.js";
import { fill, h } from "../dom.js";
import { languageSwitches } from "./languages.js";
import { outages } from "./outages.js";
import { SWITCH_GROUPS } from "./switch_table.js";
import { timeSwitches } from "./time.js";
import { tryButton } from "./try_button.js";
import { withdrawForm } from "./withdraw.js";

export function switchesView() {
  const status = h("p", { class: "switch-status", role: "status", dataset: { testid: "switch-status" } });
  const active = h("ul", { class: "faults", "aria-label": "Active faults", dataset: { testid: "faults" } });
  let timer = null;

  function say(sentence) {
    status.textContent = sentence;
  }

  async function turn(label, action, button) {
    button.disabled = true;
    try {
      await action();
      say(`${label}: done.`);
    } catch (error) {
      say(`${label}: ${error.message}`);
    }
    button.disabled = false;
    await refresh();
  }

  async function refresh() {
    try {
      const answer = await sandbox.faults();
      const faults = Array.isArray(answer) ? answer : (answer.faults ?? []);
      lasting.draw(faults);
      await time.draw();
      await languages.draw();
      fill(
        active,
        faults.map((fault) => h("li", {}, describe(fault))),
      );
    } catch (error) {
      console.info("no faults:", error.message); // the banner shows it already
    }
  }

  const lasting = outages(say, refresh);
  const time = timeSwitches(say);
  const languages = languageSwitches(say);
  const groups = SWITCH_GROUPS.map(({ title, switches }) =>
    h("section", {}, h("h3", {}, title), switches.map(row)),
  );

  function row({ id, label, note, action, tryOn }) {
    const button = h(
      "button",
      {
        type: "button",
        class: `button ${id === "clear" ? "success" : "secondary"}`,
        dataset: { testid: `switch-${id}` },
        onclick: () => turn(label, action, button),
      },
      label,
    );
    return h("div", { class: "switch" }, button, h("div", {}, h("p", {}, note), tryOn && tryButton(id, tryOn)));
  }

  return {
    node: h(
      "div",
      { class: "switches" },
      status,
      active,
      lasting.node,
      time.node,
      languages.node,
      h("section", {}, h("h3", {}, "Between Loopring and Ethereum"), withdrawForm(say)),
      groups,
    ),
    start() {
      refresh();
      timer = setInterval(refresh, 2000);
    },
    stop() {
      clearInterval(timer);
    },
  };
}

function describe(fault) {
  const whose = fault.account ? ` for ${fault.account.slice(0, 6)}` : "";
  const left = fault.times === null || fault.times === undefined ? "until cleared" : `${fault.times} more`;
  return `${fault.service}: ${fault.kind}${whose}, ${left}`;
}
