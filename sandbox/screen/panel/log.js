/** The bot's log lines, newest last, as it writes them. */

import { fill, h } from "../dom.js";
import { state, watch } from "../state.js";

const LEVEL = /\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b/;

export function logView() {
  const list = h("ol", {
    class: "log",
    tabIndex: 0,
    role: "log",
    "aria-live": "off",
    "aria-label": "The bot's log",
    dataset: { testid: "log" },
  });
  let shown = false;
  let queued = false;

  function draw() {
    queued = false;
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
    fill(
      list,
      state.log.length ? state.log.map(row) : h("li", { class: "log-empty" }, "The bot has said nothing yet."),
    );
    if (atEnd) list.scrollTop = list.scrollHeight;
  }

  watch(["log"], () => {
    if (!shown || queued) return;
    queued = true;
    requestAnimationFrame(draw);
  });
  return {
    node: list,
    start() {
      shown = true;
      draw();
      list.scrollTop = list.scrollHeight;
    },
    stop() {
      shown = false;
    },
  };
}

function row(line) {
  const text = typeof line === "string" ? line : (line.text ?? line.message ?? JSON.stringify(line));
  const level = LEVEL.exec(text)?.[1] ?? "INFO";
  return h("li", { class: `log-${level.toLowerCase()}` }, text);
}
