// The table of contents: open where there is room, and it shows which section is being read.

const WIDE = matchMedia("(min-width: 72rem)");

export function startContents(details) {
  if (!details) return;
  const fit = () => (details.open = WIDE.matches);
  WIDE.addEventListener("change", fit);
  fit();
  details.addEventListener("click", (event) => {
    if (event.target.closest("a") && !WIDE.matches) details.open = false;
    if (event.target.closest("summary") && WIDE.matches) event.preventDefault();
  });
  details.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !WIDE.matches) details.open = false;
  });
  const links = new Map([...details.querySelectorAll("a")].map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
  const headings = [...links.keys()].map((id) => document.getElementById(id)).filter(Boolean);
  const observer = new IntersectionObserver(() => mark(headings, links), { rootMargin: "0px 0px -60%" });
  headings.forEach((heading) => observer.observe(heading));
}

function mark(headings, links) {
  const line = innerHeight * 0.4;
  const isAtEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
  const read = isAtEnd ? headings.at(-1) : headings.filter((heading) => heading.getBoundingClientRect().top < line).at(-1);
  for (const link of links.values()) link.removeAttribute("aria-current");
  if (read) links.get(read.id).setAttribute("aria-current", "location");
}
