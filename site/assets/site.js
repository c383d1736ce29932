// What every page does. What answers in the search is loaded when somebody searches.

import { fillAccessed } from "./lib/accessed.js";
import { startContents } from "./lib/contents.js";
import { startCopying } from "./lib/copy.js";
import { markOverdue } from "./lib/freshness.js";
import { startScheme } from "./lib/scheme.js";
import { openSearch } from "./lib/search-box.js";

startScheme(document.querySelector("[data-scheme-toggle]"));
startContents(document.querySelector("[data-toc]"));
fillAccessed(document.querySelectorAll("[data-accessed]"));
startCopying(document.querySelectorAll("[data-copy], [data-copy-text]"));
markOverdue(document.querySelectorAll("[data-due]"));
startSearch();
closeMenus();
answerInCharts(document.querySelectorAll(".chart__picture:has(.chart__rows)"));

/** What tells of a chart is loaded once there is one to be seen. */
function answerInCharts(pictures) {
  if (!pictures.length) return;
  const seen = new IntersectionObserver(async (entries) => {
    const shown = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    for (const picture of shown) seen.unobserve(picture);
    if (shown.length) (await import("./lib/chart.js")).startCharts(shown);
  }, { rootMargin: "200px" });
  for (const picture of pictures) seen.observe(picture);
}

function startSearch() {
  for (const opener of document.querySelectorAll("[data-search-open]")) {
    opener.hidden = false;
    if (opener.tagName === "A") {
      opener.setAttribute("role", "button");
      opener.setAttribute("aria-haspopup", "dialog");
    }
    opener.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      openSearch();
    });
    opener.addEventListener("keydown", (event) => {
      if (event.key !== " " || opener.tagName !== "A") return;
      event.preventDefault();
      openSearch();
    });
  }
  document.addEventListener("keydown", (event) => {
    const isSlash = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event.target);
    const isK = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
    if (!isSlash && !isK) return;
    event.preventDefault();
    openSearch();
  });
}

function isTyping(target) {
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function closeMenus() {
  const menus = document.querySelectorAll("details.menu");
  if (!menus.length) return;
  document.addEventListener("click", (event) => {
    for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") for (const menu of menus) menu.open = false;
  });
}
