// Keeps a page of `serve` up to date: reloads it when it was rebuilt, shows what is wrong when it cannot be built.

const script = document.currentScript;
let shown = null;

const events = new EventSource(`/__serve/events?${new URL(script.src).search.slice(1)}&path=${encodeURIComponent(location.pathname)}`);
events.addEventListener("reload", () => location.reload());
events.addEventListener("fine", () => show(null));
events.addEventListener("problems", (event) => show(inLanguage(JSON.parse(event.data))));

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
