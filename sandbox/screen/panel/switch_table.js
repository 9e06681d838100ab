/** The faults, the gateway and the sandbox itself, as switches: what each does, what to expect, where to see it. */

import { sandbox } from "../api.js";

// Faults that are used up meet one account alone, which nobody here links: else what the bot reads for roles uses them up.
const ON_LOOPRING = "10020";
const ON_ETHEREUM = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const OF_THREE_PAGES = "0xF1831929cC806E6056A79143446D869985CAE32C";

const loopring = (fault) => () => sandbox.addFault({ service: "loopring", path: "collection/details", ...fault });
const chain = (fault) => () => sandbox.addFault({ service: "blockscout", path: "nft/collections", ...fault });
const FAILS = { kind: "status", status: 503, times: 2 };
const THROTTLES = { kind: "throttle", retry_after: "2", times: 2 };

/** `tryOn` is the account whose `/collections` shows it best. */
export const SWITCH_GROUPS = [
  {
    title: "Loopring",
    switches: [
      {
        id: "slow",
        label: "Slow",
        note: "Until cleared, every answer about holdings takes 5 seconds: the bot thinks, and still answers.",
        action: loopring({ kind: "slow", seconds: 5, times: null }),
        tryOn: ON_LOOPRING,
      },
      {
        id: "fail",
        label: "Fail the next 2",
        note: "Its next two answers are 503: the bot tries a third time, and answers.",
        action: loopring({ ...FAILS, account: ON_LOOPRING }),
        tryOn: ON_LOOPRING,
      },
      {
        id: "html",
        label: "HTML instead of JSON",
        note: "Until cleared, a parking page with status 200, as a dead host gives: the bot says so, and shows nothing false.",
        action: loopring({ kind: "html", times: null }),
        tryOn: ON_LOOPRING,
      },
      {
        id: "throttle",
        label: "Throttle",
        note: "Its next two answers are 429, wait 2 seconds: the bot waits twice, and answers.",
        action: loopring({ ...THROTTLES, account: ON_LOOPRING }),
        tryOn: ON_LOOPRING,
      },
      {
        id: "torn",
        label: "Torn page",
        note: "Its next answer breaks off in the middle: the bot asks again, and answers.",
        action: loopring({ kind: "torn", times: 1, account: ON_LOOPRING }),
        tryOn: ON_LOOPRING,
      },
      {
        id: "clear",
        label: "Clear all faults",
        note: "Everything answers as it should, outages too, and the bot waits for nothing any longer.",
        action: () => sandbox.clearFaults(),
      },
    ],
  },
  {
    title: "Blockscout",
    switches: [
      {
        id: "chain-fail",
        label: "Fail the next 2",
        note: "Its next two answers are 503: the bot tries a third time, and answers.",
        action: chain({ ...FAILS, account: ON_ETHEREUM }),
        tryOn: `ethereum:${ON_ETHEREUM}`,
      },
      {
        id: "chain-throttle",
        label: "Throttle",
        note: "Its next two answers are 429, with the time to wait in milliseconds: the bot waits twice, and answers.",
        action: chain({ ...THROTTLES, account: ON_ETHEREUM }),
        tryOn: `ethereum:${ON_ETHEREUM}`,
      },
      {
        id: "chain-repeat",
        label: "Repeat the first page",
        note: "Until cleared, every page is the first: the bot notices, counts nothing twice, and says that more is unknown.",
        action: chain({ kind: "repeat", times: null }),
        tryOn: `ethereum:${OF_THREE_PAGES}`,
      },
    ],
  },
  {
    title: "Discord",
    switches: [
      {
        id: "drop",
        label: "Drop the gateway",
        note: "The bot's connection is cut: it reconnects and misses nothing.",
        action: () => sandbox.gateway({ action: "drop" }),
      },
      {
        id: "reconnect",
        label: "Ask it to reconnect",
        note: "Discord's own polite request (op 7).",
        action: () => sandbox.gateway({ action: "reconnect" }),
      },
    ],
  },
  {
    title: "Sandbox",
    switches: [
      {
        id: "restart",
        label: "Restart the bot",
        note: "A new process: buttons of old messages still work, or say why not.",
        action: () => sandbox.restartBot(),
      },
      {
        id: "reset",
        label: "Reset",
        note: "Messages, faults, traffic and what everybody holds go back to the beginning.",
        action: () => sandbox.reset(),
      },
    ],
  },
];
