// What needs a person, page by page, and the results of a search.

import { ask } from "./api.js";
import { card, h, table } from "./dom.js";
import { instant, number, inLanguage } from "./format.js";
import { stateBadge } from "./states.js";
import { word } from "./words.js";

const itemLink = (row) => (row.item_no ? h("a", { href: `#/item/${encodeURIComponent(row.item_no)}` }, row.item_no) : "–");
const ITEM = { title: () => word("item"), cell: itemLink };
const when = (key, name) => ({ title: () => word(name), cell: (row) => instant(row[key], { year: "numeric" }) });
const text = (key, name, kind) => ({ title: () => word(name), kind, cell: (row) => row[key] ?? "" });
const count = (key, name) => ({ title: () => word(name), kind: "number", cell: (row) => number(row[key]) });

const CLOSED = [
  ITEM, when("closed_at", "closed"), text("api_status", "status", "number"), text("api_message", "message", "wide"),
  text("destination", "destination"), when("last_event_at", "last_event"), count("event_count", "events"),
  count("poll_count", "polls"), text("source_ref", "order"), text("account", "account"),
];
const LISTS = {
  stuck: {
    title: "stuck", note: "stuck_note",
    columns: [
      ITEM, { title: () => word("state"), cell: (row) => stateBadge(row.state) },
      text("destination", "destination"), count("silent_days", "silent"), count("stuck_days", "usual"), count("times_the_limit", "times"),
      { title: () => word("lane_reports"), cell: (row) => (row.lane_reports === null ? "–" : word(row.lane_reports ? "yes" : "no")) },
      count("lane_delivered_items", "lane_items"), when("last_event_at", "last_event"), { title: () => word("milestone"), kind: "wide", cell: (row) => inLanguage(row, "milestone") }, text("source_ref", "order"),
    ],
  },
  expired: { title: "expired", note: "expired_note", columns: CLOSED },
  not_found: { title: "not_found_list", note: "not_found_note", columns: CLOSED },
  rejected: {
    title: "rejected", note: "rejected_note",
    columns: [when("last_at", "when"), text("source", "source"), ITEM, text("reason", "reason", "wide"), text("times", "how_often", "number"), text("call_id", "call", "number"), text("account", "account")],
  },
};

export async function list(name, after = "") {
  const shown = LISTS[name] ?? LISTS.stuck;
  const key = LISTS[name] ? name : "stuck";
  const page = await ask(`list/${key}?after=${encodeURIComponent(after)}`);
  const columns = shown.columns.map((column) => ({ ...column, title: column.title() }));
  const links = [
    after ? h("a.button", { href: `#/list/${key}` }, word("first_page")) : null,
    page.next ? h("a.button", { href: `#/list/${key}/${encodeURIComponent(page.next)}` }, word("next_page")) : null,
    page.rows.length ? h("a.button", { href: `api/list/${key}/csv`, download: true }, word("csv")) : null,
  ];
  return card(word(shown.title), h("p.note", {}, word(shown.note)), table(word(shown.title), columns, page.rows, word("empty_list")), h("p.links", {}, links));
}

function untrackedNote(numbers) {
  if (!numbers.length) return null;
  const links = numbers.map((item_no) => itemLink({ item_no }));
  return h("p.untracked", {}, word("untracked"), " ", links.flatMap((link, place) => (place ? [", ", link] : [link])));
}

export async function results(words = "") {
  const { rows, untracked } = await ask(`search?q=${encodeURIComponent(words)}`);
  if (rows.length + untracked.length === 1 && rows.length) {
    location.replace(`#/item/${encodeURIComponent(rows[0].item_no)}`);
    return [];
  }
  return card(word("results"), h("p.note", {}, words), untrackedNote(untracked), table(word("results"), [
    { title: word("item"), cell: itemLink },
    { title: word("state"), cell: (row) => stateBadge(row.state) },
    { title: word("destination"), cell: (row) => row.destination ?? "" },
    { title: word("milestone"), kind: "wide", cell: (row) => inLanguage(row, "milestone") },
    { title: word("last_event"), cell: (row) => instant(row.last_event_at, { year: "numeric" }) },
    { title: word("order"), cell: (row) => row.source_ref ?? "" },
  ], rows, word("nothing_found")));
}
