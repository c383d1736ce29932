// Keeps a page of `serve` up to date: reloads it when it was rebuilt, shows what is wrong when it cannot be built.

const script = document.currentScript;
const chinese = document.documentElement.lang.startsWith("zh");
const heading = chinese ? "修改中有问题，下面仍是上一次成功生成的页面。" : "Your change has problems; below is the page as it last could be made.";
let shown = null;

const events = new EventSource(`/__serve/events?${new URL(script.src).search.slice(1)}&path=${encodeURIComponent(location.pathname)}`);
events.addEventListener("reload", () => location.reload());
events.addEventListener("fine", () => show(null));
events.addEventListener("problems", (event) => show(JSON.parse(event.data)[chinese ? "zh" : "en"]));

function show(lines) {
  shown?.remove();
  shown = null;
  if (!lines) return;
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
