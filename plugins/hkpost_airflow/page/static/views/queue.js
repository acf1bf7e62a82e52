// The work queue: groups of items that a person looks at, how many there are, and how many more than yesterday.

import { useAnswer } from "../answer.js";
import { isKnown, number } from "../format.js";
import { html } from "../html.js";
import { country, word } from "../language.js";
import { Answered, Card } from "../parts/card.js";
import { href } from "../router.js";

export function Queue() {
  return html`<${Card} title=${word("queue")} class="queue"><${Answered} of=${useAnswer("queue")}>${groups}<//><//>`;
}

function groups({ rows, silent, counted_at: counted }) {
  if (!counted) return html`<p class="empty">${word("no_count")}</p>`;
  return html`
    <ul class="groups">${rows.map(({ group, n, n_yesterday: before, filter }) => html`<li><a href=${href("items", filter)} data-group=${group} data-empty=${n ? undefined : ""}>
      <span class="name">${word(`group_${group}`)}</span>
      <strong class="value">${number(n)}</strong>
      <span class="change" data-worse=${isKnown(before) && n > before ? "" : undefined}>${change(n, before)}</span>
    </a></li>`)}</ul>
    ${silent?.n > 0 && html`<details>
      <summary>${word("silent_more", { count: number(silent.n) })}</summary>
      <p class="note">${word("silent_why")} ${places(silent.destinations)}</p>
      <p><a href=${href("items", { group: "silent" })}>${word("silent_list")}</a></p>
    </details>`}`;
}

function change(n, before) {
  if (!isKnown(before)) return null;
  if (n === before) return word("as_yesterday");
  return word(n > before ? "more_than_yesterday" : "fewer_than_yesterday", { count: number(Math.abs(n - before)) });
}

/** Destinations by name, or how many there are. */
const places = (found) => (Array.isArray(found) ? found.map((code) => country(code)).join(word("list_gap")) : word("destinations", { count: number(found) }));
