// The states of an item, as hkpost.dim_state has them: names, order, and the tone in which each is shown.

import { ask } from "./api.js";
import { h } from "./dom.js";
import { inLanguage } from "./format.js";
import { language, REASONS } from "./words.js";

const states = new Map();

/** Asked for once; everything here needs it. */
export async function loadStates() {
  if (!states.size) for (const row of (await ask("states")).rows) states.set(row.state, row);
}

export const stateName = (state) => (states.has(state) ? inLanguage(states.get(state), "name") : state);
export const tone = (state) => states.get(state)?.tone ?? "neutral";
export const inOrder = (found) => [...found].sort((a, b) => rank(a) - rank(b));

const rank = (state) => states.get(state)?.state_rank ?? Infinity;

/** Why an item was closed: as a rule its state says it. */
export const reasonName = (reason) => REASONS[language()][reason] ?? stateName(reason);

export const stateBadge = (state) => h("span.badge", { "data-tone": tone(state) }, stateName(state));
