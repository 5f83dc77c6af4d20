"""What can be measured of a page: its width, the size of what is pressed, what is cut off."""

from __future__ import annotations

from typing import Any

LEAST = 24
"""Of a target, in CSS pixels (WCAG 2.2, 2.5.8)."""

SCROLLS = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const out = [...document.body.querySelectorAll("*")].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width && (box.right > width + 1 || box.left < -1);
  });
  const name = one => one.tagName.toLowerCase() + (one.className ? "." + one.className : "");
  return ["wider than the window: " + (out.slice(-3).map(name).join(", ") || "?")];
}"""

SMALL = """least => {
  const all = document.querySelectorAll(
    "a[href], button, input:not([type=hidden]), select, textarea, summary");
  const isInSentence = one => one.tagName === "A" && [...one.parentNode.childNodes].some(
    node => node.nodeType === 3 && node.data.trim());
  const box = one => {
    const label = one.closest("label") || (one.labels && one.labels[0]);
    const boxes = [one, ...(label ? [label] : [])].map(part => part.getBoundingClientRect());
    return {
      width: Math.max(...boxes.map(found => found.width)),
      height: Math.max(...boxes.map(found => found.height)),
    };
  };
  return [...all].filter(one => {
    if (!one.checkVisibility({visibilityProperty: true}) || one.matches(".skip")) return false;
    if (isInSentence(one)) return false;
    const found = box(one);
    return found.width < least - 0.5 || found.height < least - 0.5;
  }).map(one => {
    const found = one.getBoundingClientRect();
    const words = one.textContent.trim() || one.name;
    return `target of ${Math.round(found.width)} x ${Math.round(found.height)}: ${words}`;
  });
}"""

SPACE = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important;" +
    " word-spacing: 0.16em !important } p { margin-block-end: 2em !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}"""
UNSPACE = "document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1)"

CUT_OFF = """() => {
  const hides = value => value !== "visible";
  const found = [];
  for (const one of document.body.querySelectorAll("*")) {
    if (one.closest(".visually-hidden, .skip, svg, progress, select, input, textarea")) continue;
    if (!one.checkVisibility() || one.closest(".ledger thead")) continue;
    const style = getComputedStyle(one);
    const isInline = style.display === "inline";
    const wide = one.scrollWidth > one.clientWidth + 1 && hides(style.overflowX);
    const high = one.scrollHeight > one.clientHeight + 1 && hides(style.overflowY);
    const scrolls = [style.overflowX, style.overflowY].some(
      value => ["auto", "scroll"].includes(value));
    if (!isInline && !scrolls && (wide || high)) found.push(one);
    if (one.matches("a, button, b, td, th, label, .tag, .node, .status")) {
      const spills = one.scrollWidth > one.clientWidth + 2 && !isInline;
      if (spills) found.push(one);
    }
  }
  return found.map(one => `cut off: ${one.tagName} ${one.textContent.trim().slice(0, 40)}`);
}"""


def sizes(tab: Any) -> list[str]:
    """Return what is wider than the window, and what is too small to be pressed."""
    return [*tab.evaluate(SCROLLS), *tab.evaluate(SMALL, LEAST)]


def spaced(tab: Any) -> list[str]:
    """Return what is cut off when a reader spaces the text out (WCAG 1.4.12)."""
    tab.evaluate(SPACE)
    found = [*tab.evaluate(SCROLLS), *tab.evaluate(CUT_OFF)]
    tab.evaluate(UNSPACE)
    return [f"{one} (spaced)" for one in found]
