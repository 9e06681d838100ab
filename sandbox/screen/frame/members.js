/** The member list, grouped by each member's highest role. */

import { avatar, css, fill, h, tint } from "../dom.js";
import { guild, state, watch } from "../state.js";
import { OF_MEMBER } from "../menus.js";
import { withMenu } from "./menu.js";
import { showPerson } from "./person.js";

const aside = document.getElementById("members");

export function startMembers() {
  watch(["guilds", "place", "application"], draw);
}

function draw() {
  const here = guild();
  if (!here) return fill(aside);
  const groups = new Map(
    here.roles.filter((role) => role.id !== here.id).map((role) => [role.id, { name: role.name, members: [] }]),
  );
  const offline = { name: "Offline", members: [] };
  const others = { name: "Online", members: [] };
  for (const member of here.members) {
    const highest = [...groups.keys()].find((id) => member.roles.includes(id));
    const group = isOffline(member) ? offline : (groups.get(highest) ?? others);
    group.members.push(member);
  }
  const shown = [...groups.values(), others, offline].filter((group) => group.members.length);
  return fill(aside, shown.map(section));
}

const isOffline = (member) => member.id === state.application?.id && !state.application.online;

function section(group) {
  const members = group.members.toSorted((a, b) => a.display_name.localeCompare(b.display_name));
  return h(
    "section",
    { "aria-label": group.name },
    h("h2", {}, `${group.name} — ${members.length}`),
    h(
      "ul",
      {},
      members.map((member) => h("li", {}, withMenu(row(member), OF_MEMBER, member.id, member.display_name))),
    ),
  );
}

/** A dot for each role, so that a role that comes or goes is seen without opening the card. */
function dots(member) {
  const held = (guild()?.roles ?? []).filter((role) => member.roles.includes(role.id));
  return h(
    "span",
    { class: "member-roles", title: held.map((role) => role.name).join(", "), dataset: { testid: `roles-${member.id}` } },
    held.map((role) => {
      const dot = h("span", { class: "dot", dataset: { role: role.id } });
      if (css(role.color)) dot.style.background = css(role.color);
      return dot;
    }),
    h("span", { class: "sr-only" }, held.map((role) => role.name).join(", ")),
  );
}

function row(member) {
  const away = isOffline(member);
  const name = tint(h("span", { class: "member-name" }, member.display_name), member.color);
  return h(
    "button",
    {
      type: "button",
      class: `member${away ? " away" : ""}`,
      dataset: { testid: `member-${member.id}` },
      onclick: (event) => showPerson(event.currentTarget, member),
    },
    h(
      "span",
      { class: "with-light" },
      avatar(member.avatar_url, member.display_name, 32),
      h("span", { class: `light ${away ? "offline" : "online"}`, "aria-hidden": "true" }),
    ),
    h(
      "span",
      { class: "member-words" },
      h("span", {}, name, member.bot && h("span", { class: "badge" }, "APP")),
      dots(member),
      !away && member.id === state.application?.id && h("span", { class: "member-line" }, state.application.presence),
    ),
  );
}
