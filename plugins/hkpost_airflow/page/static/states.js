// The states of an item, as hkpost.dim_state has them: names, order, and the tone in which each is shown.

import { html } from "./html.js";
import { hasWord, language, named, word } from "./language.js";

const states = new Map();

/** What every view needs before it is drawn. */
export const keepStates = ({ rows }) => rows.forEach((row) => states.set(row.state, row));

export const allStates = () => [...states.values()];
export const stateName = (state, tag = language()) => (states.has(state) ? named(states.get(state), "name", tag) : state);
export const tone = (state) => states.get(state)?.tone ?? "neutral";
export const isOpenState = (state) => states.get(state)?.is_open ?? true;
export const inOrder = (found) => [...found].sort((a, b) => rank(a) - rank(b));

const rank = (state) => states.get(state)?.state_rank ?? Infinity;

/** Why an item was closed: as a rule its state says it. */
export const reasonName = (reason) => (hasWord(`reason_${reason}`) ? word(`reason_${reason}`) : stateName(reason));

export const stageName = (stage) => (hasWord(`stage_${stage}`) ? word(`stage_${stage}`) : stage);

/** What came of a request. */
export const outcomeName = (outcome) => (hasWord(`outcome_${outcome}`) ? word(`outcome_${outcome}`) : outcome);

/** Where what could not be used was met. */
export const sourceName = (source) => (hasWord(`source_${source}`) ? word(`source_${source}`) : source);

/** A service by the first letter of its numbers. */
export const serviceName = (letter) => (hasWord(`service_${letter}`) ? word(`service_${letter}`) : letter);

const MARKS = { good: "✓", alarm: "!", waiting: "◷", neutral: "" };

/** A badge says its tone by a mark too: colour alone carries no meaning. */
export function Badge({ tone: shown = "neutral", children }) {
  return html`<span class="badge" data-tone=${shown}>${MARKS[shown] && html`<span aria-hidden="true">${MARKS[shown]} </span>`}${children}</span>`;
}

export const StateBadge = ({ state }) => html`<${Badge} tone=${tone(state)}>${stateName(state)}<//>`;
