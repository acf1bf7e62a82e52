// Counts as bars, each of which leads to its items.

import { html } from "../html.js";
import { number, percent } from "../format.js";

/** `rows` are {name, n, tone, href, share}. The longest bar is the largest count, or `most`. */
export function Bars({ rows, most = Math.max(...rows.map((row) => row.n), 1) }) {
  const total = rows.reduce((sum, row) => sum + row.n, 0);
  return html`<ul class="bars">${rows.map((row) => html`<li><a href=${row.href}>
    <span class="name">${row.name}</span>
    <span class="meter" aria-hidden="true"><span class="fill" data-tone=${row.tone} style=${{ inlineSize: `${(row.n / most) * 100}%` }}></span></span>
    <span class="count">${number(row.n)}</span>
    <span class="share">${percent(row.share ?? row.n / total)}</span>
  </a></li>`)}</ul>`;
}
