// A chart on a canvas, with the same as a table below it. The library comes when the first chart is drawn.

import { useEffect, useRef } from "preact/hooks";
import { Instant } from "../format.js";
import { html } from "../html.js";
import { language, word } from "../language.js";
import { go } from "../router.js";
import { Answered, Card } from "./card.js";
import { Table } from "./table.js";

let library = null;

function chartJs() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("../vendor/chart.umd.min.js", import.meta.url);
    script.onload = () => resolve(globalThis.Chart);
    script.onerror = () => reject(new Error(script.src));
    document.head.append(script);
  });
  return library;
}

export const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export const axis = (title) => ({ beginAtZero: true, title: { display: true, text: title }, ticks: { precision: 0 } });

/** `config()` is Chart.js's; `pick(dataset, index)` the address that a bar or point leads to. */
function Canvas({ title, config, pick, drawnFor }) {
  const canvas = useRef(null);
  const look = `${document.documentElement.dataset.theme} ${language()} ${drawnFor}`;
  useEffect(() => {
    let drawn = null;
    let isGone = false;
    chartJs().then((Chart) => {
      if (isGone) return;
      Object.assign(Chart.defaults, { color: color("muted"), borderColor: color("line") });
      Chart.defaults.font.family = color("font");
      const { options, ...rest } = config();
      const reached = (event, chart) => chart.getElementsAtEventForMode(event, "nearest", { intersect: true }, false)[0];
      drawn = new Chart(canvas.current, {
        ...rest,
        options: {
          responsive: true, maintainAspectRatio: false, animation: false, interaction: { mode: "index", intersect: false },
          onClick: (event, _, chart) => {
            const hit = pick && reached(event, chart);
            if (hit) go(pick(hit.datasetIndex, hit.index));
          },
          onHover: (event, _, chart) => (canvas.current.style.cursor = pick && reached(event, chart) ? "pointer" : ""),
          ...options,
        },
      });
      canvas.current.dataset.drawn = "true";
    });
    return () => {
      isGone = true;
      drawn?.destroy();
    };
  }, [look]);
  return html`<div class="canvas"><canvas ref=${canvas} role="img" aria-label=${title}></canvas></div>`;
}

/** `series(data)` gives {config, pick, columns, rows, drawnFor} of an answer. */
export function Chart({ name, title, note, of, series, children }) {
  return html`<${Card} title=${title} class="chart" data-chart=${name}>
    <${Answered} of=${of}>${(data) => {
      if (!data.rows.length) return html`<p class="empty">${word(data.taken_at === null ? "no_count" : "no_data")}</p>`;
      const { columns, rows, ...drawing } = series(data);
      return html`
        <p class="note">${note(data)}${data.taken_at && html` (${word("as_of")} <${Instant} of=${data.taken_at} />)`}</p>
        ${children?.(data)}
        <${Canvas} title=${title} ...${drawing} />
        <details><summary>${word("as_table")}</summary><${Table} caption=${title} columns=${columns} rows=${rows} empty=${word("no_data")} /></details>`;
    }}<//>
  <//>`;
}
