// What could not be used, page by page: it is no list of items.

import { useAnswer } from "../answer.js";
import { Instant, number, zone } from "../format.js";
import { html } from "../html.js";
import { language, word } from "../language.js";
import { Answered } from "../parts/card.js";
import { Because } from "../parts/because.js";
import { Table } from "../parts/table.js";
import { href, itemHref } from "../router.js";
import { sourceName } from "../states.js";

const csv = () => `api/list/rejected/csv?${new URLSearchParams({ zone: zone(), lang: language() })}`;
const NUMBER = /^[A-Z]{2}\d{9}[A-Z]{2}$/;

export function Rejected({ route: { query } }) {
  const seen = useAnswer(`list/rejected?${new URLSearchParams(query)}`);
  const columns = [
    { title: word("when"), kind: "second", cell: (row) => html`<${Instant} of=${row.last_at} style="full" />` },
    { title: word("item"), cell: (row) => (NUMBER.test(row.item_no) ? html`<a class="target" href=${itemHref(row.item_no)}>${row.item_no}</a>` : row.item_no) },
    { title: word("reason"), kind: "wide", cell: (row) => html`<${Because} of=${row} />` },
    { title: word("source"), kind: "second", cell: (row) => sourceName(row.source) },
    { title: word("how_often"), kind: "number second", cell: (row) => number(row.times) },
    { title: word("account"), kind: "second", cell: (row) => row.account },
  ];
  return html`
    <div class="head"><h1 tabindex="-1">${word("rejected")}</h1><a class="button end" href=${csv()} download>${word("csv")}</a></div>
    <p class="note">${word("rejected_note")}</p>
    <section class="card"><${Answered} of=${seen}>${(page) => html`
      <${Table} caption=${word("rejected")} columns=${columns} rows=${page.rows} empty=${word("empty_list")} />
      <p class="links">
        ${query.after && html`<a class="button" href=${href("rejected")}>${word("first_page")}</a>`}
        ${page.next && html`<a class="button" href=${href("rejected", { after: page.next })}>${word("next_page")}</a>`}
      </p>`}<//></section>`;
}
