/** Lets hours and days pass, for graces, "for 30 days", the age of proofs and cool-downs. */

import { sandbox } from "../api.js";
import { readClock } from "../clock.js";
import { h } from "../dom.js";

const MOVES = [
  ["hour", "+1 hour", { hours: 1 }],
  ["day", "+1 day", { hours: 24 }],
  ["month", "+30 days", { hours: 720, at_once: true }],
];
const NOTE =
  "An hour takes six seconds and a day two and a half minutes: the bot reads on meanwhile, as days that were held need." +
  " 30 days are skipped at once, as if nobody had looked. Time only moves forward.";

/** The buttons; `draw()` shows how far time is ahead, `say(sentence)` what was moved. */
export function timeSwitches(say) {
  const state = h("p", { class: "time-state", role: "status", dataset: { testid: "time" } });

  async function move(label, body) {
    try {
      await sandbox.moveClock(body);
      say(`Time: ${label}.`);
    } catch (error) {
      say(`Time: ${error.message}`);
    }
    await draw();
  }

  async function draw() {
    const { seconds, until } = await readClock();
    const moving = until > seconds ? `, on its way to ${length(until)}` : "";
    state.textContent = seconds ? `Ahead by ${length(seconds)}${moving}.` : "Not ahead.";
  }

  const buttons = MOVES.map(([id, label, body]) =>
    h(
      "button",
      {
        type: "button",
        class: "button secondary",
        dataset: { testid: `time-${id}` },
        onclick: () => move(label, body),
      },
      label,
    ),
  );
  const row = h("div", { class: "switch-fields" }, buttons);
  return { node: h("section", {}, h("h3", {}, "Time"), state, row, h("p", { class: "time-note" }, NOTE)), draw };
}

function length(seconds) {
  const minutes = Math.floor(seconds / 60);
  const parts = [
    [Math.floor(minutes / 1440), "d"],
    [Math.floor(minutes / 60) % 24, "h"],
    [minutes % 60, "min"],
  ];
  return (
    parts
      .filter(([number]) => number)
      .map(([number, unit]) => `${number} ${unit}`)
      .join(" ") || "0 min"
  );
}
