/**
 * The wallets of this browser, announced to the page as EIP-6963 says; two, so that the page must let
 * the person choose. `window.ethereum` stays empty: a page that needs it does not speak EIP-6963.
 */

import { Provider } from "./provider.js";

const picture = (colour, letter) =>
  `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="${colour}"/>` +
      `<text x="16" y="23" font-family="sans-serif" font-size="19" font-weight="700" fill="#fff" text-anchor="middle">${letter}</text></svg>`,
  )}`;

const WALLETS = [
  {
    uuid: "3f7c2a52-6a0c-4f43-9a3e-0d6f5b1c7e11",
    name: "Test wallet",
    icon: picture("#7c6ff0", "T"),
    rdns: "example.tessera.testwallet",
  },
  {
    uuid: "b1d0f7c4-52e1-4a86-8a9b-6f2f7a9d3c22",
    name: "Other wallet",
    icon: picture("#2f8f7a", "O"),
    rdns: "example.tessera.otherwallet",
  },
];

const announced = WALLETS.map((info) =>
  Object.freeze({ info: Object.freeze(info), provider: new Provider(info.name, info.icon) }),
);

function announce() {
  for (const detail of announced) {
    window.dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail }));
  }
}

window.addEventListener("eip6963:requestProvider", announce);
announce();
