/** Embeds as Discord draws them. */

import { css, h, picture, safeUrl } from "../dom.js";
import { inline, markdown } from "../markdown/render.js";
import { moment } from "../markdown/timestamps.js";
import { enlarge } from "./lightbox.js";

const COLUMNS = 12;
const MOST_INLINE = 3;
const MOST_IN_GRID = 4;

/** Cards for all embeds of a message; `attachments` resolve `attachment://name`. */
export function embedCards(embeds, attachments) {
  return galleries(embeds).map(([embed, ...more]) => card(embed, more, attachments));
}

/** Embeds as Discord's client draws them: the pictures of up to four with one URL are a grid in the first of them. */
function galleries(embeds) {
  const groups = [];
  for (const embed of embeds) {
    const group = groups.find(([first]) => first.url && first.url === embed.url && first.image && embed.image);
    if (!group) groups.push([embed]);
    else if (group.length < MOST_IN_GRID) group.push(embed);
  }
  return groups;
}

function card(embed, more, attachments) {
  const source = (media) => address(media, attachments);
  const subject = embed.title || embed.author?.name || spoken(embed.description) || "the embed";
  const node = h(
    "article",
    { class: "embed", dataset: { testid: "embed" }, "aria-label": embed.title ?? spoken(embed.description) ?? null },
    h(
      "div",
      { class: "embed-text" },
      author(embed.author, source),
      title(embed),
      embed.description && h("div", { class: "embed-description" }, markdown(embed.description)),
      fields(embed.fields ?? []),
    ),
    embed.thumbnail && art(source(embed.thumbnail), `Thumbnail of ${subject}`, "embed-thumbnail"),
    more.length
      ? grid([embed, ...more].map((each) => source(each.image)), subject)
      : embed.image && art(source(embed.image), `Picture of ${subject}`, "embed-image"),
    footer(embed, source),
  );
  const color = css(embed.color);
  if (color) node.style.setProperty("--bar", color);
  if (embed.thumbnail) node.classList.add("with-thumbnail");
  return node;
}

/** The first line of a description, without what is markdown in it. */
const spoken = (text) => text?.split("\n")[0].replace(/\\?[*_`~|\\]/g, "").trim();

function address(media, attachments) {
  const url = media?.url ?? media?.icon_url ?? "";
  if (!url.startsWith("attachment://")) return url;
  const name = url.slice("attachment://".length);
  return attachments.find((file) => file.filename === name)?.url ?? "";
}

function author(value, source) {
  if (!value?.name) return null;
  const href = value.url && safeUrl(value.url);
  const face = value.icon_url && picture(source({ icon_url: value.icon_url }), "", "embed-author-icon");
  return h("div", { class: "embed-author" }, face, href ? link(href, value.name) : h("span", {}, value.name));
}

function title(embed) {
  if (!embed.title) return null;
  const href = embed.url && safeUrl(embed.url);
  return h(
    "div",
    { class: "embed-title", dataset: { testid: "embed-title" } },
    href ? link(href, inline(embed.title)) : inline(embed.title),
  );
}

function link(href, ...children) {
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, children);
}

/** Up to three neighbouring inline fields share a line, and share it evenly. */
function fields(list) {
  if (!list.length) return null;
  const nodes = [];
  for (let at = 0; at < list.length;) {
    let together = 0;
    while (together < MOST_INLINE && list[at + together]?.inline) together += 1;
    const group = list.slice(at, at + Math.max(together, 1));
    nodes.push(...group.map((field) => oneField(field, COLUMNS / group.length)));
    at += group.length;
  }
  return h("div", { class: "embed-fields" }, nodes);
}

function oneField(field, span) {
  return h(
    "div",
    { class: `embed-field span-${span}`, dataset: { testid: "embed-field" } },
    h("div", { class: "embed-field-name" }, inline(field.name)),
    h("div", { class: "embed-field-value" }, markdown(field.value)),
  );
}

function art(src, alt, className) {
  const image = picture(src, alt, "", (broken) => {
    if (className === "embed-thumbnail") broken.closest(".embed").classList.remove("with-thumbnail");
    broken.parentElement.remove();
  });
  if (!image) return null;
  return h(
    "button",
    { type: "button", class: `art ${className}`, "aria-label": `Enlarge: ${alt}`, onclick: () => enlarge(image) },
    image,
  );
}

function grid(sources, subject) {
  const pictures = sources.map((src, at) => art(src, `Picture ${at + 1} of ${subject}`, "embed-tile")).filter(Boolean);
  return h("div", { class: `embed-grid of-${pictures.length}`, dataset: { testid: "embed-grid" } }, pictures);
}

function footer(embed, source) {
  const text = embed.footer?.text;
  if (!text && !embed.timestamp) return null;
  const face = embed.footer?.icon_url && picture(source({ icon_url: embed.footer.icon_url }), "", "embed-footer-icon");
  const when = embed.timestamp && h("time", { datetime: embed.timestamp }, moment(embed.timestamp));
  return h(
    "div",
    { class: "embed-footer", dataset: { testid: "embed-footer" } },
    face,
    h("span", {}, text, text && when ? " • " : null, when),
  );
}
