/**
 * Discord's inline markdown as a tree of plain objects: {type, children | text, …}.
 *
 * Rules are tried in order at each position; what none of them wants is text. Nothing here touches the DOM.
 */

const DEEPEST = 24; // deeper nesting is text: a message cannot make the page recurse without end

const RULES = [
  ["escape", /\\([^0-9A-Za-z\s])/y, (m) => ({ type: "text", text: m[1] })],
  [
    "codeblock",
    /```(?:([\w+.#-]*)\n)?([\s\S]+?)``` *\n?/y,
    (m) => ({ type: "codeblock", text: m[2].replace(/^\n+|\s+$/g, "") }),
  ],
  ["code", /(`+)([\s\S]*?[^`])\1(?!`)/y, (m) => ({ type: "code", text: m[2].trim() || m[2] })],
  ["user", /<@!?(\d{1,20})>/y, (m) => ({ type: "user", id: m[1] })],
  ["role", /<@&(\d{1,20})>/y, (m) => ({ type: "role", id: m[1] })],
  ["channel", /<#(\d{1,20})>/y, (m) => ({ type: "channel", id: m[1] })],
  [
    "command",
    /<\/([-_'\p{L}\p{N}]+(?: [-_'\p{L}\p{N}]+){0,2}):(\d{1,20})>/uy,
    (m) => ({ type: "command", name: m[1] }),
  ],
  [
    "timestamp",
    /<t:(-?\d{1,13})(?::([tTdDfFR]))?>/y,
    (m) => ({ type: "timestamp", unix: Number(m[1]), style: m[2] ?? "f", source: m[0] }),
  ],
  ["emoji", /<(a?):(\w{2,32}):(\d{1,20})>/y, (m) => ({ type: "emoji", name: m[2], id: m[3] })],
  ["link", /<(https?:\/\/[^\s<>]+)>/y, (m) => ({ type: "link", url: m[1], children: [{ type: "text", text: m[1] }] })],
  [
    "masked",
    /\[((?:\[[^\]]*\]|\\[\s\S]|[^[\]\\])+)\]\(\s*<?(https?:\/\/(?:\([^\s()]*\)|[^\s()<>])+)>?(?:\s+["'][^)]*["'])?\s*\)/y,
    masked,
  ],
  ["link", /https?:\/\/[^\s<>]*[^\s<>"'.,:;!?*_~|`\]]/y, bare],
  ["strong", /\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/y, nested("strong")],
  ["underline", /__((?:\\[\s\S]|[^\\])+?)__(?!_)/y, nested("underline")],
  ["emphasis", /\*(?=\S)((?:\*\*|\\[\s\S]|\s+(?:\\[\s\S]|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)/y, nested("emphasis")],
  ["emphasis", /\b_((?:__|\\[\s\S]|[^\\_])+?)_\b/y, nested("emphasis")],
  ["strike", /~~((?:\\[\s\S]|[^\\])+?)~~/y, nested("strike")],
  ["spoiler", /\|\|((?:\\[\s\S]|[^\\])+?)\|\|/y, nested("spoiler")],
];
const LINKS = new Set(["link", "masked"]);
const MENTIONS = new Set(["user", "role", "channel", "command"]);

function nested(type) {
  return (m, inside) => ({ type, children: inside(m[1]) });
}

function masked(m, inside, plain) {
  return { type: "link", url: m[2], children: plain(m[1]) };
}

/** A bare address ends before a closing bracket that it did not open. */
function bare(m) {
  let url = m[0];
  while (url.endsWith(")") && url.split(")").length > url.split("(").length) url = url.slice(0, -1);
  return { type: "link", url, length: url.length, children: [{ type: "text", text: url }] };
}

/** Parse one run of text. `allow` = {links, mentions}: titles of embeds have neither. */
export function parseInline(text, allow = { links: true, mentions: true }, depth = 0) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push({ type: "text", text: plain });
    plain = "";
  };
  for (let at = 0; at < text.length;) {
    const found = depth < DEEPEST ? match(text, at, allow, depth) : null;
    if (!found) {
      plain += text[at];
      at += 1;
    } else {
      at += found.length;
      if (found.node.type === "text") plain += found.node.text;
      else {
        if (found.node.type === "codeblock") plain = plain.replace(/\n$/, ""); // a block breaks the line itself
        flush();
        nodes.push(found.node);
      }
    }
  }
  flush();
  return nodes;
}

function match(text, at, allow, depth) {
  for (const [name, pattern, build] of RULES) {
    if ((!allow.links && LINKS.has(name)) || (!allow.mentions && MENTIONS.has(name))) continue;
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) continue;
    const inside = (inner) => parseInline(inner, allow, depth + 1);
    const noLinks = (inner) => parseInline(inner, { links: false, mentions: false }, depth + 1);
    const node = build(found, inside, noLinks);
    return { node, length: node.length ?? found[0].length };
  }
  return null;
}
