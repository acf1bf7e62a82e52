// The stages of a journey: where the item is, and how many days each took against what is usual on its lane.

import { day, isKnown, number } from "../format.js";
import { html } from "../html.js";
import { word } from "../language.js";
import { stageName } from "../states.js";

export function Steps({ legs }) {
  if (!legs.length) return null;
  const current = legs.findIndex((leg) => leg.is_current);
  return html`<ol class="steps" aria-label=${word("journey")}>${legs.map((leg, place) => html`<${Step} leg=${leg} place=${place} current=${current} />`)}</ol>`;
}

function Step({ leg, place, current }) {
  const { stage, entered_at: entered, days, usual_days: usual, usual_p90: most } = leg;
  const reached = place === current ? "current" : isKnown(entered) ? "done" : place < current ? "skipped" : "ahead";
  const isLate = stage !== "final" && isKnown(days) && isKnown(most) && days > most;
  return html`<li data-reached=${reached} data-late=${isLate ? "" : undefined} aria-current=${place === current ? "step" : undefined}>
    <span class="dot" aria-hidden="true">${{ done: "✓", skipped: "–" }[reached] ?? ""}</span>
    <span class="name">${stageName(stage)}</span>
    ${isKnown(entered) && html`<span class="when">${day(entered)}</span>`}
    ${isKnown(days) && stage !== "final" && html`<span class="days">${isLate && "! "}${word("days_count", { days: number(days, 1) })}</span>`}
    ${isKnown(usual) && stage !== "final" && html`<span class="usual">${word("usual", { days: number(usual, 1) })}</span>`}
    ${reached === "skipped" && html`<span class="usual">${word("not_seen")}</span>`}
  </li>`;
}
