/** Rows as of a day, `?asOf=2026-03-01`: those of the release that was in force then, in place of the newest. */
import { readConfig } from "./config.js";

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The day that an address asks for; empty where it names none that there is. */
export function askedDay(search) {
  const day = new URLSearchParams(search).get("asOf") ?? "";
  const read = DAY.test(day) ? new Date(`${day}T00:00:00Z`) : null;
  return read && !Number.isNaN(read.valueOf()) && read.toISOString().startsWith(day) ? day : "";
}

/**
 * The release that was in force on a day: of those that were out by then and not withdrawn, the one with the highest version.
 * A release that the address names itself comes before it.
 */
export function releaseOn(releases, day, quoted) {
  const named = releases.find(({ version }) => version === quoted);
  return named ?? releases.filter(({ date, withdrawn }) => date && date <= day && !(withdrawn && withdrawn <= day)).at(-1) ?? null;
}

/**
 * The configuration for the day that the address asks for. `asOf` says what was found: `newest`, `older`, `withdrawn` since, or why the newest is shown all the same:
 * `none` was out, `gone` from the site, `failed` to load. `dated` is what keeps the day in addresses.
 */
export async function configOn(config, search, load = (address) => fetch(address)) {
  const day = askedDay(search);
  if (!day) return config;
  const quoted = new URLSearchParams(search).get("release") ?? "";
  const found = releaseOn(config.releases, day, quoted);
  const said = (kind, more = {}) => ({ ...config, ...more, asOf: { day, kind, newest: config.version } });
  if (!found) return said("none");
  const dated = new URLSearchParams(found.version === quoted ? { release: quoted, asOf: day } : { asOf: day }).toString();
  if (found.version === config.version) return said("newest", { dated });
  if (!found.config) return said("gone");
  try {
    const answer = await load(found.config);
    if (!answer.ok) return said("failed");
    const older = readConfig(await answer.text());
    return { ...older, releases: config.releases, asOf: { day, kind: found.withdrawn ? "withdrawn" : "older", newest: config.version }, dated };
  } catch {
    return said("failed");
  }
}
