/** Starts the page. */

import { startMessages } from "./chat/messages.js";
import { followClock } from "./clock.js";
import { fillCommand, startComposer } from "./composer/composer.js";
import { startLayout } from "./frame/layout.js";
import { startMembers } from "./frame/members.js";
import { startMenus } from "./frame/menu.js";
import { startPerson } from "./frame/person.js";
import { startPlaces } from "./frame/places.js";
import { h } from "./dom.js";
import { onMention } from "./markdown/render.js";
import { startPanel } from "./panel/panel.js";
import { go, start } from "./session.js";
import { guildOf } from "./state.js";

const RETRY_MS = 1500;
const banner = document.getElementById("banner");

banner.append(
  h("strong", {}, "The sandbox is gone."),
  " Start it again with ",
  h("code", {}, "make demo"),
  "; this page reconnects by itself.",
);
onMention({ command: fillCommand, channel: (id) => go(guildOf(id).id, id) });
followClock();
startPlaces();
startMembers();
startPerson();
startMenus();
startMessages();
startComposer();
startPanel();
startLayout();
begin();

async function begin() {
  try {
    await start();
    document.getElementById("composer").focus();
  } catch (error) {
    console.warn("cannot start yet:", error.message);
    banner.hidden = false;
    setTimeout(begin, RETRY_MS);
  }
}
