// Keeps a page of `serve` up to date: reloads it when it was rebuilt, shows what is wrong when it cannot be built, and
// says while another one is made.

const script = document.currentScript;
let shown = null;
let line = null;
let soon = 0;

const events = new EventSource(`/__serve/events?${new URL(script.src).search.slice(1)}&path=${encodeURIComponent(location.pathname)}`);
events.addEventListener("reload", () => location.reload());
events.addEventListener("fine", () => (show(null), note(null)));
events.addEventListener("old", (event) => note(inLanguage(JSON.parse(event.data))));
events.addEventListener("problems", (event) => (note(null), show(inLanguage(JSON.parse(event.data)))));

// What is said, in the language of the page, or in English where the program does not have it.
function inLanguage(texts) {
  const language = document.documentElement.lang.toLowerCase();
  return texts[language] ?? texts[language.split("-")[0]] ?? texts.en;
}

function show(said) {
  shown?.remove();
  shown = null;
  if (!said) return;
  const [heading, ...lines] = said;
  shown = document.createElement("section");
  shown.id = "serve-problems";
  shown.setAttribute("role", "alert");
  shown.style.cssText = "padding:1rem 1.25rem;background:#fff4f2;color:#4a1410;border-bottom:4px solid #b3261e;font-size:16px;max-height:60vh;overflow:auto";
  const title = document.createElement("p");
  title.textContent = heading;
  title.style.cssText = "margin:0 0 .5rem;font-weight:700";
  const list = document.createElement("pre");
  list.textContent = lines.join("\n");
  list.style.cssText = "margin:0;white-space:pre-wrap;font-size:14px;background:none;color:inherit";
  shown.append(title, list);
  document.body.prepend(shown);
  scrollTo(0, 0);
}

// A line at the end of the window, which moves nothing; a page that is made quickly needs none.
function note(text) {
  clearTimeout(soon);
  line?.remove();
  line = null;
  if (text) soon = setTimeout(() => document.body.append((line = lineWith(text))), 700);
}

function lineWith(text) {
  const made = document.createElement("p");
  made.id = "serve-note";
  made.setAttribute("role", "status");
  made.textContent = text;
  made.style.cssText = "position:fixed;inset-block-end:1rem;inset-inline-end:1rem;max-width:calc(100vw - 2rem);margin:0;padding:.5rem .9rem;border:1px solid #8a97a3;border-radius:.5rem;background:#1f2933;color:#fff;font:14px/1.4 system-ui,sans-serif;z-index:1000";
  return made;
}
