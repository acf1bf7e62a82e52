// What a route answered, asked again each minute while the page is looked at.

import { useEffect, useState } from "preact/hooks";
import { ask } from "./api.js";

const EVERY_MS = 60_000;
export const STALE_MS = 3 * EVERY_MS;
const beats = new Set();
const watchers = new Set();

/** When the page was last brought up to date, and what kept it from being so since. */
export const update = { at: null, trouble: null };

let last = Date.now();
function beat() {
  if (document.hidden || Date.now() - last < EVERY_MS - 500) return;
  last = Date.now();
  for (const again of beats) again();
}
setInterval(() => { beat(); for (const watcher of watchers) watcher(); }, EVERY_MS / 4);
document.addEventListener("visibilitychange", beat);

/** What keeps each route from being up to date; the answer of another route mends none. */
const troubles = new Map();

function note(path, trouble) {
  if (trouble) troubles.set(path, trouble);
  else troubles.delete(path);
  if (!troubles.size) update.at = Date.now();
  update.trouble = troubles.values().next().value ?? null;
  for (const watcher of watchers) watcher();
}

/** `{answer, trouble, again}` of a route; null for the answer until it has come. `isSteady`: asked once only. */
export function useAnswer(path, isSteady = false) {
  const [seen, setSeen] = useState({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (path === null) return undefined;
    let isGone = false;
    ask(path).then(
      (answer) => isGone || (setSeen({ path, answer }), isSteady || note(path, null)),
      (trouble) => isGone || (setSeen((old) => ({ ...(old.path === path && old), path, trouble })), isSteady || note(path, trouble)),
    );
    return () => { isGone = true; };
  }, [path, turn]);
  useEffect(() => () => troubles.delete(path), [path]);
  const again = () => setTurn((old) => old + 1);
  useEffect(() => {
    if (isSteady) return undefined;
    beats.add(again);
    return () => beats.delete(again);
  }, [isSteady]);
  const { answer = null, trouble = null } = seen.path === path ? seen : {};
  return { answer, trouble, again };
}

/** Draw again whenever `update` changes, and as it grows old. */
export function useUpdate() {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const watcher = () => setTurn((old) => old + 1);
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  }, []);
  return { ...update, isStale: update.at !== null && (update.trouble !== null || Date.now() - update.at > STALE_MS) };
}
