// The four charts; each can be read as a table too.

import { ask } from "./api.js";
import { append, card, h, table } from "./dom.js";
import { instant, number, inLanguage, zone } from "./format.js";
import { inOrder, stateName, tone } from "./states.js";
import { language, stageName, word } from "./words.js";

let library = null;

function chartJs() {
  library ??= new Promise((resolve, reject) => {
    const script = h("script", { src: "static/vendor/chart.umd.min.js", onload: () => resolve(globalThis.Chart), onerror: () => reject(new Error("chart.js")) });
    document.head.append(script);
  });
  return library;
}

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const palette = () => [1, 2, 3, 4, 5, 6, 7, 8, 9].map((place) => css(`--series-${place}`));

export function charts(seen) {
  const ceiling = seen.quotas.reduce((most, quota) => most + (quota.requests_a_minute_at_most ?? 0), 0);
  return [
    chartCard("lead_time", word("lead_time"), () => word("lead_time_note"), leadTime),
    chartCard("funnel", word("funnel"), (data) => word("funnel_note", data), funnel),
    chartCard("backlog", word("backlog"), () => word("backlog_note"), backlog),
    chartCard("pace", word("pace"), (data) => word("pace_note", { hours: data.hours, ceiling: number(ceiling) }), (data) => pace(data, ceiling)),
  ];
}

function chartCard(name, title, note, drawing) {
  const place = h("div.chart", {}, h("p.empty", {}, word("loading")));
  const box = card(title, place);
  box.dataset.chart = name;
  ask(`chart/${name}`)
    .then(async (data) => {
      place.replaceChildren();
      box.querySelector("h2").after(h("p.note", {}, note(data), data.taken_at ? [" (", word("as_of", { when: "" }), instant(data.taken_at), ")"] : null));
      if (!data.rows.length) return place.append(h("p.empty", {}, word(data.taken_at === null ? "no_count" : "no_data")));
      const { config, controls, columns, rows } = drawing(data);
      const canvas = h("canvas", { role: "img", "aria-label": title });
      append(place, [controls?.element, h("div.canvas", {}, canvas)]);
      append(box, [h("details", {}, h("summary", {}, word("as_table")), table(title, columns, rows, word("no_data")))]);
      const Chart = await chartJs();
      Chart.defaults.font.family = css("--font");
      Chart.defaults.color = css("--muted");
      Chart.defaults.borderColor = css("--line");
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const drawn = new Chart(canvas, { ...config(), options: { responsive: true, maintainAspectRatio: false, animation: calm ? false : { duration: 250 }, interaction: { mode: "index", intersect: false }, ...config().options } });
      controls?.onchange(() => Object.assign(drawn.data, config().data) && drawn.update());
      box.dataset.drawn = "true";
    })
    .catch((error) => place.replaceChildren(h("p.empty", { role: "alert" }, word("failed", { why: error.message }))));
  return box;
}

const axis = (title) => ({ beginAtZero: true, title: { display: true, text: title }, ticks: { precision: 0 } });

function leadTime(data) {
  const destinations = new Map();
  for (const row of data.rows) {
    if (!destinations.has(row.destination)) destinations.set(row.destination, []);
    destinations.get(row.destination).push(row);
  }
  const name = (code) => inLanguage(destinations.get(code)[0], "name") || code;
  const weeks = [...new Set(data.rows.map((row) => row.week_start))].sort();
  const volume = (code) => destinations.get(code).reduce((total, row) => total + Number(row.n), 0);
  const ordered = [...destinations.keys()].sort((a, b) => volume(b) - volume(a));
  const choice = h("select", { "aria-label": word("destination") }, ordered.map((code) => h("option", { value: code }, name(code))));
  const series = (code, key) => {
    const known = new Map(destinations.get(code).map((row) => [row.week_start, row[key] === null ? null : Number(row[key])]));
    return weeks.map((week) => known.get(week) ?? null);
  };
  const config = () => {
    const [color, other] = palette();
    const line = { tension: 0.25, spanGaps: true, pointRadius: 3, borderWidth: 2 };
    return {
      type: "line",
      data: { labels: weeks.map((week) => week.slice(5)), datasets: [
        { ...line, label: word("median"), data: series(choice.value, "p50_days"), borderColor: color, backgroundColor: color },
        { ...line, label: word("p90"), data: series(choice.value, "p90_days"), borderColor: other, backgroundColor: other, borderDash: [6, 4] },
      ] },
      options: { scales: { y: axis(word("days")) }, plugins: { legend: { labels: { usePointStyle: true, boxHeight: 6 } } } },
    };
  };
  return {
    config, rows: data.rows,
    controls: { element: choice, onchange: (redraw) => choice.addEventListener("change", redraw) },
    columns: [
      { title: word("destination"), cell: (row) => inLanguage(row, "name") || row.destination },
      { title: word("week"), cell: (row) => row.week_start },
      { title: word("posted"), kind: "number", cell: (row) => number(row.items_posted) },
      { title: word("delivered"), kind: "number", cell: (row) => number(row.n) },
      { title: word("still_open"), kind: "number", cell: (row) => number(row.items_open) },
      { title: word("p50_days"), kind: "number", cell: (row) => number(row.p50_days) },
      { title: word("p90_days"), kind: "number", cell: (row) => number(row.p90_days) },
    ],
  };
}

function funnel(data) {
  const share = (row) => (Number(row.items) ? Math.round((Number(row.items_reached) / Number(row.items)) * 100) : 0);
  return {
    rows: data.rows,
    config: () => ({
      type: "bar",
      data: { labels: data.rows.map((row) => stageName(row.stage)), datasets: [{ label: word("reached"), data: data.rows.map((row) => Number(row.items_reached)), backgroundColor: palette()[0], borderRadius: 3 }] },
      options: { indexAxis: "y", scales: { x: axis(word("items")) }, plugins: { legend: { display: false }, tooltip: { callbacks: { afterLabel: (point) => `${share(data.rows[point.dataIndex])} %` } } } },
    }),
    columns: [
      { title: word("stage"), cell: (row) => stageName(row.stage) },
      { title: word("items"), kind: "number", cell: (row) => number(row.items) },
      { title: word("reached"), kind: "number", cell: (row) => number(row.items_reached) },
      { title: word("share"), kind: "number", cell: (row) => `${share(row)} %` },
    ],
  };
}

const SERIES = { neutral: [2, 5, 4, 8, 9, 1], good: [1], waiting: [3, 6], alarm: [7] };

/** A colour for each state, of its tone; those of one tone take turns. */
function stateColors(states) {
  const turns = {};
  return states.map((state) => {
    const places = SERIES[tone(state)];
    const turn = (turns[tone(state)] = (turns[tone(state)] ?? -1) + 1);
    return css(`--series-${places[turn % places.length]}`);
  });
}

function backlog(data) {
  const days = [...new Set(data.rows.map((row) => row.day))].sort();
  const states = inOrder(new Set(data.rows.map((row) => row.state)));
  const colors = stateColors(states);
  const of = (state, day) => Number(data.rows.find((row) => row.state === state && row.day === day)?.items ?? 0);
  return {
    rows: data.rows,
    config: () => ({
      type: "bar",
      data: { labels: days.map((day) => day.slice(5)), datasets: states.map((state, place) => ({ label: stateName(state), data: days.map((day) => of(state, day)), backgroundColor: colors[place], maxBarThickness: 48 })) },
      options: { scales: { x: { stacked: true }, y: { ...axis(word("items")), stacked: true } }, plugins: { legend: { labels: { usePointStyle: true, boxHeight: 6 } } } },
    }),
    columns: [
      { title: word("day"), cell: (row) => row.day },
      { title: word("state"), cell: (row) => stateName(row.state) },
      { title: word("items"), kind: "number", cell: (row) => number(row.items) },
    ],
  };
}

function pace(data, ceiling) {
  const accounts = [...new Set(data.rows.map((row) => row.account))];
  const at = new Map(data.rows.map((row) => [`${row.account} ${Date.parse(row.minute)}`, Number(row.requests)]));
  const times = data.rows.map((row) => Date.parse(row.minute));
  const minutes = [];
  for (let minute = Math.min(...times); minute <= Math.max(...times); minute += 60_000) minutes.push(minute);
  const label = (minute) => new Date(minute).toLocaleTimeString(language() === "zh" ? "zh-Hant-HK" : "en-GB", { timeZone: zone(), hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return {
    rows: data.rows,
    config: () => ({
      data: { labels: minutes.map(label), datasets: [
        ...accounts.map((account, place) => ({ type: "bar", label: account, stack: "requests", data: minutes.map((minute) => at.get(`${account} ${minute}`) ?? 0), backgroundColor: palette()[place % 9], maxBarThickness: 24 })),
        { type: "line", label: word("ceiling"), data: minutes.map(() => ceiling), borderColor: css("--alarm"), backgroundColor: css("--alarm"), borderDash: [6, 4], borderWidth: 1.5, pointRadius: minutes.length === 1 ? 2 : 0 },
      ] },
      options: { scales: { x: { stacked: true, ticks: { maxTicksLimit: 8, maxRotation: 0 } }, y: axis(word("requests")) }, plugins: { legend: { labels: { usePointStyle: true, boxHeight: 6 } } } },
    }),
    columns: [
      { title: word("minute"), cell: (row) => instant(row.minute) },
      { title: word("account"), cell: (row) => row.account },
      { title: word("requests"), kind: "number", cell: (row) => number(row.requests) },
    ],
  };
}
