// What an item's history stands on, folded: its states, the requests that asked about it, what could not be used.

import { Instant, number } from "../format.js";
import { html } from "../html.js";
import { hasWord, word } from "../language.js";
import { Folded } from "../parts/card.js";
import { Because } from "../parts/because.js";
import { Table } from "../parts/table.js";
import { outcomeName, sourceName, stateName } from "../states.js";

export function Records({ seen }) {
  return html`<${List} name="states" rows=${seen.states} columns=${STATES} /><${List} name="item_requests" rows=${seen.requests} columns=${REQUESTS} />
    ${seen.rejects.length > 0 && html`<${List} name="rejects" rows=${seen.rejects} columns=${REJECTS} />`}`;
}

function List({ name, rows, columns }) {
  return html`<${Folded} title=${word(name)} summary=${number(rows.length)} data-part=${name}>
    <${Table} caption=${word(name)} columns=${columns()} rows=${rows} empty=${word("empty_list")} /><//>`;
}

const STATES = () => [
  { title: word("when"), cell: (row) => html`<${Instant} of=${row.changed_at} style="full" />` },
  { title: word("state"), cell: (row) => `${row.from_state ? `${stateName(row.from_state)} → ` : ""}${stateName(row.to_state)}` },
  { title: word("cause"), cell: (row) => (hasWord(`cause_${row.cause}`) ? word(`cause_${row.cause}`) : row.cause) },
];

const REQUESTS = () => [
  { title: word("when"), cell: (row) => html`<${Instant} of=${row.sent_at} style="full" />` },
  { title: word("outcome"), cell: (row) => outcomeName(row.outcome) },
  { title: word("call"), kind: "number second", cell: (row) => row.call_id },
  { title: word("status"), kind: "number second", cell: (row) => row.api_status ?? row.http_status },
  { title: word("items"), kind: "number second", cell: (row) => row.item_count },
  { title: word("latency"), kind: "number second", cell: (row) => row.latency_ms === null ? null : `${number(row.latency_ms)} ms` },
  { title: word("account"), kind: "second", cell: (row) => row.account },
  { title: word("error"), kind: "wide second", cell: (row) => row.error && html`<span lang="en">${row.error}</span>` },
];

const REJECTS = () => [
  { title: word("when"), cell: (row) => html`<${Instant} of=${row.last_at} style="full" />` },
  { title: word("reason"), kind: "wide", cell: (row) => html`<${Because} of=${row} />` },
  { title: word("source"), kind: "second", cell: (row) => sourceName(row.source) },
  { title: word("how_often"), kind: "number second", cell: (row) => number(row.times) },
];
