// Today's overview.

import { ask } from "./api.js";
import { append, card, h, table } from "./dom.js";
import { ago, instant, number, span } from "./format.js";
import { reasonName, stateName, tone } from "./states.js";
import { word } from "./words.js";

const sum = (rows, key) => rows.reduce((total, row) => total + Number(row[key] ?? 0), 0);

export async function today() {
  const seen = await ask("overview");
  const now = new Date(seen.now);
  const uncounted = timeUncounted(seen, now);
  const charts = h("div.charts");
  // The charts, and the library that draws them, come after the first paint.
  requestAnimationFrame(() => import("./charts.js").then((part) => append(charts, part.charts(seen))));
  return [
    h("div.tiles", {}, openTile(seen, uncounted), closedTile(seen), seen.quotas.map((quota) => quotaTile(quota, uncounted)), freshnessTile(seen, now, uncounted), wordingTile(seen)),
    h("div.pair", {}, openCard(seen), closedCard(seen)),
    charts,
    runsCard(seen, now),
    seen.unclassified_count ? wordingCard(seen, now) : null,
  ].filter(Boolean);
}

function tile(title, value, ...lines) {
  return h("section.tile", { "aria-label": title }, h("h2", {}, title), h("p.value", {}, value), lines.filter(Boolean).map((line) => h("p", {}, line)));
}

const COUNT_IS_OLD_MS = 3_600_000;

/** How long ago the open items were counted, in words; null when that was lately: what was due then is due now. */
function timeUncounted(seen, now) {
  const age = seen.freshness.length ? now - new Date(seen.freshness[0].taken_at) : 0;
  return age > COUNT_IS_OLD_MS ? span(age / 1000) : null;
}

function openTile(seen, uncounted) {
  if (!seen.freshness.length) return tile(word("open_items"), "–", word("no_count"));
  const due = sum(seen.freshness, "due_items");
  return tile(
    word("open_items"), number(sum(seen.freshness, "open_items")),
    uncounted ? h("strong", {}, word("due_then", { count: number(due), span: uncounted }))
      : due ? word("due_now", { count: number(due) }) : word("nothing_due"),
    h("span", {}, word("as_of", { when: "" }), instant(seen.freshness[0].taken_at)),
  );
}

function closedTile(seen) {
  const reasons = seen.closed_today.slice(0, 3).map((row) => `${reasonName(row.close_reason)} ${number(row.items)}`);
  return tile(word("closed_today"), number(sum(seen.closed_today, "items")), reasons.join(" · ") || word("nothing_closed"));
}

function quotaTile(quota, uncounted) {
  const title = `${word("quota")} · ${quota.account}`;
  if (quota.problem) return h("section.tile.trouble", { "aria-label": title }, h("h2", {}, title), h("p", {}, quota.problem));
  const used = Math.min(quota.used / quota.daily_quota, 1);
  const bar = h("progress", { max: 1, value: used, "aria-label": word("quota_used", { used: number(quota.used), quota: number(quota.daily_quota) }) });
  const lasts = quota.exhausted ? word("exhausted")
    : quota.lasts_until ? h("span", {}, word("lasts", { when: "" }), instant(quota.lasts_until, { month: undefined, day: undefined }))
    : quota.requests_last_hour ? word("lasts_day") : word("idle");
  const values = { items: number(quota.items_without_quota), needed: number(quota.needed), left: number(quota.left) };
  const forecast = uncounted ? null : quota.items_without_quota ? h("strong", {}, word("forecast", values)) : quota.needed ? word("forecast_fits", values) : null;
  return tile(
    title, [number(quota.left), h("small", {}, ` ${word("quota_left")}`)], bar,
    `${word("quota_used", { used: number(quota.used), quota: number(quota.daily_quota) })}${quota.reserve ? ` · ${word("reserve", { count: number(quota.reserve) })}` : ""}`,
    lasts, forecast,
  );
}

function freshnessTile(seen, now, uncounted) {
  const known = seen.freshness.filter((row) => row.median_age_s !== null);
  if (!known.length) return tile(word("freshness"), "–", uncounted ? word("uncounted", { span: uncounted }) : seen.freshness.length ? word("nothing_waits") : word("never_counted"));
  const worst = known.reduce((a, b) => (a.median_age_s >= b.median_age_s ? a : b));
  const due = known.map((row) => row.oldest_due_at).filter(Boolean).sort()[0];
  return tile(
    word("freshness"), span(worst.median_age_s),
    word("median_age"),
    uncounted ? h("strong", {}, word("uncounted", { span: uncounted })) : null,
    due ? word("oldest_due", { span: span((now - new Date(due)) / 1000) }) : uncounted ? null : word("nothing_waits"),
  );
}

function wordingTile(seen) {
  return tile(word("unclassified"), number(seen.unclassified_count), seen.unclassified_count ? word("one_line_each") : word("none_unclassified"));
}

function bars(rows, key, label) {
  const most = Math.max(...rows.map((row) => Number(row.items)), 1);
  const total = sum(rows, "items");
  return h("ul.bars", {}, rows.map((row) => {
    const meter = h("span.meter", { "aria-hidden": "true" }, h("span.fill", { "data-tone": tone(row[key]) }));
    meter.firstChild.style.inlineSize = `${(Number(row.items) / most) * 100}%`;
    return h("li", {}, h("span.name", {}, label(row[key])), meter, h("span.count", {}, number(row.items)), h("span.share", {}, `${Math.round((Number(row.items) / total) * 100)} %`));
  }));
}

function openCard(seen) {
  const states = new Map();
  for (const row of seen.open) states.set(row.state, (states.get(row.state) ?? 0) + Number(row.items));
  const rows = [...states].map(([state, items]) => ({ state, items })).sort((a, b) => b.items - a.items);
  return card(word("open_items"), rows.length ? bars(rows, "state", stateName) : h("p.empty", {}, seen.freshness.length ? word("empty_list") : word("no_count")));
}

function closedCard(seen) {
  return card(word("closed_today"), seen.closed_today.length ? bars(seen.closed_today, "close_reason", reasonName) : h("p.empty", {}, word("nothing_closed")));
}

function runsCard(seen, now) {
  const total = (run, key) => sum(run.asked, key);
  return card(word("runs"), table(word("runs"), [
    { title: word("run"), cell: (run) => h("a", { href: `../dags/${run.dag_id}/runs/${encodeURIComponent(run.run_id)}`, target: "_top" }, run.dag_id) },
    { title: word("state"), cell: (run) => h("span.badge", { "data-run": run.state }, run.state) },
    { title: word("started"), cell: (run) => h("span", {}, instant(run.started_at), h("small", {}, ` ${ago(run.started_at, now)}`)) },
    { title: word("took"), kind: "number", cell: (run) => (run.ended_at ? span((new Date(run.ended_at) - new Date(run.started_at)) / 1000) : "…") },
    { title: word("asked"), kind: "number", cell: (run) => number(total(run, "requests")) },
    { title: word("answered"), kind: "number", cell: (run) => number(total(run, "items_answered")) },
    { title: word("trouble"), kind: "wide", cell: (run) => run.asked.map((row) => row.last_error).find(Boolean) ?? "" },
  ], seen.runs, word("no_runs")));
}

function wordingCard(seen, now) {
  // The same words often come in several languages' fields.
  const met = new Map();
  for (const row of seen.unclassified) {
    const key = `${row.kind} ${row.template}`;
    if (met.has(key)) met.get(key).languages.push(row.lang);
    else met.set(key, { ...row, languages: [row.lang] });
  }
  return card(word("unclassified"), table(word("unclassified"), [
    { title: word("message"), kind: "wide", cell: (row) => h("span", { lang: row.lang === "e" ? "en" : row.lang === "c" ? "zh-Hant" : "zh-Hans" }, row.template) },
    { title: "", cell: (row) => `${row.kind} · ${row.languages.sort((a, b) => "ecs".indexOf(a) - "ecs".indexOf(b)).map((lang) => word(`lang_${lang}`)).join(", ")}` },
    { title: word("when"), cell: (row) => ago(row.first_seen_at, now) },
  ], [...met.values()], ""));
}
