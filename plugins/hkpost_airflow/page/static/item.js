// One item: its timeline, both clocks, the three languages, every request, and when it is asked next and why.

import { Trouble, ask } from "./api.js";
import { card, h, table } from "./dom.js";
import { clock, instant, number, inLanguage, utc } from "./format.js";
import { reasonName, stateBadge, stateName } from "./states.js";
import { leave } from "./frame.js";
import { word } from "./words.js";

export async function item(itemNo) {
  let seen;
  try {
    seen = await ask(`item/${encodeURIComponent(itemNo)}`);
  } catch (error) {
    if (error instanceof Trouble && error.status === 404) return h("section.card", {}, h("h2", {}, itemNo), h("p.empty", {}, word("not_tracked", { item: itemNo })), askNow(itemNo));
    throw error;
  }
  return [
    head(seen),
    h("div.aside", {}, h("div", {}, timeline(seen)), h("div", {}, facts(seen.item), states(seen))),
    requests(seen),
    seen.rejects.length ? rejects(seen) : null,
  ].filter(Boolean);
}

/** The way to the form; Airflow's forms take no values from a link, so the number goes to the clipboard. */
function askNow(itemNo) {
  const copy = async (event) => {
    if (!navigator.clipboard || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    await navigator.clipboard.writeText(itemNo).catch(() => {});
    leave(event.target.href);
  };
  return h("a.button", { href: "../dags/hkpost_track_now", target: "_top", title: word("track_now_title", { item: itemNo }), onclick: copy }, word("track_now"));
}

function head(seen) {
  const row = seen.item;
  return h(
    "section.card.head", {},
    h("h2", {}, row.item_no),
    stateBadge(row.state),
    h("p.lane", {}, `${inLanguage(row, "origin") || row.origin || "?"} → ${inLanguage(row, "destination") || row.destination || "?"}`),
    inLanguage(row, "milestone") ? h("p", {}, inLanguage(row, "milestone")) : null,
    seen.check_digit_holds ? null : h("p.note", {}, word("check_digit")),
    askNow(row.item_no),
  );
}

const LANGUAGES = [["e", "en"], ["c", "zh-Hant"], ["s", "zh-Hans"]];

/** What `row` says in each of the three languages, as `[lang, text]`; a text that two of them share comes once. */
function inEachLanguage(row, stem) {
  const texts = LANGUAGES.map(([suffix, lang]) => [lang, row[`${stem}_${suffix}`]]);
  return texts.filter(([, text], place) => text && texts.findIndex(([, other]) => other === text) === place);
}

function place(event) {
  const names = inEachLanguage(event, "location");
  const country = event.country_iso ?? event.location_code;
  const parts = names.map(([lang, name], at) => [at ? " / " : null, h("span", { lang }, name)]);
  if (country && !names.some(([, name]) => name === country)) parts.push(parts.length ? ", " : null, country);
  return parts.length ? [parts, " · "] : null;
}

function timeline(seen) {
  if (!seen.timeline.length) return card(word("timeline"), h("p.empty", {}, word("no_events")));
  return card(word("timeline"), h("ol.timeline", {}, seen.timeline.map((event) => h(
    "li", { "data-retracted": event.retracted_at ? "true" : null, "data-stage": event.stage },
    h("p.when", {},
      h("span", {}, event.event_time_local ? clock(event.event_time_local) : event.event_time_text || "?"),
      h("small", {}, ` ${word("local_time")}${event.time_zone ? ` (${event.time_zone})` : ""}`),
      event.event_time ? h("small.utc", {}, `${utc(event.event_time)} ${word("utc")}`) : null,
      h("small.precision", {}, word(`precision_${event.time_precision}`)),
    ),
    inEachLanguage(event, "message").map(([lang, text], at) => h(at ? "p.other" : "p.message", { lang }, text)),
    h("p.place", {}, place(event), h("span.type", {}, `${inLanguage(event, "type") || event.event_type} (${event.event_type})`)),
    h("p.seen", {}, word("first_seen", { when: "" }), instant(event.first_seen_at)),
    event.retracted_at ? h("p.retracted", {}, word("retracted", { when: utc(event.retracted_at) })) : null,
  ))));
}

/** PostgreSQL's interval as ISO 8601 (`P2DT6H`) or seconds, in words of the page. */
function interval(value) {
  const seconds = typeof value === "number" ? value : iso(value);
  const hours = seconds / 3600;
  return hours % 24 === 0 && hours >= 24 ? `${hours / 24} d` : `${Math.round(hours * 10) / 10} h`;
}

function iso(text) {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = /^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(text) ?? [];
  return Number(days) * 86400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function nextPoll(row) {
  if (row.is_loading) return word("is_loading");
  if (!row.next_poll_at) return word("never");
  const when = new Date(row.next_poll_at) <= new Date() ? word("due") : instant(row.next_poll_at, { year: "numeric" });
  if (!row.is_open) return [when, h("small", {}, word("confirm"))];
  if (!row.poll_after) return when;
  const rule = word("why_poll", { share: `${Math.round(Number(row.silence_share) * 100)} %`, least: interval(row.poll_after), most: interval(row.poll_at_most) });
  return [when, h("small", {}, rule)];
}

function facts(row) {
  const pairs = [
    [word("next_poll"), nextPoll(row)],
    [word("from_to"), `${inLanguage(row, "origin") || row.origin || "–"} – ${inLanguage(row, "destination") || row.destination || "–"}`],
    [word("posted"), clock(row.posted_at_local)],
    [word("posted_at"), inLanguage(row, "drop_off_point")],
    [word("delivered_at"), row.delivered_at ? instant(row.delivered_at, { year: "numeric" }) : ""],
    [word("closed"), row.closed_at ? [instant(row.closed_at, { year: "numeric" }), ` · ${reasonName(row.close_reason)}`] : ""],
    [word("last_code"), [row.api_status, row.api_message].filter((value) => value !== null && value !== "").join(" ")],
    [word("last_polled"), instant(row.last_polled_at, { year: "numeric" })],
    [word("last_changed"), instant(row.last_changed_at, { year: "numeric" })],
    [word("polls"), number(row.poll_count)],
    [word("order"), row.source_ref],
    [word("registered"), instant(row.registered_at, { year: "numeric" })],
    [word("account"), row.account],
  ];
  return card(word("item"), h("dl", {}, pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value)))));
}

function states(seen) {
  return card(word("states"), table(word("states"), [
    { title: word("when"), cell: (row) => instant(row.changed_at) },
    { title: word("to"), cell: (row) => `${row.from_state ? `${stateName(row.from_state)} → ` : ""}${stateName(row.to_state)}` },
    { title: word("cause"), cell: (row) => row.cause ?? "" },
  ], seen.states, "–"));
}

function requests(seen) {
  return card(word("item_requests"), table(word("item_requests"), [
    { title: word("call"), kind: "number", cell: (row) => row.call_id },
    { title: word("when"), cell: (row) => instant(row.sent_at, { year: "numeric", second: "2-digit" }) },
    { title: word("outcome"), cell: (row) => row.outcome },
    { title: word("status"), kind: "number", cell: (row) => row.api_status ?? row.http_status ?? "–" },
    { title: word("items"), kind: "number", cell: (row) => row.item_count },
    { title: word("latency"), kind: "number", cell: (row) => (row.latency_ms === null ? "–" : `${number(row.latency_ms)} ms`) },
    { title: word("account"), cell: (row) => row.account },
    { title: word("error"), kind: "wide", cell: (row) => row.error ?? "" },
  ], seen.requests, "–"));
}

function rejects(seen) {
  return card(word("rejects"), table(word("rejects"), [
    { title: word("when"), cell: (row) => instant(row.last_at) },
    { title: word("source"), cell: (row) => row.source },
    { title: word("reason"), kind: "wide", cell: (row) => row.reason },
    { title: word("how_often"), kind: "number", cell: (row) => row.times },
  ], seen.rejects, "–"));
}
