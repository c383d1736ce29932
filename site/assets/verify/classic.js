/** The page on which a reader asks what a file or a link is. A classic script, so that it runs from a disk, too. */
import { showFailure, showFile, showLink, working } from "./answers.js";
import { identify } from "./identify.js";
import { identifyLink, valueIn } from "./links.js";
import { openLists } from "./lists.js";

const page = document.getElementById("verify");
if (page) start();

function start() {
  const root = new URL(page.dataset.root, location.href).href;
  const drop = page.querySelector(".verify__drop");
  const answers = page.querySelector(".verify__answers");
  openLists(root);
  page.hidden = false;

  /** The newest answer comes first; those to several files are in the order of the files. */
  async function answer(title, work) {
    const place = working(title);
    answers.append(place);
    try {
      place.replaceChildren(...(await work()));
    } catch (error) {
      console.error(error);
      place.replaceChildren(...showFailure(title));
    }
    place.removeAttribute("aria-busy");
  }

  async function take(files) {
    answers.replaceChildren();
    for (const file of files) await answer(file.name, async () => showFile(await identify(file), root));
  }

  const input = page.querySelector("input[type=file]");
  input.addEventListener("change", () => take([...input.files]));
  for (const name of ["dragenter", "dragover"]) {
    page.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  page.addEventListener("dragleave", (event) => page.contains(event.relatedTarget) || drop.classList.remove("is-over"));
  page.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
    if (event.dataTransfer.files.length) take([...event.dataTransfer.files]);
  });
  page.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const { value } = event.target.elements.link;
    answers.replaceChildren();
    answer(value, async () => {
      const found = await identifyLink(value);
      if (found?.kind === "figure") {
        found.today = await valueIn(root, found, found.newest);
        if (found.quoted && found.quoted !== found.newest) found.then = await valueIn(root, found, found.quoted);
      }
      return showLink(found, root);
    });
  });
}
