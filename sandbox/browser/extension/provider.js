/**
 * One wallet as a page sees it (EIP-1193): `request`, `on`, `removeListener`.
 *
 * It connects and signs texts; any other call is refused, and recorded like all calls.
 */

import { askToConnect, askToSign } from "./dialogs.js";

const CHAIN = "0x1";
const HEX = /^0x(?:[0-9a-f]{2})*$/i;
const ADDRESS = /^0x[0-9a-f]{40}$/i;

/** An error with the code that EIP-1193 or JSON-RPC has for it. */
function refusal(code, message) {
  return Object.assign(new Error(message), { code });
}

async function post(path, content) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
  });
  const body = await answer.json();
  if (!answer.ok) throw refusal(-32603, body.error ?? "Internal error");
  return body;
}

export class Provider {
  #name;
  #icon;
  #listeners = new Map();
  #account = null;
  #isAsking = false;

  constructor(name, icon) {
    this.#name = name;
    this.#icon = icon;
  }

  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  removeListener(event, listener) {
    this.#listeners.set(event, (this.#listeners.get(event) ?? []).filter((one) => one !== listener));
    return this;
  }

  async request({ method, params = [] }) {
    await post("/_wallet/calls", { method, params });
    switch (method) {
      case "eth_chainId":
        return CHAIN;
      case "eth_accounts":
        return this.#account ? [this.#account] : [];
      case "eth_requestAccounts":
        return this.#one(() => this.#connect());
      case "personal_sign":
        return this.#one(() => this.#sign(params));
      default:
        throw refusal(4200, `This wallet does not do ${method}.`);
    }
  }

  async #one(ask) {
    if (this.#isAsking) throw refusal(-32002, "The wallet is already asking; answer its dialog first.");
    this.#isAsking = true;
    try {
      return await ask();
    } finally {
      this.#isAsking = false;
    }
  }

  async #connect() {
    const wallets = await (await fetch("/_wallet/wallets")).json();
    const chosen = await askToConnect(this.#name, this.#icon, wallets, this.#account);
    if (chosen === null) throw refusal(4001, "User rejected the request.");
    if (chosen !== this.#account) {
      this.#account = chosen;
      for (const listener of this.#listeners.get("accountsChanged") ?? []) listener([chosen]);
    }
    return [chosen];
  }

  async #sign([message, address]) {
    if (typeof message !== "string" || !HEX.test(message) || typeof address !== "string" || !ADDRESS.test(address)) {
      throw refusal(-32602, "personal_sign takes the text as hex and an address, in this order.");
    }
    if (address.toLowerCase() !== this.#account?.toLowerCase()) {
      throw refusal(4100, "The page is not connected to this account.");
    }
    if (!(await askToSign(this.#name, this.#icon, message, this.#account))) {
      throw refusal(4001, "User rejected the request.");
    }
    return (await post("/_wallet/sign", { address, message })).signature;
  }
}
