/** What a text to be signed says, and whether it fits the page that asks and the account that signs. */

const FIRST_LINE = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(\S+) wants you to sign in with your Ethereum account:$/;

/** The text behind `personal_sign`'s hex; null when these bytes are no text. */
export function decoded(hex) {
  const bytes = Uint8Array.from(hex.slice(2).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * What a wallet says above a text, as EIP-4361 asks of wallets: {kind, sentence} with kind "fine",
 * "unknown" (no sign-in text, so there is nothing to check against the page) or "danger".
 */
export function checked(text, host, account) {
  const [first = "", second = ""] = (text ?? "").split("\n");
  const domain = FIRST_LINE.exec(first)?.[1];
  if (!domain) return { kind: "unknown", sentence: "This text does not say which site it is for." };
  if (domain !== host) {
    return { kind: "danger", sentence: `This text is for ${domain}, but ${host} asks for it. Do not sign it.` };
  }
  if (second.toLowerCase() !== account.toLowerCase()) {
    return { kind: "danger", sentence: `This text is for another account, ${second}. Do not sign it.` };
  }
  return { kind: "fine", sentence: `For ${domain}, which is the site that asks.` };
}

/** An address as people see it. */
export function short(address) {
  return `${address.slice(0, 6)}…${address.slice(-4)}`;
}
