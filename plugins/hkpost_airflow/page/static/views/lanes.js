// Where mail slipped: the lanes that got worse first, each with its promise kept and its lead time.

import { useAnswer } from "../answer.js";
import { isKnown, number, percent } from "../format.js";
import { html } from "../html.js";
import { lane, word } from "../language.js";
import { Answered, Card } from "../parts/card.js";
import { Table } from "../parts/table.js";
import { href } from "../router.js";
import { Badge, serviceName } from "../states.js";

export function Lanes() {
  return html`<${Card} title=${word("lanes")} note=${word("lanes_note")} data-part="lanes"><${Answered} of=${useAnswer("lanes", true)}>${split}<//><//>`;
}

function split({ rows }) {
  const worse = rows.filter((row) => row.worse);
  const others = rows.filter((row) => !row.worse);
  return html`
    ${worse.length ? html`<${LaneTable} caption=${word("lanes_worse")} rows=${worse} />` : html`<p class="empty">${word(rows.length ? "no_lane_worse" : "no_data")}</p>`}
    ${others.length > 0 && html`<details><summary>${word("other_lanes", { count: number(others.length) })}</summary><${LaneTable} caption=${word("lanes")} rows=${others} /></details>`}`;
}

/** What got worse of the mail of three to six weeks ago, against what is usual: days, or a share. */
function changed({ measure, usual, lately }) {
  const shown = measure.startsWith("share") ? percent : (days) => (isKnown(days) ? word("days_count", { days: number(days, 1) }) : word("not_reached"));
  return word(`measure_${measure}`, { lately: shown(lately), usual: shown(usual) });
}

function LaneTable({ caption, rows }) {
  const columns = [
    { title: word("lane"), kind: "wide", cell: ({ origin, destination, service, ...row }) => html`<a href=${href("items", { origin, destination, service })}>${lane({ origin, destination })}</a>
      ${service && html` <small>${serviceName(service)}</small>`} ${row.worse && html`<${Badge} tone="alarm">${word("worse")}<//>`} ${!row.reports && html`<${Badge}>${word("reports_not")}<//>`}
      ${row.measures?.map((measure) => html`<small class="below">${changed(measure)}</small>`)}` },
    { title: word("on_time"), kind: "number", cell: (row) => percent(row.on_time_share) },
    { title: word("median_days"), kind: "number", cell: (row) => number(row.median_days, 1) },
    { title: word("p90_days"), kind: "number second", cell: (row) => number(row.p90_days, 1) },
    { title: word("items"), kind: "number second", cell: (row) => number(row.n) },
  ];
  return html`<${Table} caption=${caption} columns=${columns} rows=${rows} empty=${word("no_data")} />`;
}
