/**
 * Discord's block markdown: headings, subtext, quotes, lists, and paragraphs of inline text.
 *
 * A code block is found first and kept whole: a `> ` or `# ` inside it is code.
 */

import { parseInline } from "./inline.js";

const FENCE = /```[\s\S]+?```/g;
const HEADING = /^(#{1,3}) +(.*\S.*)$/;
const SUBTEXT = /^-# +(.*\S.*)$/;
const QUOTE = /^> ?(.*)$/;
const ITEM = /^( *)([-*]|\d{1,9}\.) +(.*\S.*)$/;
const DEEPEST_LIST = 10;

/** Parse a whole text into blocks: {type: heading|subtext|quote|list|text, …}. */
export function parseBlocks(text, quoted = false) {
  const lines = wholeLines(text);
  const blocks = [];
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) blocks.push({ type: "text", children: parseInline(paragraph.join("\n")) });
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const found = quoted ? null : quote(lines, at);
    const heading = HEADING.exec(line);
    const subtext = SUBTEXT.exec(line);
    if (found) {
      flush();
      blocks.push({ type: "quote", blocks: parseBlocks(found.text, true) });
      at = found.last;
    } else if (heading) {
      flush();
      blocks.push({ type: "heading", level: heading[1].length, children: parseInline(heading[2]) });
    } else if (subtext) {
      flush();
      blocks.push({ type: "subtext", children: parseInline(subtext[1]) });
    } else if (ITEM.test(line)) {
      flush();
      const end = lines.findIndex((next, index) => index > at && !ITEM.test(next));
      const last = end === -1 ? lines.length : end;
      blocks.push(...lists(lines.slice(at, last)));
      at = last - 1;
    } else paragraph.push(line);
  }
  flush();
  return blocks;
}

/** The lines of a text; the line breaks inside a code block do not count. */
function wholeLines(text) {
  const lines = [""];
  let from = 0;
  const add = (part) => {
    const [first, ...others] = part.split("\n");
    lines[lines.length - 1] += first;
    lines.push(...others);
  };
  for (const fence of text.matchAll(FENCE)) {
    add(text.slice(from, fence.index));
    lines[lines.length - 1] += fence[0];
    from = fence.index + fence[0].length;
  }
  add(text.slice(from));
  return lines;
}

function quote(lines, at) {
  if (lines[at].startsWith(">>> ")) {
    return { text: [lines[at].slice(4), ...lines.slice(at + 1)].join("\n"), last: lines.length - 1 };
  }
  const inside = [];
  let last = at;
  while (last < lines.length && lines[last].startsWith("> ")) inside.push(QUOTE.exec(lines[last++])?.[1] ?? "");
  return inside.length ? { text: inside.join("\n"), last: last - 1 } : null;
}

/** Item lines become lists nested by their indent. */
function lists(lines) {
  const roots = [];
  const open = []; // {indent, list}
  for (const line of lines) {
    const [, spaces, marker, text] = ITEM.exec(line);
    const indent = spaces.length;
    while (open.length && open.at(-1).indent > indent) open.pop();
    const ordered = marker.endsWith(".");
    let top = open.at(-1);
    if (!top || (top.indent < indent && open.length < DEEPEST_LIST)) {
      const list = { type: "list", ordered, start: ordered ? Number.parseInt(marker, 10) : null, items: [] };
      if (top) top.list.items.at(-1).lists.push(list);
      else roots.push(list);
      top = { indent, list };
      open.push(top);
    }
    top.list.items.push({ children: parseInline(text), lists: [] });
  }
  return roots;
}
