/** What the page knows, and its listeners. */

/** The guild id while direct messages are shown, as in Discord's own addresses. */
export const HOME = "@me";

export const state = {
  people: [],
  me: null, // {id, username, display_name, avatar_url}
  application: null, // {id, name, avatar_url, online, presence}
  guilds: [],
  dms: [], // my direct messages: {id, name, avatar_url}
  commands: [], // flattened: see composer/commands.js
  menuCommands: [], // of members' and messages' menus: {type, name}
  guildId: null,
  channelId: null,
  messages: [], // of the open channel, oldest first
  waiting: [], // my commands that have no message yet
  busy: new Map(), // message id -> custom id of the pending component
  failures: new Map(), // message id -> why its last component failed
  dismissed: new Set(),
  unread: new Set(), // channel ids
  log: [],
};

const listeners = new Map();

/** Call `listener` whenever one of the topics changed. */
export function watch(topics, listener) {
  for (const topic of topics) {
    if (!listeners.has(topic)) listeners.set(topic, []);
    listeners.get(topic).push(listener);
  }
}

/** Topics: people, place, guilds, application, commands, messages, log, reset. */
export function changed(...topics) {
  const toCall = new Set(topics.flatMap((topic) => listeners.get(topic) ?? []));
  for (const listener of toCall) listener();
}

const byId = (list, id) => list?.find((item) => item.id === String(id)) ?? null;

export const isHome = () => state.guildId === HOME;
export const guild = () => byId(state.guilds, state.guildId);
export const guildOf = (channelId) => state.guilds.find((one) => byId(one.channels, channelId)) ?? null;
export const channel = (id = state.channelId) => byId(isHome() ? rooms() : guild()?.channels, id);
export const member = (id) => byId(isHome() ? everybody() : guild()?.members, id);
export const role = (id) => byId(guild()?.roles, id);

/** What and who can be named in direct messages, which are outside of every guild. */
const rooms = () => [...state.dms, ...state.guilds.flatMap((one) => one.channels)];
const everybody = () => [...state.people, { ...state.application, display_name: state.application.name, bot: true }];

/** The name and colour to show for a person, in this guild where possible. */
export function face(user) {
  const known = member(user?.id);
  return {
    name: known?.display_name ?? user?.global_name ?? user?.display_name ?? user?.username ?? "Unknown user",
    avatar: known?.avatar_url ?? user?.avatar_url,
    color: known?.color ?? 0,
  };
}

const REMEMBERED = "tessera.sandbox";

/** Small choices that are remembered after a reload; a browser that forbids storage only forgets them. */
export function remember(key, value) {
  try {
    localStorage.setItem(`${REMEMBERED}.${key}`, value);
  } catch (error) {
    console.info("not remembered:", error.message);
  }
}

export function recall(key) {
  try {
    return localStorage.getItem(`${REMEMBERED}.${key}`);
  } catch {
    return null;
  }
}
