// The morning line: all is well, or what needs a person, each with what to do and the way there.

import { useAnswer } from "../answer.js";
import { ago, at, isKnown, number, secondsSince, span } from "../format.js";
import { html } from "../html.js";
import { hasWord, word } from "../language.js";
import { Failed } from "../parts/card.js";
import { href, itemHref } from "../router.js";

const BEGINNING = ["never_run", "no_connection"];
/** What can wait until the rest is done. */
const MILD = [...BEGINNING, "unclassified", "lanes_worse"];

export function Morning() {
  const { answer: seen, trouble, again } = useAnswer("morning");
  if (!seen) {
    return html`<section class="morning" aria-busy=${!trouble}>
      <h1 tabindex="-1" data-title=${word("today")}>${word("today")}</h1>
      ${trouble && html`<${Failed} trouble=${trouble} again=${again} />`}
    </section>`;
  }
  const isNew = seen.needs.some(({ kind }) => BEGINNING.includes(kind));
  const title = !seen.needs.length ? word("all_well")
    : isNew ? word("not_begun")
    : word(seen.needs.length === 1 ? "one_need" : "needs", { count: number(seen.needs.length) });
  const tone = !seen.needs.length ? "good" : seen.needs.every(({ kind }) => MILD.includes(kind)) ? "waiting" : "alarm";
  return html`<section class="morning" data-tone=${tone}>
    <h1 tabindex="-1" data-title=${word("today")}><span class="mark" aria-hidden="true">${seen.needs.length ? "!" : "✓"}</span>${title}</h1>
    <p class="lately">${lately(seen)}</p>
    ${seen.needs.length > 0 && html`<ol class="needs">${seen.needs.map((need) => html`<${Need} need=${need} now=${seen.now} />`)}</ol>`}
  </section>`;
}

function lately({ last_run: run, counted_at: counted, now }) {
  const parts = [];
  if (run?.ended_at) parts.push(word("last_run", { time: at(run.ended_at), items: number(run.answered) }));
  else if (run) parts.push(word("running_since", { time: at(run.started_at) }));
  if (counted) parts.push(word("counts_age", { span: span(Math.max(secondsSince(counted, now), 0)) }));
  return parts.join(word("sentence_gap"));
}

function Need({ need, now }) {
  const { kind, account, since, n, detail, link } = need;
  return html`<li data-kind=${kind}>
    <div>
      <h2>${word(`need_${kind}`)}${isKnown(n) && html` <span class="badge" data-tone="neutral">${number(n)}</span>`}
        ${" "}<small>${[account, since && ago(since, now)].filter(Boolean).join(" · ")}</small></h2>
      ${hasWord(`todo_${kind}`) && html`<p>${word(`todo_${kind}`)}</p>`}
      ${detail && html`<p class="note" lang="en">${detail}</p>`}
    </div>
    ${address(link) && html`<a class="button" href=${address(link)} target=${link.dag ? "_top" : undefined}>${word(link.dag ? "look_airflow" : "look")}</a>`}
  </li>`;
}

function address(link) {
  if (!link) return null;
  if (link.list) return href("items", link.list);
  if (link.item) return itemHref(link.item);
  if (link.view === "rejected") return href("rejected"); // The lanes are below.
  if (link.dag) return link.run ? `../dags/${link.dag}/runs/${encodeURIComponent(link.run)}` : `../dags/${link.dag}`;
  return null;
}
