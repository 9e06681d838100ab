/**
 * The page's start, and where its steps are drawn. The server's State says which step it is; a reload, the
 * Back button and a second tab only fetch it again.
 */

import { h, withCode } from "./dom.js";
import { Refused, Unreachable, call } from "./server.js";
import { elsewhere } from "./elsewhere.js";
import { chooseWallet } from "./sign.js";
import { code, contest, dead, done, frozen, login } from "./steps.js";
import { countDown, timeIn } from "./time.js";
import { WalletError } from "./wallets.js";
import { t } from "./words.js";

const STEPS = { login, wallet: chooseWallet, code, done, contest, frozen, elsewhere, dead };
const PROBLEMS = new Map([
  ["denied", t("You pressed Cancel at Discord. Nothing was linked. You can try again.")],
  ["expired", t("The login took too long. Nothing was linked. Log in again.")],
  ["failed", t("Discord could not confirm your login. Nothing was linked. Try again.")],
]);
const SESSION_OVER = { step: "dead", reason: "", csrf: "" };

const byId = (id) => document.getElementById(id);
let state = null;
let shown = 0; // counts States: the result of work that was started under an earlier one is dropped
let errorsShown = 0;
let busy = null; // the button whose work is running
let isFromLogin = false; // the person came here from Discord's login just now
let isFresh = false; // the link from Discord was followed just now, and nothing has gone wrong since

const page = {
  get state() {
    return state;
  },

  call: (path, body) => call(path, body, state.csrf),

  /** Where to log in. */
  loginUrl() {
    const url = new URL(state.authorize_url);
    if (!["https:", "http:"].includes(url.protocol)) throw new Error("authorize_url is no web address");
    return url.href;
  },

  /** Whether the wallet may be asked at once: once after a login, which has just compared the person with who ran the command. */
  mayAskWallet() {
    const was = isFromLogin && Boolean(state.user);
    isFromLogin = false;
    return was;
  },

  /** Whether the page may go on to the login by itself: once for a link. */
  mayGoOn() {
    const was = isFresh;
    isFresh = false;
    return was;
  },

  /** The person has seen the page, and decides: it goes nowhere by itself any more. */
  stay() {
    isFresh = false;
  },

  /**
   * Whether the session went on elsewhere, or ended, meanwhile; silent, and only if nothing else is running. Returns the
   * seconds for which the server wants to be left alone.
   */
  async lookAgain() {
    const mine = shown;
    const isCurrent = () => mine === shown && !busy;
    if (busy) return 0;
    try {
      const next = await call("state", {});
      if (isCurrent() && next.step !== state.step) page.show(next);
    } catch (error) {
      if (error instanceof Refused && error.code === "session" && isCurrent()) page.show(SESSION_OVER);
      return error.wait ?? 0; // a lost connection says nothing about it
    }
    return 0;
  },

  show(next) {
    // Some details are only in the answer to the signature: of the code, for example, the server stores just a hash.
    const isSameStep = next.step === state?.step;
    state = isSameStep ? { ...next, code: next.code || state.code, until: next.until || state.until } : next;
    shown += 1;
    busy = null;
    drawProgress();
    STEPS[state.step](page);
  },

  /** A new view; its heading takes the focus, so that a screen reader starts there. */
  draw(title, ...content) {
    const heading = h("h2", { id: "heading", tabindex: "-1" }, title);
    byId("step").replaceChildren(heading, ...content.filter(Boolean));
    document.title = `${title} · Tessera`;
    byId("status").replaceChildren();
    heading.focus({ preventScroll: true });
    scrollTo(0, 0);
  },

  /** A button. `work(isCurrent)` runs once at a time; `always` ones can be pressed while another is running. */
  action(label, work, { class: kind = "", always = false } = {}) {
    const node = h("button", { type: "button", class: `button ${kind}`, "data-always": always }, label);
    node.addEventListener("click", () => run(node, work));
    return node;
  },

  /** A note below the step while something is running; its caller removes it. */
  note(text, button) {
    const note = h("div", { class: "note" }, h("p", {}, text), button);
    (busy?.closest("ul, .row") ?? byId("step").lastElementChild).after(note);
    page.announce(text);
    return note;
  },

  /** Announce a text to screen readers, even when it is the same as before. */
  announce(text) {
    byId("status").replaceChildren(h("span", {}, text));
  },

  /** Show what went wrong, how long to wait (seconds), and a button to try again, if that can help. */
  showError(text, { wait = 0, again = null } = {}) {
    const hadFocus = byId("remedy").contains(document.activeElement);
    errorsShown += 1;
    byId("alert").replaceChildren(h("p", {}, withCode(text)));
    const retry = again && page.action(t("Try again"), again);
    const timer = h("p", { role: "timer" });
    byId("remedy").replaceChildren(...[wait > 0 && timer, retry].filter(Boolean));
    if (wait > 0) {
      retry?.setAttribute("aria-disabled", "true");
      countDown(timer, timeIn(wait), (left) => t("You can try again in {left}.", { left }), () => {
        timer.textContent = t("You can try again now.");
        retry?.removeAttribute("aria-disabled");
      });
    }
    if (hadFocus) (retry ?? byId("heading")).focus();
    byId("alert").scrollIntoView({ block: "nearest" });
  },
};

function clearError() {
  byId("alert").replaceChildren();
  byId("remedy").replaceChildren();
}

/** Run a button's work: once at a time, shown as busy, and with its end announced. */
async function run(node, work) {
  const isAlways = node.dataset.always !== undefined;
  if (node.ariaBusy === "true" || node.ariaDisabled === "true" || (busy && !isAlways)) return;
  if (!isAlways) setBusy(node);
  node.ariaBusy = "true";
  byId("status").replaceChildren();
  if (!byId("remedy").contains(node)) clearError();
  await attempt(work);
  node.ariaBusy = "false";
  if (busy === node) setBusy(null);
}

/** Mark one button as busy; the others are disabled meanwhile. */
function setBusy(node) {
  busy = node;
  for (const one of document.querySelectorAll("#step .button:not([data-always])")) {
    one.ariaDisabled = node && one !== node ? "true" : "false";
  }
}

async function attempt(work) {
  const mine = shown;
  const before = errorsShown;
  const isCurrent = () => mine === shown;
  try {
    await work(isCurrent);
    if (errorsShown === before) clearError();
  } catch (error) {
    if (isCurrent()) await explain(error, work);
  }
}

async function explain(error, work) {
  if (error instanceof WalletError) page.showError(error.message);
  else if (error instanceof Unreachable) page.showError(error.message, { again: work });
  else if (!(error instanceof Refused)) {
    page.showError(t("Something went wrong on this page. Reload it and try again."));
    throw error;
  } else if (state && ["session", "csrf"].includes(error.code)) await refreshState(error);
  else if (error.code === "session") page.show(SESSION_OVER);
  else page.showError(error.message, { wait: error.wait, again: error.isPassing ? work : null });
}

/** Our state is out of date: another tab went on, or the session is over. The server says which. */
async function refreshState(error) {
  await attempt(async (isCurrent) => {
    const next = await call("state", {}).catch((second) => {
      if (second instanceof Refused && second.code === "session") return SESSION_OVER;
      throw second;
    });
    if (!isCurrent()) return;
    const isSameStep = next.step === state.step;
    page.show(next);
    // Where it went on meanwhile, the new step says what has become of it: "Linked", for example, by another tab.
    if (isSameStep && next !== SESSION_OVER) page.showError(error.message);
  });
}

/** Show the server's present state. `problem` is what went wrong at the login, if anything. */
function load(ask, problem = "") {
  return attempt(async (isCurrent) => {
    const next = await ask();
    if (!isCurrent()) return;
    page.show(next);
    // Back to Discord and Authorize again, after the login, is no failure: nothing waits for one.
    if (problem && next.authorize_url) page.showError(problem);
  });
}

/** Read the fragment and remove it from the address bar, the history and what is copied from there. */
function openLink() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const query = new URLSearchParams(location.search); // MetaMask's links lose the fragment
  history.replaceState(null, "", location.pathname);
  const token = fragment.get("t") ?? query.get("t");
  isFresh = Boolean(token);
  isFromLogin = !token && fragment.has("in"); // a reload has it no more
  if (token) state = null;
  return load(token ? () => call("start", { token }) : () => call("state", {}), PROBLEMS.get(fragment.get("problem")));
}

function drawProgress() {
  const { step, user } = state;
  const hasLogin = step === "login" || Boolean(user);
  const end = step === "contest" || step === "frozen" ? t("Wait") : t("Linked");
  const names = hasLogin ? [t("Log in"), t("Sign"), end] : [t("Sign"), t("Code"), end];
  const place = { login: 0, wallet: hasLogin ? 1 : 0, code: 1, contest: 2, frozen: 2, done: 2 }[step];
  byId("progress").setAttribute("aria-label", t("Progress"));
  byId("progress").hidden = place === undefined;
  byId("progress").replaceChildren(
    ...names.map((name, index) =>
      h("li", { class: index <= place ? "reached" : null, "aria-current": index === place ? "step" : null }, name),
    ),
  );
}

byId("origin").textContent = location.origin;
addEventListener("hashchange", () => location.hash && openLink()); // another link from Discord, pasted into this tab
addEventListener("pageshow", ({ persisted }) => persisted && load(() => call("state", {})));
openLink();
