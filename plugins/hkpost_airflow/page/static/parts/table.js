// A table; `columns` are {title, cell, kind}. `kind`: number, wide, or second (left out on a phone).

import { html } from "../html.js";
import { isKnown, NONE } from "../format.js";

export function Table({ caption, columns, rows, empty }) {
  if (!rows.length) return html`<p class="empty">${empty}</p>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${caption}>
    <table>
      <caption class="hidden">${caption}</caption>
      <thead><tr>${columns.map(({ title, kind, sorted }) => html`<th scope="col" class=${kind} aria-sort=${sorted}>${title}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr>${columns.map(({ cell, kind }) => html`<td class=${kind}>${shown(cell(row))}</td>`)}</tr>`)}</tbody>
    </table>
  </div>`;
}

const shown = (value) => (isKnown(value) ? value : NONE);
