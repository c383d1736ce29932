/** Where the explorer begins: takes over the rows that the page itself holds. */
import { startExplorer } from "./app.js";
import { openWorker } from "./client.js";
import { readConfig } from "./config.js";

const root = document.querySelector("#explorer");
if (root?.dataset.config) {
  // First of all: the worker loads while the page is prepared.
  const address = new URL("explore-worker.js", import.meta.url);
  // The version that the page asked for is the worker's too: a cache must not mix two.
  address.search = new URL(import.meta.url).search;
  const worker = openWorker(address);
  startExplorer(root, readConfig(root.dataset.config), worker);
}
