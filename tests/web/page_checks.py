"""What every view of the page owes everybody: names, headings, contrast, targets, and no sideways scrolling."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.async_api import Page

from tests.conformance.missing import skip_unless_ci

AXE = Path(__file__).parents[1] / "conformance" / "axe"
_NO_AXE = "no axe-core: npm ci --prefix tests/conformance/axe --ignore-scripts"

# Colours are checked as they come out over every layer below; no gradient holds text, for it would need an eye.
_FAULTS = """
() => {
  const faults = [];
  const seen = (node) => node.checkVisibility({visibilityProperty: true, opacityProperty: true});
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgba = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((value, index) => value * a + below[index] * (1 - a));
  const behind = (node) => {
    if (!node) return [255, 255, 255];
    const paint = rgba(getComputedStyle(node).backgroundColor);
    return paint[3] === 1 ? paint.slice(0, 3) : over(paint, behind(node.parentElement));
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((value) => value / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, two) => {
    const [low, high] = [light(one), light(two)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let checked = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || ["SCRIPT", "NOSCRIPT"].includes(node.tagName) || !seen(node) || node.closest(".unseen")) continue;
    const style = getComputedStyle(node);
    const below = behind(node);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const ratio = contrast(over(rgba(style.color), below), below);
    checked += 1;
    if (ratio < (isLarge ? 3 : 4.5)) faults.push(`contrast ${ratio.toFixed(2)}: ${text.slice(0, 40)}`);
  }
  if (checked < 4) faults.push(`only ${checked} texts`);

  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter(seen);
  const levels = headings.map((one) => Number(one.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) faults.push(`h1: ${levels}`);
  levels.forEach((level, index) => index && level > levels[index - 1] + 1 && faults.push(`headings skip: ${levels}`));
  for (const image of document.images) if (!image.hasAttribute("alt")) faults.push("an image without alt");
  for (const one of document.querySelectorAll("button, a, summary")) {
    if (!seen(one)) continue;
    if (!one.textContent.trim()) faults.push(`no name: ${one.outerHTML}`);
    const {width, height} = one.getBoundingClientRect();
    if (width < 24 || height < 24) faults.push(`small: ${one.textContent} ${width}x${height}`);
    const edge = rgba(getComputedStyle(one).borderTopColor).slice(0, 3);
    const isPale = one.matches(".button") && contrast(edge, behind(one.parentElement)) < 3;
    if (isPale) faults.push(`pale: ${one.textContent}`);
  }
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  if (new Set(ids).size !== ids.length) faults.push(`an id twice: ${ids}`);
  for (const one of document.querySelectorAll("[aria-labelledby]"))
    if (!document.getElementById(one.getAttribute("aria-labelledby"))) faults.push("labelled by nothing");
  if (document.documentElement.lang !== "en") faults.push("no language");
  if (document.querySelector("[style], [onclick], style")) faults.push("styles or handlers inside the page");
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth) faults.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  for (const one of document.querySelectorAll("main *:not(.unseen, .unseen *)")) {
    const box = one.getBoundingClientRect();
    const sticksOut = seen(one) && box.width && box.right > root.clientWidth;
    if (sticksOut) faults.push(`sticks out: ${one.textContent.slice(0, 40)}`);
  }
  return faults;
}
"""


async def faults_of(page: Page) -> list[str]:
    """What is wrong with the view that is shown, as far as a machine can tell; empty when nothing is."""
    faults: list[str] = await page.evaluate(_FAULTS)
    return faults


@cache
def _axe() -> str:
    return (AXE / "node_modules" / "axe-core" / "axe.min.js").read_text()


async def axe_violations(page: Page) -> list[str]:
    """What axe-core finds in the view that is shown; the test is skipped where it is not installed, but not in CI."""
    if not (AXE / "node_modules").is_dir():
        skip_unless_ci(_NO_AXE)
    # By the debugger, which the page's policy does not bind.
    await page.evaluate(_axe())
    found: list[str] = await page.evaluate(
        "async () => (await axe.run()).violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html)}`)"
    )
    return found
