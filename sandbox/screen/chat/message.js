/** One message: who used what, who answers, the text, embeds and components, and what is special about it. */

import { append, avatar, h, picture, pictureUrl, tint } from "../dom.js";
import { icon } from "../icons.js";
import { markdown } from "../markdown/render.js";
import { clock, full, moment } from "../markdown/timestamps.js";
import { changed, channel, face, member, role, state } from "../state.js";
import { withMenu } from "../frame/menu.js";
import { showPerson } from "../frame/person.js";
import { OF_MESSAGE } from "../menus.js";
import { componentRows } from "./components.js";
import { embedCards } from "./embeds.js";
import { enlarge } from "./lightbox.js";

const SUPPRESS_EMBEDS = 1 << 2;

/** A message of the channel. `context` = {grouped, busy, failure}. */
export function messageRow(message, { grouped, busy, failure }) {
  const classes = ["message", grouped && "grouped", message.ephemeral && "ephemeral"].filter(Boolean).join(" ");
  const body = h("div", { class: "body" });
  const name = commandOf(message);
  if (!grouped) body.append(heading(message));
  append(body, message.thinking ? [thinking(message.author)] : content(message, busy));
  if (failure) body.append(failed(failure));
  if (message.ephemeral) body.append(onlyYou(() => dismiss(message.id)));
  const row = h(
    "li",
    {
      class: classes,
      dataset: { testid: "message", messageId: message.id },
      "aria-label": grouped ? null : spoken(message),
    },
    name && used(message.interaction_metadata.user, message.command_text ?? `/${name}`),
    h("div", { class: "lines" }, gutter(message, grouped), body),
  );
  return message.thinking ? row : withMenu(row, OF_MESSAGE, message.id, "this message");
}

/** The command that a message is the first answer to, through a modal or not; null for a follow-up or a press. */
export function commandOf(message) {
  const from = message.interaction_metadata;
  if (!from || from.original_response_message_id || from.interacted_message_id) return null;
  return from.name ?? from.triggering_interaction_metadata?.name ?? null;
}

/** My command without a response: pending, or failed. */
export function waitingRow(entry) {
  const application = state.application;
  const message = { author: { ...application, username: application.name, bot: true }, timestamp: entry.timestamp };
  const note = entry.failed
    ? [failed(entry.failed), onlyYou(() => forget(entry.id))]
    : [h("div", { class: "thinking", dataset: { testid: "sending" } }, dots(), " Sending command…")];
  return h(
    "li",
    { class: entry.failed ? "message ephemeral" : "message", dataset: { testid: entry.failed ? "failed" : "waiting" } },
    used(state.me, entry.command_text),
    h("div", { class: "lines" }, gutter(message, false), h("div", { class: "body" }, heading(message), note)),
  );
}

function used(user, text) {
  const { name, avatar: src, color } = face(user);
  const [, command, options] = /^(\/\S+(?: (?![^ ]+:)\S+)*)(.*)$/s.exec(text) ?? [null, text, ""];
  return h(
    "div",
    { class: "used" },
    h("span", { class: "spine", "aria-hidden": "true" }),
    avatar(src, name, 16),
    who(name, color, user),
    h("span", {}, "used"),
    h(
      "span",
      { class: "used-command", title: named(text), dataset: { testid: "used-command" } },
      icon("slash"),
      h("b", {}, command.replace(/^\//, "")),
      options && h("span", { class: "used-options" }, named(options)),
    ),
  );
}

/** Ids among the options as the people, roles and channels they stand for. */
function named(options) {
  return options.replace(/\b\d{17,20}\b/g, (id) => {
    const room = channel(id);
    const other = member(id)?.display_name ?? role(id)?.name;
    return room ? `#${room.name}` : other ? `@${other}` : id;
  });
}

function who(name, color, user) {
  return tint(
    h("button", { type: "button", class: "author", onclick: (event) => showPerson(event.currentTarget, user) }, name),
    color,
  );
}

function gutter(message, grouped) {
  if (grouped) return h("time", { class: "gutter", datetime: message.timestamp }, clock(message.timestamp));
  const { name, avatar: src } = face(message.author);
  return avatar(src, name, 40);
}

function heading(message) {
  const { name, color } = face(message.author);
  return h(
    "div",
    { class: "heading" },
    who(name, color, message.author),
    message.author.bot && h("span", { class: "badge" }, "APP"),
    h("time", { datetime: message.timestamp, title: full(message.timestamp) }, moment(message.timestamp)),
  );
}

function content(message, busy) {
  const edited =
    message.edited_timestamp &&
    h("span", { class: "edited", title: full(message.edited_timestamp), dataset: { testid: "edited" } }, "(edited)");
  const text = message.content ? markdown(message.content) : null;
  if (text && edited) (text.lastElementChild?.matches("div.p") ? text.lastElementChild : text).append(" ", edited);
  const embeds = (message.flags & SUPPRESS_EMBEDS) === 0 ? (message.embeds ?? []) : [];
  return [
    text,
    attachments(message),
    embedCards(embeds, message.attachments ?? []),
    !text && edited,
    componentRows(message, busy),
  ];
}

/** Attached pictures that no embed shows already, and other files to download. */
function attachments(message) {
  const inEmbeds = JSON.stringify(message.embeds ?? []);
  return (message.attachments ?? [])
    .filter((file) => !inEmbeds.includes(file.filename))
    .map((file) => {
      if (!file.content_type?.startsWith("image/")) return download(file);
      const image = picture(file.url, file.description ?? file.filename, "attachment");
      image?.addEventListener("click", () => enlarge(image));
      return image;
    });
}

function download(file) {
  const link = h(
    "a",
    { class: "file", href: pictureUrl(file.url), download: file.filename, dataset: { testid: "file" } },
    file.filename,
  );
  return h("div", { class: "file-box" }, icon("out"), link, h("small", {}, `${file.size.toLocaleString("en")} bytes`));
}

function thinking(author) {
  return h("div", { class: "thinking", dataset: { testid: "thinking" } }, dots(), ` ${face(author).name} is thinking…`);
}

const dots = () => h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));

function failed(sentence) {
  return h(
    "div",
    { class: "failure", role: "alert", dataset: { testid: "interaction-failed" } },
    icon("warn"),
    sentence,
  );
}

function onlyYou(ondismiss) {
  const dismissLink = h("button", { type: "button", class: "dismiss", onclick: ondismiss }, "Dismiss message");
  return h(
    "div",
    { class: "only-you", dataset: { testid: "ephemeral" } },
    icon("eye"),
    "Only you can see this · ",
    dismissLink,
  );
}

function dismiss(id) {
  state.dismissed.add(id);
  changed("messages");
}

function forget(id) {
  state.waiting = state.waiting.filter((entry) => entry.id !== id);
  changed("messages");
}

function spoken(message) {
  const hidden = message.ephemeral ? ", only you can see this" : "";
  return `${face(message.author).name}, ${moment(message.timestamp)}${hidden}`;
}
