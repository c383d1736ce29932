/** Where the explorer begins: takes over the rows that the page itself holds. */
import { readAhead } from "./ahead.js";
import { startExplorer } from "./app.js";
import { openWorker } from "./client.js";
import { readConfig } from "./config.js";
import { configOn } from "./day.js";
import { readState, writeState } from "./state.js";
import { words } from "../lib/dom.js";

const root = document.querySelector("#explorer");
if (root?.dataset.config) {
  // First of all: the worker loads while the page is prepared.
  const address = new URL("explore-worker.js", import.meta.url);
  // A frame of an earlier version does not load the texts of the explorer. Without them it works all the same.
  if (!globalThis.exploreWords && words.edition) {
    await import(new URL(`explore-words.${words.edition}.js`, import.meta.url)).catch(() => undefined);
  }
  const config = await configOn(readConfig(root.dataset.config), location.search);
  const state = readState(location.search, config.tables);
  const table = config.tables.find(({ name }) => name === state.table);
  const isPlain = writeState({ ...state, columns: null }, [{ name: state.table }]) === "";
  const worker = openWorker(address, isPlain && table.bytes ? readAhead(table) : undefined);
  startExplorer(root, config, worker);
}
