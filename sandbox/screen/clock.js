/** The sandbox's time, which can be ahead of this machine's. */

import { sandbox } from "./api.js";

const ASKS_MS = 2000;
let ahead = 0;

/** Milliseconds since 1970. */
export const now = () => Date.now() + ahead * 1000;

/** Ask how far it is ahead: seconds now, and where a move under way ends. */
export async function readClock() {
  const clock = await sandbox.clock();
  ahead = clock.seconds;
  return clock;
}

export function followClock() {
  const read = () => readClock().catch((error) => console.info("no clock:", error.message)); // the banner shows it
  read();
  setInterval(read, ASKS_MS);
}
