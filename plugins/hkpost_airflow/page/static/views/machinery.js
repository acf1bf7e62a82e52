// What the pipeline itself does, folded: requests left today, the last runs, wordings without a meaning.

import { ago, Instant, at, number, secondsSince, span } from "../format.js";
import { html } from "../html.js";
import { LANGUAGES, word } from "../language.js";
import { Folded } from "../parts/card.js";
import { Table } from "../parts/table.js";
import { dagHref } from "../router.js";
import { Badge, outcomeName } from "../states.js";
import { Pace } from "./charts.js";

const sum = (rows, key) => rows.reduce((total, row) => total + Number(row[key] ?? 0), 0);

export function Machinery({ seen }) {
  return html`<${Quota} seen=${seen} /><${Runs} seen=${seen} /><${Wordings} seen=${seen} />`;
}

function Quota({ seen }) {
  const [usable, broken] = [seen.quotas.filter((quota) => !quota.problem), seen.quotas.filter((quota) => quota.problem)];
  const summary = [usable.length && word("quota_left", { count: number(sum(usable, "left")) }), broken.length && word("accounts_broken", { count: number(broken.length) })].filter(Boolean);
  const ceiling = sum(usable, "requests_a_minute_at_most");
  return html`<${Folded} title=${word("quota")} summary=${summary.join(word("sentence_gap"))} data-part="quota">
    <div class="tiles">${seen.quotas.map((quota) => html`<${Account} quota=${quota} />`)}</div>
    <${Pace} ceiling=${ceiling} />
  <//>`;
}

function Account({ quota }) {
  if (quota.problem) return html`<section class="trouble"><h3>${quota.account}</h3><p>${word("need_account_unusable")}</p><p lang="en"><small>${quota.problem}</small></p></section>`;
  const { used, daily_quota: daily, reserve, needed, left, items_without_quota: waiting } = quota;
  const values = { items: number(waiting), needed: number(needed), left: number(left) };
  const says = word("quota_used", { used: number(used), quota: number(daily) });
  return html`<section>
    <h3>${quota.account}</h3>
    <p class="value">${word("quota_left", { count: number(left) })}</p>
    <progress max="1" value=${Math.min(used / daily, 1)} aria-label=${says}></progress>
    <p>${says}${reserve ? `${word("sentence_gap")}${word("reserve", { count: number(reserve) })}` : ""}</p>
    <p>${lasts(quota)}</p>
    ${waiting ? html`<p><strong>! ${word("forecast", values)}</strong></p>` : needed ? html`<p>${word("forecast_fits", values)}</p>` : null}
  </section>`;
}

function lasts(quota) {
  if (quota.exhausted) return word("exhausted");
  if (quota.lasts_until) return word("lasts", { when: at(quota.lasts_until, "time") });
  return word(quota.requests_last_hour ? "lasts_day" : "idle");
}

const RUN_TONES = { success: "good", failed: "alarm", running: "waiting", queued: "waiting" };
export const RunBadge = ({ state }) => html`<${Badge} tone=${RUN_TONES[state]}>${word(`run_${state}`)}<//>`;

function Runs({ seen }) {
  const [last] = seen.runs;
  const columns = [
    { title: word("run"), cell: (run) => html`<a class="target" href=${dagHref(run.dag_id, run.run_id)} target="_top">${run.dag_id}</a>` },
    { title: word("state"), cell: (run) => html`<${RunBadge} state=${run.state} />` },
    { title: word("started"), cell: (run) => html`<${Instant} of=${run.started_at} /> <small>${ago(run.started_at, seen.now)}</small>` },
    { title: word("took"), kind: "number second", cell: (run) => run.ended_at && span(secondsSince(run.started_at, run.ended_at)) },
    { title: word("asked"), kind: "number second", cell: (run) => number(sum(run.asked, "requests")) },
    { title: word("answered"), kind: "number second", cell: (run) => number(sum(run.asked, "items_answered")) },
    { title: word("trouble"), kind: "wide second", cell: lastTrouble },
  ];
  return html`<${Folded} title=${word("runs")} summary=${last && [word(`run_${last.state}`), ago(last.started_at, seen.now)].join(word("sentence_gap"))} data-part="runs">
    <${Table} caption=${word("runs")} columns=${columns} rows=${seen.runs} empty=${word("no_runs")} />
  <//>`;
}

/** What came of the last request that failed, and what the service or the network said. */
function lastTrouble({ asked }) {
  const row = asked.find(({ last_error: error }) => error);
  return row && html`${outcomeName(row.last_outcome)}<small class="below" lang="en">${row.last_error}</small>`;
}

const TAGS = Object.fromEntries(Object.entries(LANGUAGES).map(([tag, { suffix }]) => [suffix, tag]));

/** The same words often come in several languages' fields: they are one line. */
function Wordings({ seen }) {
  const met = new Map();
  for (const row of seen.unclassified) {
    const key = `${row.kind} ${row.template}`;
    met.set(key, { ...(met.get(key) ?? row), languages: [...(met.get(key)?.languages ?? []), row.lang] });
  }
  const columns = [
    { title: word("message"), kind: "wide", cell: (row) => html`<span lang=${row.languages.length > 1 ? "und" : TAGS[row.lang]}>${row.template}</span>` },
    { title: word("seen_in"), kind: "second", cell: (row) => `${word(`kind_${row.kind}`)} · ${row.languages.sort((a, b) => "ecs".indexOf(a) - "ecs".indexOf(b)).map((lang) => LANGUAGES[TAGS[lang]].name).join(", ")}` },
    { title: word("first_seen"), cell: (row) => ago(row.first_seen_at, seen.now) },
  ];
  return html`<${Folded} title=${word("unclassified")} summary=${seen.unclassified_count ? number(seen.unclassified_count) : word("none_unclassified")} data-part="wordings">
    <p class="note">${word("one_line_each")}</p>
    <${Table} caption=${word("unclassified")} columns=${columns} rows=${[...met.values()]} empty=${word("none_unclassified")} />
  <//>`;
}
