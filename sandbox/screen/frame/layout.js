/** What is open: the lists on a narrow screen, the member list, the drawer; and light or dark. */

import { recall, remember } from "../state.js";

const root = document.documentElement;
const shade = document.getElementById("shade");
const panel = document.getElementById("panel");
const NARROW = matchMedia("(max-width: 760px)");

export function startLayout() {
  const theme = recall("theme");
  if (theme) root.dataset.theme = theme;
  if (NARROW.matches) root.classList.add("no-members");
  NARROW.addEventListener("change", () => root.classList.toggle("no-members", NARROW.matches));
  if (recall("panel") === "open" && !NARROW.matches) toggle("panel", true);
  shade.addEventListener("click", closeAll);
  document.addEventListener("keydown", (event) => event.key === "Escape" && NARROW.matches && closeAll());
}

/** Open or close "nav", "members", "panel"; or turn the "theme". */
export function toggle(what, wanted) {
  if (what === "theme") return turnTheme();
  if (what === "members") root.classList.toggle("no-members", wanted === undefined ? undefined : !wanted);
  else root.classList.toggle(`${what}-open`, wanted);
  if (what === "panel") {
    panel.hidden = !root.classList.contains("panel-open");
    remember("panel", panel.hidden ? "closed" : "open");
    panel.dispatchEvent(new Event("toggle"));
  }
  return cover();
}

function closeAll() {
  root.classList.remove("nav-open");
  root.classList.add("no-members");
  if (!panel.hidden) toggle("panel", false);
  cover();
}

function cover() {
  const members = !root.classList.contains("no-members");
  shade.hidden = !(NARROW.matches && (root.classList.contains("nav-open") || members || !panel.hidden));
}

function turnTheme() {
  const light = getComputedStyle(root).colorScheme === "light";
  root.dataset.theme = light ? "dark" : "light";
  remember("theme", root.dataset.theme);
}
