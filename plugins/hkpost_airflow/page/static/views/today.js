// Today: what needs a person, the work behind it, where mail slipped, and last what the pipeline itself does.

import { useAnswer } from "../answer.js";
import { html } from "../html.js";
import { word } from "../language.js";
import { Answered, Card } from "../parts/card.js";
import { Bars } from "../parts/bars.js";
import { href } from "../router.js";
import { inOrder, reasonName, stateName, tone } from "../states.js";
import { Backlog, Funnel, LeadTime } from "./charts.js";
import { Lanes } from "./lanes.js";
import { Machinery } from "./machinery.js";
import { Morning } from "./morning.js";
import { Quality } from "./quality.js";
import { Queue } from "./queue.js";

export function Today() {
  const overview = useAnswer("overview");
  return html`<${Morning}>
    <${Queue} />
    <div class="pair">
      <${Card} title=${word("open_items")}><${Answered} of=${overview}>${open}<//><//>
      <${Card} title=${word("closed_today")}><${Answered} of=${overview}>${closed}<//><//>
    </div>
    <${Lanes} />
    <div class="pair"><${LeadTime} /><${Backlog} /></div>
    <${Funnel} />
    <${Quality} />
    <${Answered} of=${overview}>${(seen) => html`<${Machinery} seen=${seen} />`}<//>
  <//>`;
}

function open(seen) {
  const counts = new Map();
  for (const row of seen.open) counts.set(row.state, (counts.get(row.state) ?? 0) + Number(row.items));
  if (!counts.size) return html`<p class="empty">${word(seen.freshness.length ? "none_open" : "no_count")}</p>`;
  return html`<${Bars} rows=${inOrder(counts.keys()).map((state) => (
    { name: stateName(state), n: counts.get(state), tone: tone(state), href: href("items", { state }) }))} />`;
}

function closed(seen) {
  if (!seen.closed_today.length) return html`<p class="empty">${word("nothing_closed")}</p>`;
  return html`<${Bars} rows=${seen.closed_today.map(({ close_reason: reason, items }) => (
    { name: reasonName(reason), n: Number(items), tone: tone(reason), href: href("items", { closed_on: seen.today, reason }) }))} />`;
}
