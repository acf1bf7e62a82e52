// One box for 1 to 500 numbers or references: where each is, and the unknown ones asked about at once.

import { useEffect, useState } from "preact/hooks";
import { post } from "../api.js";
import { Instant, isKnown, number } from "../format.js";
import { html } from "../html.js";
import { country, named, word } from "../language.js";
import { Card, Failed } from "../parts/card.js";
import { Because } from "../parts/because.js";
import { Table } from "../parts/table.js";
import { go, href, itemHref } from "../router.js";
import { StateBadge } from "../states.js";
import { AskNow } from "./ask_now.js";

export function Find({ route: { query } }) {
  const text = query.q ?? "";
  const [typed, setTyped] = useState(text);
  const [seen, setSeen] = useState({});
  const look = () => post("lookup", { text }).then((answer) => {
    setSeen({ text, answer });
    return answer;
  }, (trouble) => setSeen({ text, trouble }));
  useEffect(() => {
    setTyped(text);
    if (text) look().then((answer) => isOne(answer, text) && location.replace(itemHref(answer.rows[0].item_no)));
  }, [text]);
  const { answer, trouble } = seen.text === text ? seen : {};
  const find = (event) => {
    event.preventDefault();
    if (typed.trim() === text) look();
    else go(href("find", { q: typed.trim() }));
  };
  return html`
    <h1 tabindex="-1">${word("find")}</h1>
    <section class="card"><form class="paste" onSubmit=${find}>
      <label for="paste">${word("paste")}</label>
      <textarea id="paste" rows=${Math.min(Math.max(typed.split("\n").length + 1, 4), 12)} value=${typed} onInput=${(event) => setTyped(event.target.value)} spellcheck=${false}></textarea>
      <p class="note">${word("paste_note")}</p>
      <button type="submit" class="primary">${word("find_button")}</button>
    </form></section>
    ${text && !answer && !trouble && html`<p class="empty" aria-busy="true">${word("loading")}</p>`}
    ${trouble && html`<${Failed} trouble=${trouble} again=${look} />`}
    ${answer && html`<${Found} answer=${answer} again=${look} />`}`;
}

/** A single number or reference that names one item leads straight to it. */
const isOne = (answer, text) => answer?.rows.length === 1 && !answer.untracked.length && !answer.unknown.length && !/[\n,;]/.test(text.trim());

function Found({ answer: { rows, untracked, unknown, too_many: all }, again }) {
  // What is asked about stays in the list of new numbers while its answers come.
  const [asked, setAsked] = useState([]);
  useEffect(() => setAsked((old) => (untracked.length ? untracked : old)), [untracked.join()]);
  const columns = [
    { title: word("item"), cell: (row) => html`<a class="target" href=${itemHref(row.item_no)}>${row.item_no}</a>${row.source_ref && html`<small class="below">${row.source_ref}</small>`}` },
    { title: word("silent"), kind: "number", cell: (row) => number(row.days_silent) },
    { title: word("state"), kind: "wide", cell: (row) => html`<${StateBadge} state=${row.state} />${named(row, "milestone") && html`<small class="below">${named(row, "milestone")}</small>`}` },
    { title: word("destination"), kind: "second", cell: (row) => named(row, "destination") || country(row.destination) },
    { title: word("last_event"), kind: "second", cell: (row) => html`<${Instant} of=${row.last_event_at} />` },
    { title: word("delivered_at"), kind: "second", cell: (row) => html`<${Instant} of=${row.delivered_at} />` },
    { title: word("last_polled"), kind: "second", cell: (row) => html`<${Instant} of=${row.last_polled_at} />` },
  ];
  const numbers = rows.map((row) => row.item_no);
  return html`
    <p class="hidden" role="status">${word("found", { count: number(rows.length) })}</p>
    ${isKnown(all) && html`<p class="trouble">${word("too_many", { count: number(all) })}</p>`}
    ${asked.length > 0 && html`<${Card} title=${word("untracked", { count: number(untracked.length) })} class="untracked">
      <p>${(untracked.length ? untracked : asked).slice(0, 30).join(word("list_gap"))}${untracked.length > 30 && " …"}</p>
      <p class="note">${word("untracked_note")}</p>
      <${AskNow} itemNos=${asked} title=${word("track_these")} onAnswered=${again} />
    <//>`}
    ${rows.length > 0 && html`<${Card} title=${word("found", { count: number(rows.length) })}>
      <${Table} caption=${word("found", { count: number(rows.length) })} columns=${columns} rows=${rows} empty="" />
      <${AskNow} itemNos=${numbers} title=${word("ask_these")} onAnswered=${again} />
    <//>`}
    ${unknown.length > 0 && html`<${Card} title=${word("unknown", { count: number(unknown.length) })}>
      <ul class="unknown">${unknown.map((piece) => html`<li><strong>${piece.text}</strong> <span class="note"><${Because} of=${piece} /></span></li>`)}</ul>
    <//>`}
    ${!rows.length && !asked.length && !unknown.length && html`<p class="empty">${word("nothing_found")}</p>`}`;
}
