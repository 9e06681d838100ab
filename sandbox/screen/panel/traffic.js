/** Recent requests of the bot to Loopring, Blockscout and Discord; a row opens to show the bodies. */

import { sandbox } from "../api.js";
import { h } from "../dom.js";

const POLL_MS = 1000;
const KEPT = 200;

export function trafficView() {
  const rows = h("ol", { class: "exchanges", "aria-label": "Requests, newest first", dataset: { testid: "traffic" } });
  const filter = h(
    "select",
    { "aria-label": "Service", onchange: restart },
    [
      ["", "All services"],
      ["loopring", "Loopring"],
      ["blockscout", "Blockscout"],
      ["discord", "Discord"],
    ].map(([value, label]) => h("option", { value }, label)),
  );
  const node = h(
    "div",
    { class: "traffic" },
    h("div", { class: "traffic-head" }, filter, h("span", {}, "Newest first. Secrets are never kept.")),
    rows,
  );
  let last = 0;
  let timer = null;
  let round = 0;

  async function poll(mine) {
    try {
      const answer = await sandbox.traffic(last, filter.value);
      if (mine !== round) return;
      if (answer.last < last) rows.replaceChildren(); // a reset restarted the count
      last = answer.last;
      rows.prepend(...answer.exchanges.slice(-KEPT).reverse().map(exchange));
      while (rows.childElementCount > KEPT) rows.lastElementChild.remove();
    } catch (error) {
      console.info("no traffic:", error.message); // the banner shows it already
    }
    if (mine === round) timer = setTimeout(poll, POLL_MS, mine);
  }

  function start() {
    round += 1;
    clearTimeout(timer);
    poll(round);
  }

  function stop() {
    round += 1;
    clearTimeout(timer);
  }

  function restart() {
    last = 0;
    rows.replaceChildren();
    start();
  }

  return { node, start, stop };
}

function exchange(one) {
  const details = h(
    "details",
    {},
    h(
      "summary",
      {},
      h("span", { class: `service ${one.service}` }, one.service),
      h("span", { class: "verb" }, one.method),
      h("span", { class: "path", title: target(one) }, target(one)),
      h("span", { class: `status s${String(one.status ?? 0)[0]}` }, String(one.status ?? "cut")),
    ),
  );
  details.addEventListener("toggle", () => details.childElementCount === 1 && details.append(...inside(one)));
  return h("li", {}, details);
}

function target(one) {
  const query = typeof one.query === "string" ? one.query : new URLSearchParams(one.query ?? {}).toString();
  const path = one.path.replace(/^\/api\/v10/, "").replace(/^\/loopring/, "").replace(/^\/blockscout/, "");
  return query ? `${path}?${query}` : path;
}

function inside(one) {
  const parts = [
    ["Headers", one.headers],
    ["Request", one.request],
    ["Response", one.response],
  ];
  return parts
    .filter(([, value]) => value !== null && value !== undefined)
    .flatMap(([label, value]) => [h("h3", {}, label), h("pre", { tabIndex: 0 }, JSON.stringify(value, null, 2))]);
}
