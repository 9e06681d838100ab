/** In which language I have Discord, and this server its channels: sent with every interaction, as Discord does. */

import { sandbox } from "../api.js";
import { h } from "../dom.js";
import { guild, isHome, state } from "../state.js";

// Discord's names of locales; what the bot does not speak is here too, as it then answers in English.
const LOCALES = [
  ["en-US", "English"],
  ["de", "Deutsch"],
  ["fr", "Français"],
  ["es-ES", "Español"],
  ["es-419", "Español (Latinoamérica)"],
  ["pt-BR", "Português (Brasil)"],
  ["ja", "日本語"],
  ["zh-CN", "简体中文"],
  ["nl", "Nederlands"],
];
const NOTE = "Answers to you follow your own Discord; the log channel follows the server. The page follows the browser.";

/** The menus; `draw()` shows what is chosen, `say(sentence)` what was changed. */
export function languageSwitches(say) {
  const mine = menu("My Discord", "language-user", () => ({ user: state.me?.id }));
  const servers = menu("This server", "language-guild", () => ({ guild: guild()?.id }));

  function menu(label, id, of) {
    const options = LOCALES.map(([locale, name]) => h("option", { value: locale }, name));
    const select = h("select", { id, dataset: { testid: id } }, options);
    select.addEventListener("change", async () => {
      const name = select.selectedOptions[0].textContent;
      try {
        await sandbox.setLocale({ ...of(), locale: select.value });
        say(`${label}: ${name}.`);
      } catch (error) {
        say(`${label}: ${error.message}`);
      }
    });
    return { select, row: h("label", { for: id }, `${label} `, select) };
  }

  async function draw() {
    const { users, guilds } = await sandbox.locales();
    show(mine.select, users[state.me?.id]);
    servers.select.disabled = isHome();
    if (!isHome()) show(servers.select, guilds[guild()?.id]);
  }

  const fields = h("div", { class: "switch-fields" }, mine.row, servers.row);
  return { node: h("section", {}, h("h3", {}, "Languages"), fields, h("p", { class: "time-note" }, NOTE)), draw };
}

/** Unless the menu is open just now. */
function show(select, locale) {
  if (document.activeElement !== select && locale) select.value = locale;
}
