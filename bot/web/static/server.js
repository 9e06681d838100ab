/** The server over HTTP: every call is a POST of JSON to this page's own origin. */

import { setClock } from "./time.js";
import { t } from "./words.js";

const TIMEOUT_MS = 30_000; // a contract wallet's signature is verified at two nodes before the response
const LONGEST_WAIT_S = 900;

/** The server refused; `message` is its sentence for a person, `wait` the seconds after which to try again. */
export class Refused extends Error {
  constructor(status, { code, message }, wait) {
    super(message);
    this.code = code;
    this.wait = wait;
    /** Nothing was done with the request: it may be sent again unchanged. */
    this.isUntouched = code === "rate" || status === 408 || (status === 429 && wait > 0);
    /** The same call may succeed later. */
    this.isPassing = this.isUntouched || status >= 500;
  }
}

/** No response, or one that is not this server's (a proxy's error page, a captive portal). */
export class Unreachable extends Error {
  constructor(cause) {
    super(t("Cannot reach the server. Try again."), { cause });
  }
}

/** POST /v/`name`. Throws Refused or Unreachable. */
export async function call(name, body, csrf = "") {
  const headers = { "Content-Type": "application/json", ...(csrf && { "X-Tessera-CSRF": csrf }) };
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
  let response;
  let answer;
  try {
    response = await fetch(`/v/${name}`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      credentials: "same-origin",
      redirect: "error",
      cache: "no-store",
      // The page's own policy (no-referrer) lets some browsers send "Origin: null", which the server must refuse.
      referrer: "",
      referrerPolicy: "same-origin",
      signal: timeout.signal,
    });
    answer = await response.json();
  } catch (error) {
    throw new Unreachable(error);
  } finally {
    clearTimeout(timer);
  }
  setClock(response.headers.get("Date"));
  if (response.ok) return answer;
  if (typeof answer?.error?.message !== "string") throw new Unreachable();
  const wait = Math.min(parseInt(response.headers.get("Retry-After"), 10) || 0, LONGEST_WAIT_S);
  throw new Refused(response.status, answer.error, wait);
}
