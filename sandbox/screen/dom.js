/**
 * Building DOM nodes. Children that are strings become text nodes, so nothing here can turn
 * a message into markup.
 */

const DIRECT = new Set(["value", "disabled", "checked", "hidden", "tabIndex", "id", "type", "textContent", "href"]);

/** `h("button", {class: "x", onclick: f, dataset: {testid: "y"}}, "text", node, null)` */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined) continue;
    if (name === "dataset") Object.assign(node.dataset, value);
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (DIRECT.has(name)) node[name] = value;
    else if (value !== false) node.setAttribute(name === "class" ? "class" : name, value === true ? "" : value);
  }
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

/** A colour as Discord stores it (24 bits) as CSS, or null for "no colour". */
export function css(color) {
  return color ? `#${Number(color).toString(16).padStart(6, "0")}` : null;
}

/** Give a name or mention the colour of a role, if it has one; the style sheet keeps it readable. */
export function tint(node, color) {
  if (!css(color)) return node;
  node.classList.add("tinted");
  node.style.setProperty("--tint", css(color));
  return node;
}

/** An http(s) address, or null: `javascript:` and friends never become links. */
export function safeUrl(text) {
  try {
    const url = new URL(text, location.origin);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/**
 * The address of a picture as this page may load it. The sandbox draws pictures below /cdn, /ipfs and
 * /attachments and names itself by its loopback address; behind a forwarded port only the path is right.
 */
export function pictureUrl(text) {
  const safe = safeUrl(text);
  if (!safe) return null;
  const url = new URL(safe);
  const ours = ["127.0.0.1", "localhost", "[::1]"].includes(url.hostname);
  // The internet is not reachable here; the sandbox draws a picture for each outside address.
  return ours ? url.pathname + url.search : `/cdn/external/${url.protocol.slice(0, -1)}/${url.host}${url.pathname}`;
}

/** A picture that is removed when it cannot load, with the element it was the only content of. */
export function picture(src, alt, className, onbroken = (node) => node.remove()) {
  const url = pictureUrl(src);
  if (!url) return null;
  const image = h("img", { class: className, alt, src: url, draggable: "false", decoding: "async" });
  image.addEventListener("error", () => onbroken(image), { once: true });
  return image;
}

/** A round avatar; a coloured initial stands in when the picture cannot load. */
export function avatar(src, name, size) {
  const className = `avatar avatar-${size}`;
  const initial = () =>
    h("span", { class: `${className} initial`, "aria-hidden": "true" }, [...(name || "?")][0].toUpperCase());
  return picture(src, "", className, (image) => image.replaceWith(initial())) ?? initial();
}
