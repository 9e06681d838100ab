/** The sandbox over HTTP, and its stream of events. */

/** The sandbox refused, or did not answer; `message` is the sentence for a person. */
export class SandboxError extends Error {}

async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  const response = await fetch(path, options).catch(() => {
    throw new SandboxError("The sandbox does not answer.");
  });
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new SandboxError(sentence(answer?.error ?? `the sandbox answered ${response.status}`));
  return answer;
}

const sentence = (text) => text[0].toUpperCase() + text.slice(1).replace(/\.?$/, ".");
const query = (values) => new URLSearchParams(values).toString();

export const client = {
  people: () => call("GET", "/_client/people"),
  state: (user) => call("GET", `/_client/state?${query({ user })}`),
  commands: (user, guild) => call("GET", `/_client/commands?${query({ user, guild })}`),
  messages: (user, channel) => call("GET", `/_client/messages?${query({ user, channel })}`),
  useCommand: (body) => call("POST", "/_client/commands", body),
  autocomplete: (body) => call("POST", "/_client/autocomplete", body),
  press: (body) => call("POST", "/_client/components", body),
  submitModal: (body) => call("POST", "/_client/modals", body),
  authorize: (body) => call("POST", "/_client/authorize", body),
  interaction: (id, wait) => call("GET", `/_client/interactions/${id}?${query({ wait, timeout: 5 })}`),
};

export const sandbox = {
  log: () => call("GET", "/_sandbox/log"),
  traffic: (after, service) => call("GET", `/_sandbox/traffic?${query({ after, service, limit: 200 })}`),
  faults: () => call("GET", "/_sandbox/faults"),
  addFault: (fault) => call("POST", "/_sandbox/faults", fault),
  clearFaults: () => call("DELETE", "/_sandbox/faults"),
  removeFault: (name) => call("DELETE", `/_sandbox/faults?${query({ name })}`),
  clock: () => call("GET", "/_sandbox/clock"),
  moveClock: (body) => call("POST", "/_sandbox/clock", body),
  locales: () => call("GET", "/_sandbox/locales"),
  setLocale: (body) => call("POST", "/_sandbox/locales", body),
  holdings: (user) => call("GET", `/_sandbox/holdings?${query({ user })}`),
  trade: (body) => call("POST", "/_sandbox/trade", body),
  withdraw: (body) => call("POST", "/_sandbox/withdraw", body),
  gateway: (body) => call("POST", "/_sandbox/gateway", body),
  restartBot: () => call("POST", "/_sandbox/bot/restart"),
  reset: () => call("POST", "/_sandbox/reset"),
};

const RETRY_MS = [250, 500, 1000, 2000, 3000];

/**
 * Listen to the sandbox as `user`; reconnects until it is closed. `onlink(true, again)` follows each connect,
 * `onlink(false)` each loss. Returns a function that ends it.
 */
export function openEvents(user, onevent, onlink) {
  let socket = null;
  let timer = null;
  let failures = 0;
  let ended = false;
  let before = false;

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/_client/events?${query({ user })}`);
    socket.addEventListener("open", () => {
      failures = 0;
      onlink(true, before);
      before = true;
    });
    socket.addEventListener("message", (event) => onevent(JSON.parse(event.data)));
    socket.addEventListener("close", () => {
      if (ended) return;
      onlink(false);
      timer = setTimeout(connect, RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
    });
  }

  connect();
  return () => {
    ended = true;
    clearTimeout(timer);
    socket.close();
  };
}
