// Every event ever seen of an item, the latest first: in one language and on one clock; the others on demand.

import { useState } from "preact/hooks";
import { at, Instant, isKnown, localClock, zone, zoneName } from "../format.js";
import { html } from "../html.js";
import { country, inLanguage, LANGUAGES, named, textLanguage, word } from "../language.js";
import { Card } from "../parts/card.js";

export function Timeline({ events }) {
  const [isThere, setThere] = useState(false);
  const [isFull, setFull] = useState(false);
  if (!events.length) return html`<${Card} title=${word("timeline")}><p class="empty">${word("no_events")}</p><//>`;
  const toggle = (isOn, set, name) => html`<button type="button" aria-pressed=${isOn} onClick=${() => set(!isOn)}>${name}</button>`;
  return html`<${Card} title=${word("timeline")} class="events">
    <div class="toggles"><span class="note">${isThere ? word("clock_there") : zoneName(zone())}</span>
      ${toggle(isThere, setThere, word("local_clock"))} ${toggle(isFull, setFull, word("all_languages"))}</div>
    <ol class="timeline">${events.map((event) => html`<${Event} event=${event} isThere=${isThere} isFull=${isFull} />`)}</ol>
  <//>`;
}

function Event({ event, isThere, isFull }) {
  const [tag, message] = inLanguage(event, "message");
  const type = named(event, "type");
  const place = named(event, "location") || country(event.country_iso ?? event.location_code);
  const precision = event.time_precision === "zone" ? null : word(`precision_${event.time_precision}`);
  const others = Object.entries(LANGUAGES).filter(([one]) => one !== tag).map(([one, { suffix }]) => [one, event[`message_${suffix}`], event[`location_${suffix}`]])
    .filter(([, text]) => text && text !== message);
  return html`<li data-retracted=${event.retracted_at ? "" : undefined} data-stage=${event.stage}>
    <p class="when">${precision && html`<span aria-hidden="true" title=${precision}>≈ </span>`}${clock(event, isThere)}</p>
    <p class="message" lang=${textLanguage(tag, message)}>${message || type}</p>
    <p class="place">${[place, message && type !== message && type].filter(Boolean).join(" · ")}</p>
    ${event.retracted_at && html`<p class="retracted">! ${word("retracted")} <${Instant} of=${event.retracted_at} /></p>`}
    ${isFull && html`<div class="others">
      ${others.map(([one, text, where]) => html`<p lang=${textLanguage(one, text)}>${[text, where].filter(Boolean).join(" · ")}</p>`)}
      ${precision && html`<p>≈ ${precision}</p>`}
      <p>${word("first_seen")} <${Instant} of=${event.first_seen_at} style="full" /> · ${event.event_type}</p>
    </div>`}
  </li>`;
}

/** On the reader's clock where the instant is known, else as it was received. */
function clock(event, isThere) {
  if (!isThere && isKnown(event.event_time) && event.time_precision !== "date") return html`<time datetime=${event.event_time}>${at(event.event_time)}</time>`;
  const style = event.time_precision === "date" ? "day" : "short";
  return event.event_time_local ? `${localClock(event.event_time_local, style)}${isThere && event.time_zone ? ` (${zoneName(event.time_zone)})` : ""}` : event.event_time_text || "?";
}
