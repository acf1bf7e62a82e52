// The charts of the page; each bar and point leads to its items.

import { useState } from "preact/hooks";
import { useAnswer } from "../answer.js";
import { at, day, Instant, number } from "../format.js";
import { html } from "../html.js";
import { country, word } from "../language.js";
import { Bars } from "../parts/bars.js";
import { Answered, Card } from "../parts/card.js";
import { axis, Chart, color } from "../parts/chart.js";
import { href } from "../router.js";
import { inOrder, stageName, stateName, tone } from "../states.js";

const legend = { labels: { usePointStyle: true, boxHeight: 6 } };
const known = (value) => (value === null || value === undefined ? null : Number(value));

export function LeadTime() {
  const of = useAnswer("chart/lead_time", true);
  const [picked, pick] = useState(null);
  const volume = new Map();
  for (const row of of.answer?.rows ?? []) volume.set(row.destination, (volume.get(row.destination) ?? 0) + Number(row.n));
  const destinations = [...volume.keys()].sort((a, b) => volume.get(b) - volume.get(a));
  const shown = picked ?? destinations[0];
  return html`<${Chart} name="lead_time" title=${word("lead_time")} note=${() => word("lead_time_note")} of=${of} series=${(data) => leadTime(data.rows, shown)}>
    ${() => html`<select aria-label=${word("destination")} value=${shown} onChange=${(event) => pick(event.target.value)}>
      ${destinations.map((code) => html`<option value=${code}>${country(code)}</option>`)}
    </select>`}
  <//>`;
}

function leadTime(rows, destination) {
  const weeks = [...new Set(rows.map((row) => row.week_start))].sort();
  const at = (week) => rows.find((row) => row.destination === destination && row.week_start === week) ?? {};
  const young = weeks.map((week) => at(week).is_young === true);
  const line = (label, key, name) => ({
    label, data: weeks.map((week) => known(at(week)[key])), borderColor: color(name), backgroundColor: color(name),
    tension: 0.25, spanGaps: true, borderWidth: 2, pointRadius: 4,
    pointStyle: weeks.map((_, place) => (young[place] ? "rectRot" : "circle")),
    segment: { borderDash: ({ p1DataIndex: end }) => (young[end] ? [3, 4] : undefined) },
  });
  const list = (week, of = destination) => href("items", { destination: of, week });
  return {
    drawnFor: `${destination} ${rows.length}`,
    config: () => ({
      type: "line",
      data: { labels: weeks.map((week) => day(week)), datasets: [line(word("median"), "p50_days", "series-1"), line(word("p90"), "p90_days", "series-2")] },
      options: { scales: { y: axis(word("days")) }, plugins: { legend } },
    }),
    pick: (_, place) => list(weeks[place]),
    rows,
    columns: [
      { title: word("week"), cell: (row) => html`<a href=${list(row.week_start, row.destination)}>${country(row.destination)}, ${day(row.week_start)}</a>` },
      { title: word("posted"), kind: "number", cell: (row) => number(row.items_posted) },
      { title: word("delivered"), kind: "number", cell: (row) => number(row.n) },
      { title: word("still_open"), kind: "number", cell: (row) => number(row.items_open) },
      { title: word("p50_days"), kind: "number", cell: (row) => number(row.p50_days) },
      { title: word("p90_days"), kind: "number", cell: (row) => number(row.p90_days) },
    ],
  };
}

export function Funnel() {
  const of = useAnswer("chart/funnel", true);
  return html`<${Card} title=${word("funnel")} note=${of.answer && word("funnel_note", of.answer)} data-chart="funnel">
    <${Answered} of=${of}>${({ rows, taken_at: taken }) => (rows.length
      ? html`<${Bars} most=${Math.max(...rows.map((row) => Number(row.items)), 1)} rows=${rows.map((row) => ({
        name: stageName(row.stage), n: Number(row.items_reached), tone: "neutral",
        share: Number(row.items) ? row.items_reached / row.items : 0, href: href("items", { stage: row.stage }) }))} />`
      : html`<p class="empty">${word(taken === null ? "no_count" : "no_data")}</p>`)}<//>
  <//>`;
}

const SHADES = { neutral: ["ramp-1", "ramp-2", "ramp-3", "ramp-4", "ramp-5", "ramp-6"], good: ["good-fill"], waiting: ["wait-fill", "wait-fill-2"], alarm: ["alarm-fill"] };

/** A colour for each state, of its tone; those of one tone take turns along the journey. */
function shades(states) {
  const turns = {};
  return states.map((state) => {
    const names = SHADES[tone(state)];
    turns[tone(state)] = (turns[tone(state)] ?? -1) + 1;
    return color(names[turns[tone(state)] % names.length]);
  });
}

export function Backlog() {
  return html`<${Chart} name="backlog" title=${word("backlog")} note=${() => word("backlog_note")} of=${useAnswer("chart/backlog", true)} series=${({ rows }) => backlog(rows)} />`;
}

function backlog(rows) {
  const days = [...new Set(rows.map((row) => row.day))].sort();
  const states = inOrder(new Set(rows.map((row) => row.state)));
  const count = new Map(rows.map((row) => [`${row.state} ${row.day}`, Number(row.items)]));
  return {
    drawnFor: rows.length,
    config: () => {
      const fills = shades(states);
      return {
        type: "bar",
        data: { labels: days.map((one) => day(one)), datasets: states.map((state, place) => (
          { label: stateName(state), data: days.map((one) => count.get(`${state} ${one}`) ?? 0), backgroundColor: fills[place], maxBarThickness: 48 })) },
        options: { scales: { x: { stacked: true }, y: { ...axis(word("items")), stacked: true } }, plugins: { legend } },
      };
    },
    pick: (place) => href("items", { state: states[place] }),
    rows,
    columns: [
      { title: word("day"), cell: (row) => day(row.day) },
      { title: word("state"), cell: (row) => html`<a href=${href("items", { state: row.state })}>${stateName(row.state)}</a>` },
      { title: word("items"), kind: "number", cell: (row) => number(row.items) },
    ],
  };
}

export function Pace({ ceiling }) {
  return html`<${Chart} name="pace" title=${word("pace")} note=${({ hours }) => word("pace_note", { hours, ceiling: number(ceiling) })}
    of=${useAnswer("chart/pace", true)} series=${({ rows }) => pace(rows, ceiling)} />`;
}

function pace(rows, ceiling) {
  const accounts = [...new Set(rows.map((row) => row.account))];
  const count = new Map(rows.map((row) => [`${row.account} ${Date.parse(row.minute)}`, Number(row.requests)]));
  const times = rows.map((row) => Date.parse(row.minute));
  const minutes = [];
  for (let minute = Math.min(...times); minute <= Math.max(...times); minute += 60_000) minutes.push(minute);
  return {
    drawnFor: `${rows.length} ${ceiling}`,
    config: () => ({
      data: { labels: minutes.map((minute) => at(new Date(minute).toISOString(), "time")), datasets: [
        ...accounts.map((account, place) => ({ type: "bar", label: account, stack: "requests", data: minutes.map((minute) => count.get(`${account} ${minute}`) ?? 0), backgroundColor: color(`series-${(place % 5) + 1}`), maxBarThickness: 24 })),
        { type: "line", label: word("ceiling"), data: minutes.map(() => ceiling), borderColor: color("muted"), backgroundColor: color("muted"), borderDash: [6, 4], borderWidth: 1.5, pointRadius: minutes.length === 1 ? 2 : 0 },
      ] },
      options: { scales: { x: { stacked: true, ticks: { maxTicksLimit: 8, maxRotation: 0 } }, y: axis(word("requests")) }, plugins: { legend } },
    }),
    rows,
    columns: [
      { title: word("minute"), cell: (row) => html`<${Instant} of=${row.minute} />` },
      { title: word("account"), cell: (row) => row.account },
      { title: word("requests"), kind: "number", cell: (row) => number(row.requests) },
    ],
  };
}
