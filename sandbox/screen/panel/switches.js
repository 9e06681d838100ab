/** Switches that cause faults for the bot, each with what to expect. */

import { sandbox } from "../api.js";
import { fill, h } from "../dom.js";
import { outages } from "./outages.js";
import { timeSwitches } from "./time.js";
import { withdrawForm } from "./withdraw.js";

const HOLDINGS = { service: "loopring", path: "collection/details" };
const loopring = (fault) => () => sandbox.addFault({ ...HOLDINGS, times: null, ...fault });
const ON_CHAIN = { service: "blockscout", path: "nft/collections" };
const blockscout = (fault) => () => sandbox.addFault({ ...ON_CHAIN, times: 3, ...fault });

const GROUPS = [
  [
    "Loopring",
    [
      [
        "slow",
        "Slow",
        "Every answer about holdings takes 5 seconds: the bot thinks, and still answers.",
        loopring({ kind: "slow", seconds: 5 }),
      ],
      [
        "fail",
        "Fail the next 3",
        "Three answers are 503: the bot tries again.",
        loopring({ kind: "status", status: 503, times: 3 }),
      ],
      [
        "html",
        "HTML instead of JSON",
        "A parking page with status 200, as a dead host gives.",
        loopring({ kind: "html" }),
      ],
      [
        "throttle",
        "Throttle",
        "429 with Retry-After of 2 seconds, three times.",
        loopring({ kind: "throttle", retry_after: "2", times: 3 }),
      ],
      ["torn", "Torn page", "The next answer breaks off in the middle.", loopring({ kind: "torn", times: 1 })],
      ["clear", "Clear all faults", "Everything answers as it should.", () => sandbox.clearFaults()],
    ],
  ],
  [
    "Blockscout",
    [
      [
        "chain-fail",
        "Fail the next 3",
        "Three answers are 503: the bot tries again.",
        blockscout({ kind: "status", status: 503 }),
      ],
      [
        "chain-throttle",
        "Throttle",
        "429 three times; how long to wait is given in milliseconds.",
        blockscout({ kind: "throttle", retry_after: "2" }),
      ],
      [
        "chain-repeat",
        "Repeat the first page",
        "Every page is the first: the bot must notice and not count twice.",
        blockscout({ kind: "repeat", times: null }),
      ],
    ],
  ],
  [
    "Discord",
    [
      [
        "drop",
        "Drop the gateway",
        "The bot's connection is cut: it must reconnect and miss nothing.",
        () => sandbox.gateway({ action: "drop" }),
      ],
      [
        "reconnect",
        "Ask it to reconnect",
        "Discord's own polite request (op 7).",
        () => sandbox.gateway({ action: "reconnect" }),
      ],
    ],
  ],
  [
    "Sandbox",
    [
      [
        "restart",
        "Restart the bot",
        "A new process: buttons of old messages must still work or say why not.",
        () => sandbox.restartBot(),
      ],
      ["reset", "Reset", "Messages, faults and traffic go back to the beginning.", () => sandbox.reset()],
    ],
  ],
];

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
  const groups = GROUPS.map(([title, switches]) =>
    h(
      "section",
      {},
      h("h3", {}, title),
      switches.map(([id, label, note, action]) => {
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
        return h("div", { class: "switch" }, button, h("p", {}, note));
      }),
    ),
  );
  return {
    node: h(
      "div",
      { class: "switches" },
      status,
      active,
      lasting.node,
      time.node,
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
  const left = fault.times === null || fault.times === undefined ? "until cleared" : `${fault.times} more`;
  return `${fault.service}: ${fault.kind}, ${left}`;
}
