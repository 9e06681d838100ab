/** The card of a person: name and roles. It shows at a glance the roles of a member. */

import { avatar, css, h } from "../dom.js";
import { openPopover } from "../popover.js";
import { face, guild, member, role } from "../state.js";

export function showPerson(anchor, user) {
  const { name, avatar: src } = face(user);
  const known = member(user.id);
  const order = (guild()?.roles ?? []).map((one) => one.id);
  const roles = (known?.roles ?? [])
    .toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
    .map(role)
    .filter(Boolean);
  const card = h(
    "div",
    { class: "person-card", role: "dialog", "aria-label": name, tabIndex: -1, dataset: { testid: "person-card" } },
    h("div", { class: "person-band" }),
    avatar(src, name, 80),
    h("h3", {}, name, known?.bot && h("span", { class: "badge" }, "APP")),
    guild() && h("h4", {}, roles.length ? "Roles" : "No roles"),
    h("ul", { class: "role-list" }, roles.map(roleChip)),
  );
  openPopover(anchor, card, { side: anchor.closest("#members") ? "left" : "below" });
  card.focus();
}

function roleChip(one) {
  const dot = h("span", { class: "dot" });
  if (css(one.color)) dot.style.background = css(one.color);
  return h("li", { dataset: { testid: "role", role: one.id } }, dot, one.name);
}
