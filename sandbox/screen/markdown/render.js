/** Markdown trees to DOM nodes. Every piece of a message becomes a text node; there is no other way in. */

import { h, picture, safeUrl, tint } from "../dom.js";
import { channel, member, role } from "../state.js";
import { parseBlocks } from "./blocks.js";
import { parseInline } from "./inline.js";
import { timestamp } from "./timestamps.js";

const actions = { command: () => {}, channel: () => {} };

/** Say what a click on a command or channel mention does. */
export function onMention(handlers) {
  Object.assign(actions, handlers);
}

/** A whole text, with blocks: a message's content, an embed's description, a field's value. */
export function markdown(text) {
  const root = h("div", { class: "markdown" });
  root.append(...parseBlocks(text ?? "").flatMap(block));
  return root;
}

/** One run of text without links or mentions: an embed's title, a field's name. */
export function inline(text) {
  return spans(parseInline(text ?? "", { links: false, mentions: false }));
}

function block(node) {
  switch (node.type) {
    case "heading":
      return h(`h${node.level + 2}`, { class: `h${node.level}` }, spans(node.children));
    case "subtext":
      return h("small", { class: "subtext" }, spans(node.children));
    case "quote":
      return h("blockquote", {}, node.blocks.flatMap(block));
    case "list":
      return list(node);
    default:
      return h("div", { class: "p" }, spans(node.children));
  }
}

function list(node) {
  const items = node.items.map((item) => h("li", {}, spans(item.children), item.lists.map(list)));
  return h(node.ordered ? "ol" : "ul", { start: node.start }, items);
}

const spans = (nodes) => nodes.flatMap(span);

function span(node) {
  switch (node.type) {
    case "text":
      return lines(node.text);
    case "strong":
      return h("strong", {}, spans(node.children));
    case "emphasis":
      return h("em", {}, spans(node.children));
    case "underline":
      return h("u", {}, spans(node.children));
    case "strike":
      return h("s", {}, spans(node.children));
    case "code":
      return h("code", {}, node.text);
    case "codeblock":
      return h("pre", { tabIndex: 0 }, h("code", {}, node.text));
    case "spoiler":
      return spoiler(node);
    case "link":
      return link(node);
    case "timestamp":
      return timestamp(node.unix, node.style) ?? node.source;
    case "emoji":
      return picture(`/cdn/emojis/${node.id}.webp`, `:${node.name}:`, "emoji", (image) => image.replaceWith(image.alt));
    default:
      return mention(node);
  }
}

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}

function spoiler(node) {
  const hidden = h("span", { class: "spoiler-text", "aria-hidden": "true" }, spans(node.children));
  const show = () => {
    outer.classList.add("shown");
    outer.removeAttribute("role");
    outer.removeAttribute("tabindex");
    hidden.removeAttribute("aria-hidden");
  };
  const outer = h(
    "span",
    { class: "spoiler", role: "button", tabIndex: 0, "aria-label": "Spoiler", onclick: show },
    hidden,
  );
  outer.addEventListener("keydown", (event) => ["Enter", " "].includes(event.key) && (event.preventDefault(), show()));
  return outer;
}

function link(node) {
  const href = safeUrl(node.url);
  if (!href) return spans(node.children);
  return h("a", { href, title: href, target: "_blank", rel: "noopener noreferrer" }, spans(node.children));
}

function mention(node) {
  if (node.type === "user") {
    return h(
      "span",
      { class: "mention", dataset: { user: node.id } },
      `@${member(node.id)?.display_name ?? "unknown-user"}`,
    );
  }
  if (node.type === "role") {
    const known = role(node.id);
    const name = known?.name ?? "deleted-role";
    return tint(
      h("span", { class: "mention", dataset: { role: node.id } }, name.startsWith("@") ? name : `@${name}`),
      known?.color,
    );
  }
  if (node.type === "channel") {
    const known = channel(node.id);
    if (!known) return h("span", { class: "mention" }, "# unknown");
    return h(
      "button",
      { type: "button", class: "mention", onclick: () => actions.channel(known.id) },
      `# ${known.name}`,
    );
  }
  return h("button", { type: "button", class: "mention", onclick: () => actions.command(node.name) }, `/${node.name}`);
}
