// What is known of an item besides its events, and when it is asked about next and why.

import { at, Instant, isKnown, localClock, number, percent, span } from "../format.js";
import { html } from "../html.js";
import { country, named, word } from "../language.js";
import { Card } from "../parts/card.js";
import { reasonName } from "../states.js";

export function Facts({ item }) {
  const when = (text) => isKnown(text) && html`<${Instant} of=${text} style="full" />`;
  const pairs = [
    ["next_poll", nextPoll(item)],
    ["last_polled", when(item.last_polled_at)],
    ["last_changed", when(item.last_changed_at)],
    ["posted", isKnown(item.posted_at_local) && html`${localClock(item.posted_at_local, "full")} <small>${[country("HK"), named(item, "drop_off_point")].filter(Boolean).join(" · ")}</small>`],
    ["delivered_at", when(item.delivered_at)],
    ["closed", item.closed_at && html`${when(item.closed_at)} <small>${reasonName(item.close_reason)}</small>`],
    ["last_code", item.api_status > 0 && html`${item.api_status} <span lang="en">${item.api_message}</span>`],
    ["order", item.source_ref],
    ["polls", number(item.poll_count)],
    ["registered", when(item.registered_at)],
    ["account", item.account],
  ];
  return html`<${Card} title=${word("facts")}><dl>${pairs.filter(([, value]) => isKnown(value) && value !== false)
    .map(([key, value]) => html`<div><dt>${word(key)}</dt><dd>${value}</dd></div>`)}</dl><//>`;
}

function nextPoll(item) {
  if (item.is_loading) return word("is_loading");
  if (!item.next_poll_at) return word(item.is_open ? "due" : "never");
  const when = new Date(item.next_poll_at) <= new Date() ? word("due") : html`<${Instant} of=${item.next_poll_at} style="full" />`;
  const why = item.is_open ? reason(item) : word("confirm");
  return html`${when}${why && html`<small class="below">${why}</small>`}`;
}

/** By the news that its lane teaches to expect (docs/polling.md), else by poll_policy. */
function reason(item) {
  const { poll_reason: by, news_from: from, news_until: until } = item;
  if (by === "lane") return isKnown(from) && isKnown(until) ? word("poll_news", { from: at(from), until: at(until) }) : word("poll_lane");
  return isKnown(item.poll_after) && word("why_poll", { share: percent(item.silence_share), least: interval(item.poll_after), most: interval(item.poll_at_most) });
}

/** PostgreSQL's interval, as ISO 8601 (`P2DT6H`) or seconds, in words. */
function interval(value) {
  if (typeof value === "number") return span(value);
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = /^P(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(value ?? "") ?? [];
  return span(Number(days) * 86400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
}
