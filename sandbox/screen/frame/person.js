/** The card of a person: name and roles. It shows at a glance the roles of a member. */

import { avatar, css, fill, h } from "../dom.js";
import { OF_MEMBER } from "../menus.js";
import { openPopover } from "../popover.js";
import { face, guild, member, role, watch } from "../state.js";
import { menuButton } from "./menu.js";

let open = null; // {user, list} of the card that is open

export function showPerson(anchor, user) {
  const { name, avatar: src } = face(user);
  const known = member(user.id);
  const list = h("div", { class: "role-box" });
  fill(list, rolesOf(user));
  open = { user, list };
  const card = h(
    "div",
    { class: "person-card", role: "dialog", "aria-label": name, tabIndex: -1, dataset: { testid: "person-card" } },
    h("div", { class: "person-band" }),
    avatar(src, name, 80),
    h("h3", {}, name, known?.bot && h("span", { class: "badge" }, "APP")),
    list,
    known && guild() && menuButton(OF_MEMBER, user.id, name),
  );
  openPopover(anchor, card, {
    side: anchor.closest("#members") ? "left" : "below",
    onclose: () => (open = null),
  });
  card.focus();
}

/** The roles of the open card change while it is open. */
export function startPerson() {
  watch(["guilds"], () => open && fill(open.list, rolesOf(open.user)));
}

/** The roles of somebody in the server that is shown, the highest first. */
export function rolesOf(user) {
  const order = (guild()?.roles ?? []).map((one) => one.id);
  const roles = (member(user.id)?.roles ?? [])
    .toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
    .map(role)
    .filter(Boolean);
  return [
    guild() && h("h4", {}, roles.length ? "Roles" : "No roles"),
    h("ul", { class: "role-list" }, roles.map(roleChip)),
  ];
}

function roleChip(one) {
  const dot = h("span", { class: "dot" });
  if (css(one.color)) dot.style.background = css(one.color);
  return h("li", { dataset: { testid: "role", role: one.id } }, dot, one.name);
}
