/**
 * Where the page begins, and where its steps are drawn. The server's State says which step it is; a reload,
 * the Back button and a second tab only ask for it again.
 */

import { h, withCode } from "./dom.js";
import { Refused, Unreachable, call } from "./server.js";
import { chooseWallet } from "./sign.js";
import { code, contest, dead, done, login } from "./steps.js";
import { countDown, timeIn } from "./time.js";
import { WalletError } from "./wallets.js";

const STEPS = { login, wallet: chooseWallet, code, done, contest, dead };
const PROBLEMS = new Map([
  ["denied", "You pressed Cancel at Discord. Nothing was linked. You can try again."],
  ["expired", "The login took too long. Nothing was linked. Log in again."],
  ["failed", "Discord could not confirm your login. Nothing was linked. Try again."],
]);
const GONE = { step: "dead", reason: "", csrf: "" };

const at = (id) => document.getElementById(id);
let state = null;
let shown = 0; // counts States: what was begun under an earlier one is dropped when it ends
let complaints = 0;
let busy = null; // the button at work

const page = {
  get state() {
    return state;
  },

  call: (path, body) => call(path, body, state.csrf),

  show(next) {
    // Some is said only in the answer to the signature: of the code, for one, the server keeps just a hash.
    const isKept = next.step === state?.step;
    state = isKept ? { ...next, code: next.code || state.code, until: next.until || state.until } : next;
    shown += 1;
    busy = null;
    drawProgress();
    STEPS[state.step](page);
  },

  /** A new view; its heading takes the focus, so that a screen reader begins there. */
  draw(title, ...content) {
    const heading = h("h2", { id: "heading", tabindex: "-1" }, title);
    at("step").replaceChildren(heading, ...content.filter(Boolean));
    document.title = `${title} · Tessera`;
    at("said").replaceChildren();
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  },

  /** A button. `work(alive)` runs once at a time; `always` ones can be pressed while another is at work. */
  action(label, work, { class: kind = "", always = false } = {}) {
    const node = h("button", { type: "button", class: `button ${kind}`, "data-always": always }, label);
    node.addEventListener("click", () => run(node, work));
    return node;
  },

  /** Something to do meanwhile, below the step; its caller removes it. */
  note(text, button) {
    const note = h("div", { class: "note" }, h("p", {}, text), button);
    (busy?.closest("ul, .row") ?? at("step").lastElementChild).after(note);
    page.say(text);
    return note;
  },

  /** Words for a screen reader; said again even when they are the same. */
  say(text) {
    at("said").replaceChildren(h("span", {}, text));
  },

  /** What went wrong, how long to wait (seconds), and the work to try again, if that can help. */
  complain(text, { wait = 0, again = null } = {}) {
    const hadFocus = at("remedy").contains(document.activeElement);
    complaints += 1;
    at("alert").replaceChildren(h("p", {}, withCode(text)));
    const retry = again && page.action("Try again", again);
    const timer = h("p", { role: "timer" });
    at("remedy").replaceChildren(...[wait > 0 && timer, retry].filter(Boolean));
    if (wait > 0) {
      retry?.setAttribute("aria-disabled", "true");
      countDown(timer, timeIn(wait), (left) => `You can try again in ${left}.`, () => {
        timer.textContent = "You can try again now.";
        retry?.removeAttribute("aria-disabled");
      });
    }
    if (hadFocus) (retry ?? at("heading")).focus();
    at("alert").scrollIntoView({ block: "nearest" });
  },
};

function quieten() {
  at("alert").replaceChildren();
  at("remedy").replaceChildren();
}

/** Do what a button is for: once, seen to be under way, and with an end that is announced. */
async function run(node, work) {
  const isAlways = node.dataset.always !== undefined;
  if (node.ariaBusy === "true" || node.ariaDisabled === "true" || (busy && !isAlways)) return;
  if (!isAlways) hold(node);
  node.ariaBusy = "true";
  at("said").replaceChildren();
  if (!at("remedy").contains(node)) quieten();
  await attempt(work);
  node.ariaBusy = "false";
  if (busy === node) hold(null);
}

/** Let one button work; the others wait, and say so. */
function hold(node) {
  busy = node;
  for (const one of document.querySelectorAll("#step .button:not([data-always])")) {
    one.ariaDisabled = node && one !== node ? "true" : "false";
  }
}

async function attempt(work) {
  const mine = shown;
  const before = complaints;
  const alive = () => mine === shown;
  try {
    await work(alive);
    if (complaints === before) quieten();
  } catch (error) {
    if (alive()) await explain(error, work);
  }
}

async function explain(error, work) {
  if (error instanceof WalletError) page.complain(error.message);
  else if (error instanceof Unreachable) page.complain(error.message, { again: work });
  else if (!(error instanceof Refused)) {
    page.complain("Something went wrong on this page. Reload it and try again.");
    throw error;
  } else if (state && ["session", "csrf"].includes(error.code)) await reread(error);
  else if (error.code === "session") page.show(GONE);
  else page.complain(error.message, { wait: error.wait, again: error.isPassing ? work : null });
}

/** The server does not know us as we were: another tab went on, or the session is over. It says which. */
async function reread(error) {
  await attempt(async (alive) => {
    const next = await call("state", {}).catch((second) => {
      if (second instanceof Refused && second.code === "session") return GONE;
      throw second;
    });
    if (!alive()) return;
    page.show(next);
    if (next !== GONE) page.complain(error.message);
  });
}

/** Show what the server says now. `problem` is what went wrong on the way here, if anything. */
function load(ask, problem = "") {
  return attempt(async (alive) => {
    const next = await ask();
    if (!alive()) return;
    page.show(next);
    if (problem && next.step !== "dead") page.complain(problem);
  });
}

/** Read the fragment and take it out of the address bar, the history and whatever is copied from there. */
function arrive() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, "", location.pathname);
  const token = fragment.get("t");
  if (token) state = null;
  return load(token ? () => call("start", { token }) : () => call("state", {}), PROBLEMS.get(fragment.get("problem")));
}

function drawProgress() {
  const { step, user } = state;
  const hasLogin = step === "login" || Boolean(user);
  const end = step === "contest" ? "Wait" : "Linked";
  const names = hasLogin ? ["Log in", "Sign", end] : ["Sign", "Code", end];
  const place = { login: 0, wallet: hasLogin ? 1 : 0, code: 1, contest: 2, done: 2 }[step];
  at("progress").hidden = place === undefined;
  at("progress").replaceChildren(
    ...names.map((name, index) =>
      h("li", { class: index <= place ? "reached" : null, "aria-current": index === place ? "step" : null }, name),
    ),
  );
}

at("origin").textContent = location.origin;
addEventListener("hashchange", () => location.hash && arrive()); // another link from Discord, pasted into this tab
addEventListener("pageshow", ({ persisted }) => persisted && load(() => call("state", {})));
arrive();
