/** Time by the server's clock, as a person reads it. */

import { locale } from "./words.js";

let ahead = 0; // milliseconds by which the server's clock is ahead of this one; phones are sometimes wrong by minutes

/** Set the server's clock from a response's Date header. */
export function setClock(date) {
  const sent = Date.parse(date);
  if (!Number.isNaN(sent)) ahead = sent - Date.now();
}

/** Whole seconds until a time (ISO 8601), 0 when it has passed or cannot be read. */
export function secondsUntil(time) {
  return Math.max(0, Math.ceil((Date.parse(time) - Date.now() - ahead) / 1000) || 0);
}

/** The time, by the server's clock, in so many seconds. */
export const timeIn = (seconds) => new Date(Date.now() + ahead + seconds * 1000).toISOString();

/** Write `words("4:59")` into `node` each second; when the time has come, call `onend` once. Ends with the node. */
export function countDown(node, time, words, onend) {
  const draw = () => {
    const left = secondsUntil(time);
    node.textContent = left ? words(`${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`) : "";
    return left;
  };
  if (!draw()) return void onend();
  const timer = setInterval(() => {
    if (!node.isConnected) clearInterval(timer);
    else if (!draw()) {
      clearInterval(timer);
      onend();
    }
  }, 1000);
}

/** A time for people here: "Thursday, 26 November 2026 at 11:00 GMT+1". */
export function localTime(time) {
  const parts = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  const clock = { hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
  return new Intl.DateTimeFormat(locale, { ...parts, ...clock }).format(new Date(time));
}
