// The list of items: any filter, any order, with how many there are; its address is the whole of it.

import { useEffect, useRef } from "preact/hooks";
import { useAnswer } from "../answer.js";
import { at, day, Instant, isKnown, number, percent, zone } from "../format.js";
import { html } from "../html.js";
import { country, hasWord, language, named, word } from "../language.js";
import { Answered } from "../parts/card.js";
import { Table } from "../parts/table.js";
import { go, href, itemHref } from "../router.js";
import { allStates, Badge, isOpenState, reasonName, serviceName, stageName, StateBadge, stateName } from "../states.js";

const GROUPS = ["exception", "failed_delivery", "collection_lapsing", "at_risk", "stuck", "silent", "expired", "not_found"];
const SORTS = ["-days_silent", "-days_open", "promised_on", "expected_p50_at", "-last_event_at", "destination", "item_no"];
const SORTS_OF_CLOSED = ["-days_open", "-last_event_at", "destination", "item_no"];
const CLOSED_GROUPS = ["expired", "not_found"];
const AGES = [7, 14, 30, 60];
const ALARMING = ["exception", "overdue"];

export function Items({ route: { query } }) {
  const { after, ...filter } = query;
  const seen = useAnswer(`items?${new URLSearchParams(query)}`);
  return html`
    <div class="head"><h1 tabindex="-1">${titleOf(filter)}</h1> ${seen.answer && html`<p class="total" role="status">${total(seen.answer)}</p>`}
      <a class="button end" href=${csv(filter)} download>${word("csv")}</a></div>
    <${Groups} filter=${filter} />
    <${Filters} filter=${filter} />
    <section class="card"><${Answered} of=${seen}>${(page) => html`
      ${page.sorted_first && html`<p class="note">${word("sorted_first", { count: number(page.sorted_first) })}</p>`}
      <${Table} caption=${titleOf(filter)} columns=${columns(filter)} rows=${page.rows} empty=${word("empty_list")} />
      <p class="links">
        ${after && html`<a class="button" href=${href("items", filter)}>${word("first_page")}</a>`}
        ${page.next && html`<a class="button" href=${href("items", { ...filter, after: page.next })}>${word("next_page")}</a>`}
      </p>`}<//></section>`;
}

/** What is listed, in words: "Stuck · United States". */
function titleOf({ group, state, reason, closed_on: closed, stage, origin, destination, service, account, week, q }) {
  const parts = [
    group && word(`group_${group}`), state && stateName(state), reason && reasonName(reason), stage && stageName(stage),
    closed && word("closed_on", { day: day(closed) }), week && word("posted_in", { day: day(week) }),
    origin && word("from", { place: country(origin) }), destination && word("to", { place: country(destination) }),
    service && serviceName(service), account, q,
  ].filter(Boolean);
  return parts.join(" · ") || word("open_items");
}

const total = ({ total: count, total_is_at_least: more }) => word(more ? "total_at_least" : count === 1 ? "one_item" : "total", { count: number(count) });

const csv = (filter) => `api/items/csv?${new URLSearchParams({ ...filter, zone: zone(), lang: language() })}`;

function Groups({ filter }) {
  const chips = useRef(null);
  useEffect(() => chips.current.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }), [filter.group]);
  const chip = (group, name) => html`<a href=${href("items", group && { group })} aria-current=${filter.group === group && (group || !Object.keys(filter).length) ? "true" : undefined}>${name}</a>`;
  return html`<nav class="chips" ref=${chips} aria-label=${word("queue")}>${chip(undefined, word("all_open"))}${GROUPS.map((group) => chip(group, word(`group_${group}`)))}</nav>`;
}

function Filters({ filter }) {
  const lanes = useAnswer("lanes", true).answer?.rows ?? [];
  const accounts = useAnswer("may", true).answer?.accounts ?? [];
  const pick = (name) => (event) => go(href("items", { ...filter, [name]: event.target.value }));
  const choice = (name, options, none = word("any")) => html`<label>${word(`filter_${name}`)}
    <select name=${name} value=${filter[name] ?? ""} onChange=${pick(name)}>
      <option value="">${none}</option>
      ${including(options, filter[name]).map(([value, text]) => html`<option value=${value}>${text}</option>`)}
    </select></label>`;
  const different = (key) => [...new Set(lanes.map((row) => row[key]).filter(Boolean))];
  const states = allStates().filter((state) => !filter.group || state.is_open);
  const isPhone = matchMedia("(max-width: 45rem)").matches;
  return html`<details class="filterbox" open=${!isPhone}><summary>${word("filters")}</summary>
  <form class="filters" aria-label=${word("filters")} onSubmit=${(event) => event.preventDefault()}>
    ${choice("state", states.map(({ state }) => [state, stateName(state)]))}
    ${choice("destination", different("destination").map((code) => [code, country(code)]).sort(([, a], [, b]) => a.localeCompare(b, language())))}
    ${choice("service", different("service").sort().map((letter) => [letter, serviceName(letter)]))}
    ${accounts.length > 1 && choice("account", accounts.map((name) => [name, name]))}
    ${choice("silent_days_min", AGES.map((days) => [String(days), word("at_least_days", { days })]))}
    ${choice("age_days_min", AGES.map((days) => [String(days), word("at_least_days", { days })]))}
    ${choice("sort", SORTS.filter((sort) => !isOfClosed(filter) || SORTS_OF_CLOSED.includes(sort) || sort === filter.sort).map((sort) => [sort, word(`sort_${sort.replace("-", "")}`)]), word("sort_usual"))}
    ${Object.keys(filter).length > 0 && html`<a class="clear" href=${href("items")}>${word("clear")}</a>`}
  </form></details>`;
}

/** The choices, with what is chosen by the address though it is none of them. */
function including(options, chosen) {
  return !chosen || options.some(([value]) => value === chosen) ? options : [...options, [chosen, chosen]];
}

/** Whether a list is of closed items alone; a week of posting has open ones too. */
const isOfClosed = ({ group, state, reason, closed_on: closed, week }) =>
  Boolean(reason || closed || CLOSED_GROUPS.includes(group) || (state && !isOpenState(state) && !week));

function columns(filter) {
  const sorted = (key) => ({ [key]: "ascending", [`-${key}`]: "descending" })[filter.sort ?? ""];
  const isClosed = isOfClosed(filter);
  return [
    { title: word("item"), sorted: sorted("item_no"), cell: (row) => html`<a class="target" href=${itemHref(row.item_no)}>${row.item_no}</a>${row.source_ref && html`<small class="below">${row.source_ref}</small>`}` },
    isClosed
      ? { title: word("closed"), cell: (row) => html`<${Instant} of=${row.closed_at} /><small class="below">${row.close_reason !== row.state && row.close_reason && reasonName(row.close_reason)}</small>` }
      : { title: word("silent"), kind: "number", sorted: sorted("days_silent"), cell: silent },
    { title: word("state"), kind: "wide", sorted: sorted("state"), cell: (row) => html`<${StateBadge} state=${row.state} />${also(row, filter)}${milestone(row)}` },
    { title: word("destination"), kind: "second", sorted: sorted("destination"), cell: (row) => html`${named(row, "destination") || country(row.destination)}<small class="below">${row.service && serviceName(row.service)}</small>` },
    { title: word("days_open"), kind: "number second", sorted: sorted("days_open"), cell: (row) => number(row.days_open) },
    !isClosed && { title: word("expected"), kind: "second", sorted: sorted("expected_p50_at"), cell: expected },
    !isClosed && { title: word("promise"), kind: "second", sorted: sorted("promised_on"), cell: promise },
    { title: word("last_event"), kind: "second", sorted: sorted("last_event_at"), cell: (row) => html`<${Instant} of=${row.last_event_at} />` },
  ].filter(Boolean);
}

/** What the service calls the state, where that says more. */
const milestone = (row) => ![stateName(row.state), ""].includes(named(row, "milestone")) && html`<small class="below">${named(row, "milestone")}</small>`;

function silent(row) {
  const usual = row.lane_reports === false ? word("reports_not") : isKnown(row.usual_days) ? word("usual", { days: number(row.usual_days) }) : "";
  return html`<strong>${number(row.days_silent)}</strong>${usual && html`<small class="below">${usual}</small>`}`;
}

/** The queues that an item is in besides the one that is listed; what is overdue is not at risk any more. */
function also(row, filter) {
  const isOverdue = row.promise_status === "overdue";
  const queues = (row.groups ?? []).filter((queue) => ![filter.group, "silent", row.state, isOverdue && "at_risk"].includes(queue));
  return [...queues, ...(isOverdue ? ["overdue"] : [])].map((name) => html` <${Badge} tone=${ALARMING.includes(name) ? "alarm" : "waiting"}>${word(`badge_${name}`)}<//>`);
}

function expected(row) {
  if (!isKnown(row.expected_p50_at)) return null;
  return html`${at(row.expected_p50_at, "day")}${isKnown(row.expected_p90_at) && html`<small class="below">${word("at_latest", { day: at(row.expected_p90_at, "day") })}</small>`}`;
}

function promise(row) {
  if (!isKnown(row.promised_on)) return null;
  if (row.promise_status === "overdue") return day(row.promised_on);
  const says = isKnown(row.p_by_promise) ? word("chance", { share: percent(row.p_by_promise) }) : hasWord(`promise_${row.promise_status}`) && word(`promise_${row.promise_status}`);
  return html`${day(row.promised_on)}${says && html`<small class="below">${says}</small>`}`;
}
