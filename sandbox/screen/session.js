/** Who I am and where I look: loads what the page shows, and updates it as events arrive. */

import { client, openEvents, sandbox } from "./api.js";
import { flatten } from "./composer/commands.js";
import { OF_MEMBER, OF_MESSAGE } from "./menus.js";
import { fail, offerModal } from "./interactions.js";
import { HOME, changed, guild, isHome, recall, remember, state } from "./state.js";

const LOG_LINES = 1000;
let closeEvents = () => {};
let visit = 0; // counts moves: an answer for a place I have left is dropped

/** Load everything for the remembered person, or the first one there is. Throws when the sandbox is not there. */
export async function start() {
  state.people = await client.people();
  const known = state.people.find((person) => person.id === recall("user")) ?? state.people[0];
  if (known) await switchUser(known.id);
}

/** Switch to another person: their servers, their channels, what they may see. */
export async function switchUser(userId) {
  remember("user", userId);
  closeEvents();
  const answer = await client.state(userId);
  state.waiting = [];
  forgetComponents();
  take(answer);
  closeEvents = openEvents(userId, receive, linked);
  await go(state.guildId, state.channelId);
}

function take(answer) {
  state.me = answer.user;
  state.application = answer.application;
  state.guilds = answer.guilds;
  state.dms = answer.dms;
  for (const dm of answer.dms) if (dm.unread && dm.id !== state.channelId) state.unread.add(dm.id);
  if (!guild() && !isHome()) state.guildId = answer.guilds[0]?.id ?? null;
  changed("people", "guilds", "application");
}

/** Open a channel; without one, the first of the guild. HOME for a guild opens direct messages. */
export async function go(guildId, channelId = null) {
  const mine = ++visit;
  state.guildId = guildId;
  const channels = (isHome() ? state.dms : guild()?.channels) ?? [];
  state.channelId = (channels.find((item) => item.id === channelId) ?? channels[0])?.id ?? null;
  state.unread.delete(state.channelId);
  state.messages = [];
  changed("place", "messages");
  if (!state.channelId) return;
  const user = state.me.id;
  const [messages, commands] = await Promise.all([
    client.messages(user, state.channelId),
    isHome() ? [] : client.commands(user, guildId),
  ]);
  if (mine !== visit) return;
  state.messages = messages;
  takeCommands(commands);
  changed("messages", "commands");
}

/** Read everything again: after a reset, or after a reconnect. */
async function reload() {
  forgetComponents();
  state.people = await client.people();
  if (!state.people.some((person) => person.id === state.me.id)) return start();
  take(await client.state(state.me.id));
  return go(state.guildId, state.channelId);
}

function forgetComponents() {
  state.busy.clear();
  state.failures.clear();
}

function linked(up, reconnected) {
  document.getElementById("banner").hidden = up;
  if (up && reconnected) {
    state.waiting = [];
    reload().catch((error) => console.warn("could not read again:", error.message));
  }
  if (up && !reconnected) {
    settle().catch((error) => console.warn("could not read the state:", error.message));
  }
  if (up) readLog().catch((error) => console.warn("no log:", error.message));
}

/** Catch up with what changed between reading the state and the first event. */
async function settle() {
  const user = state.me.id;
  const answer = await client.state(user);
  if (state.me.id !== user) return;
  if (!answer.dms.length) answer.dms = state.dms; // an event may be newer than this answer
  take(answer);
  if (isHome() && !state.channelId) await go(HOME);
}

async function readLog() {
  const answer = await sandbox.log();
  state.log = (Array.isArray(answer) ? answer : (answer.lines ?? [])).slice(-LOG_LINES);
  changed("log");
}

function takeCommands(commands) {
  state.commands = flatten(commands);
  state.menuCommands = commands.filter((command) => command.type === OF_MEMBER || command.type === OF_MESSAGE);
}

let rereading = null;

/** Somebody's roles changed, or the server itself: many changes together are read once. */
function rereadSoon() {
  rereading ??= setTimeout(async () => {
    rereading = null;
    await settle().catch((error) => console.warn("could not read the state:", error.message));
    await refreshCommands().catch((error) => console.warn("could not read the commands:", error.message));
  }, 100);
}

async function refreshCommands() {
  if (isHome()) return;
  const guildId = state.guildId;
  const commands = await client.commands(state.me.id, guildId);
  if (guildId === state.guildId) {
    takeCommands(commands);
    changed("commands");
  }
}

function receive(event) {
  switch (event.type) {
    case "message_create":
    case "message_update":
      return upsert(event.message);
    case "message_delete":
      state.messages = state.messages.filter((message) => message.id !== event.id);
      return changed("messages");
    case "modal":
      return offerModal(event.interaction, event.modal);
    case "interaction_failed":
      return fail(event.interaction, event.error);
    case "commands":
      return refreshCommands();
    case "guild":
      return rereadSoon();
    case "bot":
      state.application.online = event.online;
      return changed("application");
    case "presence":
      state.application.presence = event.line;
      return changed("application");
    case "log":
      state.log.push(event.line);
      if (state.log.length > LOG_LINES) state.log.shift();
      return changed("log");
    case "reset":
      state.waiting = [];
      return reload();
    default:
      return undefined; // a newer sandbox may send more types
  }
}

/** Put a message where it belongs; its command, if it was mine, no longer waits. */
export function upsert(message) {
  if (message.guild_id === null) receiveDirect(message);
  if (message.channel_id !== state.channelId) {
    state.unread.add(message.channel_id);
    return changed("place");
  }
  const at = state.messages.findIndex((known) => known.id === message.id);
  if (at >= 0) state.messages[at] = message;
  else {
    state.messages.push(message);
    state.messages.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
  }
  const interaction = message.interaction_metadata?.id;
  state.waiting = state.waiting.filter((entry) => entry.failed || entry.interaction !== interaction);
  return changed("messages");
}

/** A direct message arrived: its conversation is listed, and read if it is the one that is open. */
function receiveDirect(message) {
  const id = message.channel_id;
  if (id === state.channelId) {
    client.messages(state.me.id, id).catch((error) => console.warn("not marked as read:", error.message));
  } else if (!state.dms.some((dm) => dm.id === id)) {
    state.dms.push({ id, name: state.application.name, avatar_url: state.application.avatar_url });
    if (isHome() && !state.channelId) go(HOME, id);
  }
}
