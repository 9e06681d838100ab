/** The menu of a member or message: the application's commands that are about it, as under "Apps" in Discord. */

import { fill, h } from "../dom.js";
import { icon } from "../icons.js";
import { useCommand } from "../interactions.js";
import { closePopover, openPopover } from "../popover.js";
import { isHome, state, watch } from "../state.js";
import { complain } from "../composer/strip.js";

/** Open this menu with a right click on `node`, or with the menu key. */
export function withMenu(node, kind, target, name) {
  node.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    open(node, kind, target, name);
  });
  return node;
}

/** The button that opens the same menu, for who cannot click right. */
export function menuButton(kind, target, name) {
  const button = h(
    "button",
    {
      type: "button",
      class: "button secondary menu-button",
      title: "Apps",
      "aria-label": `Apps: commands about ${name}`,
      "aria-haspopup": "menu",
      dataset: { testid: `menu-${target}` },
      onclick: () => open(button, kind, target, name),
    },
    icon("gears"),
    h("span", {}, "Apps"),
  );
  return button;
}

let drawOpen = () => {}; // draws the open menu again: the application may register its commands while it is open

/** Menus follow the commands that I may use. */
export function startMenus() {
  watch(["commands"], () => drawOpen());
}

function open(anchor, kind, target, name) {
  const list = h("div", { class: "context-menu", role: "menu", "aria-label": `Apps: ${name}`, tabIndex: -1 });
  const draw = () => {
    const commands = isHome() ? [] : state.menuCommands.filter((command) => command.type === kind);
    const items = commands.map((command) => item(command, target, name));
    const none = h("p", { class: "empty" }, "No command here that you may use.");
    fill(list, h("h3", { role: "presentation" }, "Apps"), items.length ? items : none);
  };
  draw(); // first: where the menu opens depends on its size
  list.addEventListener("keydown", move);
  openPopover(anchor, list, {
    side: anchor.closest("#members") ? "left" : "below",
    onclose: () => (drawOpen = () => {}),
  });
  drawOpen = draw;
  (list.querySelector("button") ?? list).focus();
}

function item(command, target, name) {
  return h(
    "button",
    {
      type: "button",
      role: "menuitem",
      class: "context-item",
      dataset: { testid: "context-command", command: command.name },
      onclick: () => {
        closePopover();
        const use = { command: { path: command.name }, about: { type: command.type, target }, text: command.name };
        useCommand({ ...use, shown: `${command.name} · ${name}` }).catch((error) => complain(error.message));
      },
    },
    h("span", {}, command.name),
    h("small", {}, state.application?.name ?? ""),
  );
}

function move(event) {
  const items = [...event.currentTarget.querySelectorAll("button")];
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !items.length) return;
  event.preventDefault();
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
}
