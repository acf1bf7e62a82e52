// The morning line: all is well, or what needs a person, each with what to do and the way there.

import { useAnswer } from "../answer.js";
import { ago, at, isKnown, number, secondsSince, span } from "../format.js";
import { html } from "../html.js";
import { hasWord, lane, word } from "../language.js";
import { Card, Failed } from "../parts/card.js";
import { Filled } from "../parts/filled.js";
import { dagHref, href, itemHref } from "../router.js";
import { outcomeName, reasonName, serviceName } from "../states.js";

const BEGINNING = ["never_run", "no_connection"];
/** What can wait until the rest is done. */
const MILD = [...BEGINNING, "unclassified", "lanes_worse"];

/** Children are what else there is to see once a run has ended. */
export function Morning({ children }) {
  const { answer: seen, trouble, again } = useAnswer("morning");
  if (!seen) {
    return html`<section class="morning" aria-busy=${!trouble}>
      <h1 tabindex="-1" data-title=${word("today")}>${word("today")}</h1>
      ${trouble && html`<${Failed} trouble=${trouble} again=${again} />`}
    </section>${children}`;
  }
  const missing = seen.needs.find(({ kind }) => BEGINNING.includes(kind));
  const needs = seen.needs.filter((need) => need !== missing);
  const title = !seen.needs.length ? word("all_well")
    : missing ? word("not_begun")
    : word(needs.length === 1 ? "one_need" : "needs", { count: number(needs.length) });
  const tone = !seen.needs.length ? "good" : seen.needs.every(({ kind }) => MILD.includes(kind)) ? "waiting" : "alarm";
  return html`<section class="morning" data-tone=${tone}>
    <h1 tabindex="-1" data-title=${word("today")}><span class="mark" aria-hidden="true">${seen.needs.length ? "!" : "✓"}</span>${title}</h1>
    <p class="lately">${[missing && word(`need_${missing.kind}`), lately(seen)].filter(Boolean).join(word("sentence_gap"))}</p>
    ${needs.length > 0 && html`<ol class="needs">${needs.map((need) => html`<${Need} need=${need} now=${seen.now} />`)}</ol>`}
  </section>
  ${missing ? html`<${Beginning} names=${seen.names} />` : children}`;
}

/** Before the first run: the three things to do, each with the way there. */
function Beginning({ names }) {
  const step = (key, address, name, target) => html`<li><p>${word(key, names)}</p> <a class="button" href=${address} target=${target}>${name}</a></li>`;
  return html`<${Card} title=${word("begin")}><ol class="begin">
    ${step("begin_connections", "../connections", word("connections"), "_top")}
    ${step("begin_items", href("find"), word("find"))}
    ${step("begin_run", dagHref(names.tracking), word("look_airflow"), "_top")}
  </ol><//>`;
}

function lately({ last_run: run, counted_at: counted, now }) {
  const parts = [];
  if (run?.ended_at) parts.push(word("last_run", { time: at(run.ended_at), items: number(run.answered) }));
  else if (run) parts.push(word("running_since", { time: at(run.started_at) }));
  if (counted) parts.push(word("counts_age", { span: span(Math.max(secondsSince(counted, now), 0)) }));
  return parts.join(word("sentence_gap"));
}

function Need({ need, now }) {
  const { kind, account, since, n, detail, details, link } = need;
  const says = `says_${kind}`;
  return html`<li data-kind=${kind}>
    <div>
      <h2>${word(`need_${kind}`)}${isKnown(n) && html` <span class="badge" data-tone="neutral">${number(n)}</span>`}
        ${" "}<small>${[account, since && ago(since, now)].filter(Boolean).join(" · ")}</small></h2>
      ${hasWord(`todo_${kind}`) && html`<p>${word(`todo_${kind}`)}</p>`}
      ${details && hasWord(says) ? html`<p class="note"><${Filled} name=${says} values=${inWords(details)} /></p>` : detail && html`<p class="note" lang="en">${detail}</p>`}
    </div>
    ${address(link) && html`<a class="button" href=${address(link)} target=${link.dag || link.page ? "_top" : undefined}>${word(link.page ?? (link.dag ? "look_airflow" : "look"))}</a>`}
  </li>`;
}

/** The values of an alert (find_alerts.sql) as people read them. */
function inWords({ since, outcome, origin, destination, service, reasons, ...values }) {
  const numbers = Object.entries(values).map(([name, value]) => [name, typeof value === "number" ? number(value, 1) : value]);
  return {
    ...Object.fromEntries(numbers), since: since && at(since), outcome: outcome && outcomeName(outcome),
    reasons: reasons?.map(reasonName).join(word("list_gap")),
    lane: destination && [lane({ origin, destination }), service && serviceName(service)].filter(Boolean).join(" "),
  };
}

function address(link) {
  if (!link) return null;
  if (link.list) return href("items", link.list);
  if (link.item) return itemHref(link.item);
  if (link.view === "rejected") return href("rejected"); // The lanes are below.
  if (link.page) return `../${link.page}`;
  if (link.dag) return dagHref(link.dag, link.run);
  return null;
}
