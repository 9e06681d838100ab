/** A small panel beside what opened it; a click elsewhere, Esc or losing focus closes it. */

const TALLEST_PX = 520;
let current = null;

export function closePopover() {
  current?.();
}

/**
 * Show `content` next to `anchor`. `side` is "above", "below" or "left"; the panel stays inside the window.
 * Returns a function that closes it; `onclose` is called whenever it closes.
 */
export function openPopover(anchor, content, { side = "below", fit = false, onclose = () => {} } = {}) {
  closePopover();
  content.classList.add("popover");
  (anchor.closest("dialog") ?? document.body).append(content);
  place(anchor, content, side, fit);

  const outside = (event) => !content.contains(event.target) && !anchor.contains(event.target) && close();
  const escape = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close();
    anchor.focus();
  };
  const away = (event) =>
    event.relatedTarget && !anchor.contains(event.relatedTarget) && !content.contains(event.relatedTarget) && close();

  function close() {
    if (current !== close) return;
    current = null;
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", escape, true);
    window.removeEventListener("resize", close);
    content.remove();
    onclose();
  }

  current = close;
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", escape, true);
  content.addEventListener("focusout", away);
  window.addEventListener("resize", close);
  return close;
}

function place(anchor, content, side, fit) {
  const gap = 8;
  const at = anchor.getBoundingClientRect();
  if (fit) content.style.width = `${at.width}px`;
  const size = content.getBoundingClientRect();
  const roomBelow = innerHeight - at.bottom - gap * 2;
  const roomAbove = at.top - gap * 2;
  let left = side === "left" ? at.left - size.width - gap : at.left;
  let top = side === "left" ? at.top : at.bottom + gap;
  if (side !== "left") {
    const above = side === "above" || (size.height > roomBelow && roomAbove > roomBelow);
    const room = above ? roomAbove : roomBelow;
    const height = Math.min(size.height, room, TALLEST_PX);
    content.style.maxHeight = `${Math.min(room, TALLEST_PX)}px`;
    top = above ? at.top - gap - height : top;
  }
  left = Math.max(gap, Math.min(left, innerWidth - size.width - gap));
  top = Math.max(gap, Math.min(top, innerHeight - Math.min(size.height, innerHeight) - gap));
  content.style.left = `${left}px`;
  content.style.top = `${top}px`;
}
