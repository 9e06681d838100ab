/**
 * The wallet's two questions. Each is a modal <dialog> in a shadow root: the page's styles stay out, the
 * rest of the page is inert while it is open, and Escape rejects. What a page sends is shown as text only.
 */

import { checked, decoded, short } from "./reading.js";

function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** Ask for a wallet to connect: its address, or null for no. */
export async function askToConnect(name, icon, wallets, account) {
  const chooser = h("select", { id: "account", "data-testid": "wallet-account" }, ...groups(wallets));
  if (account !== null) chooser.value = account;
  const yes = await ask(
    name,
    icon,
    "connect to this site",
    [
      h("p", {}, "The site will see the address you choose, and nothing else."),
      h("label", { for: "account" }, "Account"),
      chooser,
    ],
    "Connect",
  );
  return yes ? chooser.value : null;
}

/** Ask for a signature of a text: yes or no. */
export async function askToSign(name, icon, hex, account) {
  const text = decoded(hex);
  const { kind, sentence } = checked(text, location.host, account);
  return ask(
    name,
    icon,
    "sign this text",
    [
      h("p", { class: "from" }, "With ", h("code", { title: account }, short(account))),
      h("p", { class: `check ${kind}`, role: kind === "danger" ? "alert" : null, "data-testid": "wallet-check" }, sentence),
      h("pre", { tabindex: "0", "aria-label": "The text to sign", "data-testid": "wallet-text" }, text ?? hex),
      h("p", { class: "small" }, "Signing costs nothing and moves nothing."),
    ],
    "Sign",
  );
}

function ask(name, icon, wish, content, yes) {
  const host = h("div", { "data-testid": "wallet" });
  const root = host.attachShadow({ mode: "open" });
  const confirm = h("button", { type: "submit", class: "confirm", "data-testid": "wallet-confirm" }, yes);
  const reject = h("button", { type: "button", "data-testid": "wallet-reject" }, "Reject");
  const form = h(
    "form",
    { method: "dialog" },
    h(
      "header",
      {},
      h("img", { src: icon, alt: "", width: "36", height: "36" }),
      h("div", {}, h("h2", { id: "title" }, `${name} wants to ${wish}`), h("p", { class: "site" }, location.host)),
    ),
    h("div", { class: "content" }, ...content),
    h("footer", {}, reject, confirm),
  );
  const dialog = h("dialog", { "aria-labelledby": "title" }, form);
  const sheet = h("link", { rel: "stylesheet", href: "/_wallet/wallet.css" });
  root.append(sheet, dialog);
  document.documentElement.append(host);
  return new Promise((resolve) => {
    const end = (answer) => {
      dialog.close();
      host.remove();
      resolve(answer);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      end(true);
    });
    reject.addEventListener("click", () => end(false));
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      end(false);
    });
    // A second Escape closes a dialog without asking it first.
    dialog.addEventListener("close", () => end(false));
    const show = () => {
      dialog.showModal();
      // Not on "yes": a person who is typing when the dialog opens must not confirm it.
      (dialog.querySelector("select, pre") ?? reject).focus();
    };
    // Shown once it is styled; a style sheet that fails to load must not hide the dialog.
    sheet.addEventListener("load", show, { once: true });
    sheet.addEventListener("error", show, { once: true });
  });
}

/** Everybody's accounts, smart wallets, and the keys behind these, as options; each address once. */
function groups(wallets) {
  const seen = new Set();
  const option = (address, wallet, what = "") => {
    if (seen.has(address)) return [];
    seen.add(address);
    const who = [wallet.name || "Nobody", wallet.account, short(address), what].filter(Boolean).join(" · ");
    return [h("option", { value: address }, who)];
  };
  const smart = wallets.filter((wallet) => wallet.kind !== "eoa");
  const plain = wallets.filter((wallet) => wallet.kind === "eoa").flatMap((wallet) => option(wallet.address, wallet));
  const deployed = smart.flatMap((wallet) =>
    option(wallet.address, wallet, wallet.kind === "counterfactual" ? "not deployed" : ""),
  );
  const keys = smart.flatMap((wallet) => [
    ...option(wallet.key, wallet, "owner key"),
    ...(wallet.former_key ? option(wallet.former_key, wallet, "former owner key") : []),
  ]);
  return [
    h("optgroup", { label: "Accounts" }, ...plain),
    h("optgroup", { label: "Smart wallets" }, ...deployed),
    h("optgroup", { label: "Keys of smart wallets" }, ...keys),
  ];
}
