/** Dates as Discord writes them: `<t:unix:style>`, message times and day dividers. */

import { now as present } from "../clock.js";
import { h } from "../dom.js";

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const UNITS = [
  ["year", 31557600],
  ["month", 2629800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

const written = (date, options) => new Intl.DateTimeFormat(undefined, options).format(date);
const sameDay = (a, b) => a.toDateString() === b.toDateString();

export function relative(date, now = present()) {
  const seconds = Math.round((date.getTime() - now) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat(undefined, { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** `<t:…>` as a `<time>`; relative ones keep themselves right. Null when the number is no date. */
export function timestamp(unix, style) {
  const date = new Date(unix * 1000);
  if (Number.isNaN(date.getTime())) return null;
  const text = style === "R" ? relative(date) : written(date, STYLES[style] ?? STYLES.f);
  const node = h("time", { class: "timestamp", datetime: date.toISOString(), title: written(date, STYLES.F) }, text);
  if (style === "R") node.dataset.relative = unix;
  return node;
}

setInterval(() => {
  for (const node of document.querySelectorAll("time[data-relative]")) {
    node.textContent = relative(new Date(node.dataset.relative * 1000));
  }
}, 1000);

/** "Today at 8:03 AM", as beside an author's name and in an embed's footer. */
export function moment(iso) {
  const date = new Date(iso);
  const now = new Date(present());
  const time = written(date, STYLES.t);
  if (sameDay(date, now)) return `Today at ${time}`;
  if (sameDay(date, new Date(now - 86400000))) return `Yesterday at ${time}`;
  return `${written(date, STYLES.d)}, ${time}`;
}

export const day = (iso) => written(new Date(iso), STYLES.D);
export const clock = (iso) => written(new Date(iso), STYLES.t);
export const full = (iso) => written(new Date(iso), STYLES.F);
