/** The drawer "Behind the scenes": tabs for the bot's log, the traffic, the switches and what I hold. */

import { fill, h } from "../dom.js";
import { toggle } from "../frame/layout.js";
import { icon } from "../icons.js";
import { recall, remember } from "../state.js";
import { logView } from "./log.js";
import { switchesView } from "./switches.js";
import { tradeView } from "./trade.js";
import { trafficView } from "./traffic.js";

const panel = document.getElementById("panel");
const tabs = [
  { id: "log", label: "Bot log", view: logView() },
  { id: "traffic", label: "Traffic", view: trafficView() },
  { id: "switches", label: "Switches", view: switchesView() },
  { id: "trade", label: "Holdings", view: tradeView() },
];

/** A view is {node, start(), stop()}: it runs only while it is shown. */
let current = null;

export function startPanel() {
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": "Behind the scenes" }, tabs.map(tabButton));
  const close = h(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => toggle("panel", false) },
    icon("close"),
  );
  const pages = tabs.map((tab) =>
    h(
      "div",
      { class: "tab-page", id: `page-${tab.id}`, role: "tabpanel", "aria-labelledby": `tab-${tab.id}`, hidden: true },
      tab.view.node,
    ),
  );
  fill(panel, h("header", {}, h("h2", {}, "Behind the scenes"), close), list, pages);
  list.addEventListener("keydown", arrows);
  panel.addEventListener("toggle", () => (panel.hidden ? current?.view.stop() : current?.view.start()));
  select(tabs.find((tab) => tab.id === recall("tab")) ?? tabs[0]);
}

function tabButton(tab) {
  return h(
    "button",
    {
      type: "button",
      class: "tab",
      role: "tab",
      id: `tab-${tab.id}`,
      "aria-controls": `page-${tab.id}`,
      dataset: { testid: `tab-${tab.id}` },
      onclick: () => select(tab),
    },
    tab.label,
  );
}

function select(tab) {
  current?.view.stop();
  current = tab;
  remember("tab", tab.id);
  for (const one of tabs) {
    const chosen = one === tab;
    const button = document.getElementById(`tab-${one.id}`);
    button.setAttribute("aria-selected", String(chosen));
    button.tabIndex = chosen ? 0 : -1;
    document.getElementById(`page-${one.id}`).hidden = !chosen;
  }
  if (!panel.hidden) tab.view.start();
}

function arrows(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = tabs[(tabs.indexOf(current) + step + tabs.length) % tabs.length];
  select(next);
  document.getElementById(`tab-${next.id}`).focus();
}
