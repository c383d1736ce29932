/** Where the explorer begins: takes over the rows that the page itself holds. */
import { startExplorer } from "./app.js";
import { openWorker } from "./client.js";
import { readConfig } from "./config.js";

const root = document.querySelector("#explorer");
if (root?.dataset.config) {
  // First of all: the worker loads while the page is prepared.
  const worker = openWorker(new URL("explore-worker.js", import.meta.url));
  startExplorer(root, readConfig(root.dataset.config), worker);
}
