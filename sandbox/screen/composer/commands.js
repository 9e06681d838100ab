/**
 * Reading a command line: which command a text begins, which options it fills, what their values are.
 *
 * Pure: texts and plain objects in, plain objects out.
 */

export const STRING = 3;
export const INTEGER = 4;
export const BOOLEAN = 5;
export const USER = 6;
export const CHANNEL = 7;
export const ROLE = 8;
export const MENTIONABLE = 9;
export const NUMBER = 10;
export const ATTACHMENT = 11;

const SLASH = 1;
const SUBCOMMAND = 1;
const GROUP = 2;

/** Discord's commands as the lines a person can type: {path: "gate add", description, options}. */
export function flatten(commands) {
  const lines = commands
    .filter((command) => (command.type ?? SLASH) === SLASH)
    .flatMap((command) => below(command, command.name));
  return lines.toSorted((a, b) => a.path.localeCompare(b.path));
}

function below(node, path) {
  const inner = (node.options ?? []).filter((option) => option.type === SUBCOMMAND || option.type === GROUP);
  if (inner.length) return inner.flatMap((option) => below(option, `${path} ${option.name}`));
  return [{ path, ...inMyLanguage(node), options: (node.options ?? []).map(inMyLanguage) }];
}

/** A command or an option with its words as my Discord shows them; names stay, as they are what is typed here. */
function inMyLanguage(node) {
  const description = node.description_localized ?? node.description;
  const choices = node.choices?.map((choice) => ({ ...choice, name: choice.name_localized ?? choice.name }));
  return { ...node, description, ...(choices && { choices }) };
}

/** The commands that `/text` may still become, best first. */
export function matching(commands, text) {
  const term = text.slice(1).toLowerCase();
  const begins = commands.filter((command) => command.path.startsWith(term));
  const contains = commands.filter((command) => !command.path.startsWith(term) && command.path.includes(term));
  return begins.concat(contains);
}

/** `/collections 10001` -> {command, rest: "10001"}; null until a space ends the command's name. */
export function opening(commands, text) {
  const longest = commands.toSorted((a, b) => b.path.length - a.path.length);
  const found = longest.find((command) => new RegExp(`^/${command.path}\\s`, "i").test(text));
  return found ? { command: found, rest: text.slice(found.path.length + 1).trimStart() } : null;
}

/** `10001 kind:all` -> [{option: null, text: "10001"}, {option: kind, text: "all"}]; only names of options split. */
export function pieces(text, options) {
  const names = new Map(options.map((option) => [option.name.toLowerCase(), option]));
  const found = [...text.matchAll(/(?:^|\s)([-_'\p{L}\p{N}]{1,32}):/gu)].filter((match) =>
    names.has(match[1].toLowerCase()),
  );
  const parts = [{ option: null, text: text.slice(0, found[0]?.index ?? text.length) }];
  found.forEach((match, index) => {
    const from = match.index + match[0].length;
    parts.push({
      option: names.get(match[1].toLowerCase()),
      text: text.slice(from, found[index + 1]?.index ?? text.length).trimStart(),
    });
  });
  return parts.filter((part) => part.option || part.text.trim());
}

/** What a typed text means for an option: {value}, {error} or {empty: true}. */
export function meaning(option, typed, guild) {
  const text = typed.trim();
  if (!text) return option.required ? { error: "This option is required." } : { empty: true };
  if (option.choices?.length) {
    const choice = option.choices.find((one) =>
      [one.name, String(one.value)].some((name) => name.toLowerCase() === text.toLowerCase()),
    );
    return choice ? { value: choice.value } : { error: "Choose one of the listed values." };
  }
  switch (option.type) {
    case INTEGER:
      return number(option, text, /^[-+]?\d{1,15}$/, "Enter a whole number.");
    case NUMBER:
      return number(option, text, /^[-+]?\d{1,15}([.]\d+)?$/, "Enter a number.");
    case BOOLEAN:
      return /^(true|false)$/i.test(text)
        ? { value: text.toLowerCase() === "true" }
        : { error: "Choose True or False." };
    case USER:
    case ROLE:
    case CHANNEL:
    case MENTIONABLE:
      return named(option, text, guild);
    case ATTACHMENT:
      return { error: "Choose a file." };
    default:
      return length(option, text);
  }
}

function number(option, text, shape, sentence) {
  if (!shape.test(text)) return { error: sentence };
  const value = Number(text);
  if (option.min_value !== undefined && value < option.min_value)
    return { error: `Must be at least ${option.min_value}.` };
  if (option.max_value !== undefined && value > option.max_value)
    return { error: `Must be at most ${option.max_value}.` };
  return { value };
}

function length(option, text) {
  if (text.length < (option.min_length ?? 0)) return { error: `Must be at least ${option.min_length} characters.` };
  if (text.length > (option.max_length ?? 6000))
    return { error: `Must be at most ${option.max_length ?? 6000} characters.` };
  return { value: text };
}

/** Members, roles or channels an option of that type may name: {id, name, kind}. */
export function nameable(option, guild) {
  const people = guild.members.map((one) => ({ id: one.id, name: one.display_name, kind: "member", of: one }));
  const ranks = guild.roles.map((one) => ({ id: one.id, name: one.name.replace(/^@/, ""), kind: "role", of: one }));
  const rooms = guild.channels.map((one) => ({ id: one.id, name: one.name, kind: "channel", of: one }));
  return { [USER]: people, [ROLE]: ranks, [CHANNEL]: rooms, [MENTIONABLE]: [...people, ...ranks] }[option.type] ?? [];
}

function named(option, text, guild) {
  const bare = text
    .replace(/^<?[@#][!&]?/, "")
    .replace(/>$/, "")
    .toLowerCase();
  const found = nameable(option, guild).find((one) => one.id === bare || one.name.toLowerCase() === bare);
  return found ? { value: found.id } : { error: "Choose one from the list." };
}
