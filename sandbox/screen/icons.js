/** The few line drawings of the page, as SVG nodes. */

const SHAPES = {
  hash: "M10 3 8 21M16 3l-2 18M4 8.5h17M3 15.5h17",
  people:
    "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM2 20c0-4 3-6 7-6s7 2 7 6M16 3.5a4 4 0 0 1 0 7.2M18 14.5c2.5.6 4 2.4 4 5.5",
  sun: "M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM12 1.5v2.5M12 20v2.5M4.5 4.5l1.8 1.8M17.7 17.7l1.8 1.8M1.5 12H4M20 12h2.5M4.5 19.5l1.8-1.8M17.7 6.3l1.8-1.8",
  gears: "M4 6h9M17 6h3M4 12h3M11 12h9M4 18h9M17 18h3M15 4v4M9 10v4M15 16v4",
  menu: "M3 6h18M3 12h18M3 18h18",
  close: "M5 5l14 14M19 5 5 19",
  down: "M6 9l6 6 6-6",
  eye: "M2 12s3.5-6.5 10-6.5S22 12 22 12s-3.5 6.5-10 6.5S2 12 2 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  send: "M3 11.5 21 3l-6 18-4-7.5-8-2ZM11 13.5 21 3",
  plus: "M12 5v14M5 12h14",
  check: "M5 12.5l4.5 4.5L19 7.5",
  out: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  warn: "M12 3 1.5 21h21L12 3ZM12 10v5M12 18v.5",
  reply: "M9 5 3 11l6 6M3 11h10c5 0 8 3 8 8",
  chat: "M4 4h16v12H10l-6 4.5V4ZM8.5 8.5h7M8.5 12h4",
  slash: "M5 3h14a2 2 0 0 1 2 2v14a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V5a2 2 0 0 1 2-2ZM15 7 9 17",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}
