// What a customer is told about an item, in each language of the page.

import { at, day, isKnown, zone } from "../format.js";
import { country, LANGUAGES, named, word } from "../language.js";
import { stateName } from "../states.js";

/** `[tag, name, text]` of each language. */
export const customerTexts = (seen) => Object.entries(LANGUAGES).map(([tag, { name }]) => [tag, name, text(seen, tag)]);

function text({ item, forecast, timeline }, tag) {
  const to = country(item.destination, tag);
  const values = { item: item.item_no, order: item.source_ref, state: stateName(item.state, tag), place: to };
  const said = [word(to ? "customer_state_to" : "customer_state", values, tag)];
  const last = timeline.find((event) => !event.retracted_at);
  const message = last && named(last, "message", tag);
  if (message) said.push(word("customer_last", { message, when: when(last, tag) }, tag));
  if (item.is_open && isKnown(forecast?.p50_at) && isKnown(forecast?.p90_at)) {
    said.push(word("customer_expected", { first: at(forecast.p50_at, "day", zone(), tag), last: at(forecast.p90_at, "day", zone(), tag) }, tag));
  }
  return said.join(tag === "en" ? " " : "");
}

/** The day there, as the service named it. */
const when = (event, tag) => (event.event_time_local ? day(event.event_time_local, tag) : event.event_time_text ?? "");
