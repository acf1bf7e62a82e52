// How good the forecasts were, folded: what was said against what came, by lane.

import { useAnswer } from "../answer.js";
import { Instant, number, percent } from "../format.js";
import { html } from "../html.js";
import { lane, word } from "../language.js";
import { Answered, Folded } from "../parts/card.js";
import { Table } from "../parts/table.js";
import { Badge, serviceName } from "../states.js";

export function Quality() {
  const seen = useAnswer("forecasts", true);
  return html`<${Folded} title=${word("quality")} summary=${seen.answer && summary(seen.answer.rows)} data-part="quality">
    <p class="note">${word("quality_note")}${seen.answer?.made_at && html` (${word("as_of")} <${Instant} of=${seen.answer.made_at} />)`}</p>
    <${Answered} of=${seen}>${({ rows }) => html`<${Table} caption=${word("quality")} columns=${columns()} rows=${rows} empty=${word("no_quality")} />`}<//>
  <//>`;
}

/** The coverage of all lanes, and how many are out of bounds. */
function summary(rows) {
  const all = rows.find((row) => !row.destination);
  const doubtful = rows.filter((row) => row.destination && row.is_out_of_bounds).length;
  if (!all) return word("no_quality");
  return [word("quality_all", { share: percent(all.coverage_80) }), doubtful && word("quality_doubtful", { count: number(doubtful) })].filter(Boolean).join(word("sentence_gap"));
}

const columns = () => [
  { title: word("lane"), cell: (row) => html`${row.destination ? lane(row) : html`<strong>${word("all_lanes")}</strong>`}${row.service && html` <small>${serviceName(row.service)}</small>`}
    ${row.is_out_of_bounds && html` <${Badge} tone="alarm">${word("rely_not")}<//>`}` },
  { title: word("coverage"), kind: "number", cell: (row) => percent(row.coverage_80) },
  { title: word("predicted"), kind: "number", cell: (row) => percent(row.predicted) },
  { title: word("actual"), kind: "number", cell: (row) => percent(row.actual) },
  { title: word("forecasts"), kind: "number second", cell: (row) => number(row.items_covered) },
];
