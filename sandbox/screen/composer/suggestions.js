/**
 * What the picker offers for the line as it stands: commands, choices, members, or what the bot completes.
 *
 * A suggestion is {kind: "command" | "value" | "file" | "option", label, note?, …}; `highlight` is the one Enter would take,
 * or -1 when Enter sends the line.
 */

import { client } from "../api.js";
import { avatar, css, h } from "../dom.js";
import { guild, state } from "../state.js";
import { ATTACHMENT, BOOLEAN, matching, meaning, nameable } from "./commands.js";

const MOST = 25;
export const AUTOCOMPLETE_PAUSE_MS = 250;

export function commandSuggestions(text) {
  if (!text.startsWith("/")) return null;
  const application = state.application;
  const items = matching(state.commands, text).map((command) => ({
    kind: "command",
    command,
    label: `/${command.path}`,
    note: command.description,
    usage: command.options.map((option) => (option.required ? option.name : `${option.name}?`)),
    picture: avatar(application.avatar_url, application.name, 24),
    source: application.name,
  }));
  const nothing = state.commands.length
    ? "No command of that name."
    : `${application?.name ?? "The application"} has not registered its commands yet.`;
  return {
    title: text.length > 1 ? `Commands matching ${text}` : application?.name,
    items,
    highlight: items.length ? 0 : -1,
    nothing,
  };
}

/** Values a person can pick for an option without asking the bot; null when any text will do. */
export function valueSuggestions(pill) {
  const all = fixedValues(pill.option);
  if (!all) return null;
  if (pill.option.type === ATTACHMENT) return { items: all, highlight: pill.picked ? -1 : 0 };
  const typed = pill.text.trim();
  const settled = typed && meaning(pill.option, pill.text, guild()).value !== undefined;
  const term = typed.replace(/^[@#]/, "").toLowerCase();
  const items = settled ? all : all.filter((item) => item.label.toLowerCase().includes(term));
  const decided = settled || (!typed && !pill.option.required);
  return {
    items: items.slice(0, MOST),
    highlight: decided || !items.length ? -1 : 0,
    nothing: "Nothing of that name.",
  };
}

function fixedValues(option) {
  if (option.choices?.length)
    return option.choices.map((choice) => ({ kind: "value", label: choice.name, value: choice.value }));
  if (option.type === ATTACHMENT) return [{ kind: "file", label: "Choose a file…" }];
  if (option.type === BOOLEAN)
    return ["True", "False"].map((label) => ({ kind: "value", label, value: label === "True" }));
  const named = nameable(option, guild());
  return named.length ? named.map(face) : null;
}

function face({ id, name, kind, of }) {
  const item = { kind: "value", label: name, value: id, sigil: kind === "channel" ? "#" : "@" };
  if (kind === "member") item.picture = avatar(of.avatar_url, name, 24);
  if (kind === "role") {
    item.picture = h("span", { class: "dot" });
    item.picture.style.background = css(of.color) ?? "var(--muted)";
  }
  return item;
}

/** Options of the command that are not on the line yet. */
export function optionSuggestions(line) {
  const used = new Set(line.pills.map((pill) => pill.option));
  const rest = line.command.options.filter((option) => !used.has(option));
  return {
    items: rest.map((option) => ({ kind: "option", option, label: option.name, note: option.description })),
    highlight: -1,
  };
}

let asked = 0;

/** Ask the bot to complete the focused option; null when a newer request replaced this one. */
export async function askCompletion(line, pill, options) {
  const mine = ++asked;
  await new Promise((resolve) => setTimeout(resolve, AUTOCOMPLETE_PAUSE_MS));
  if (mine !== asked) return null;
  const place = { user: state.me.id, guild: state.guildId, channel: state.channelId };
  const question = {
    ...place,
    name: line.command.path,
    options: { ...options, [pill.option.name]: pill.text },
    focused: pill.option.name,
  };
  try {
    const { choices } = await client.autocomplete(question);
    const items = choices.map((choice) => ({ kind: "value", label: choice.name, value: choice.value }));
    return mine === asked ? { items, highlight: -1, nothing: "No suggestions." } : null;
  } catch (error) {
    return mine === asked ? { items: [], highlight: -1, nothing: `Loading options failed. ${error.message}` } : null;
  }
}

export function forgetQuestions() {
  asked += 1;
}
