// When an item is expected, as a sentence and as a band of days, with what was promised.

import { at, day, isKnown, number, percent } from "../format.js";
import { html } from "../html.js";
import { hasWord, word } from "../language.js";

const DAY_MS = 86_400_000;

export function Forecast({ seen: { item, forecast, promise } }) {
  const first = item.delivered_at ? [word("delivered_on", { day: at(item.delivered_at) })] : item.is_open ? expected(forecast) : [];
  const said = [];
  if (isKnown(promise?.promised_on)) {
    said.push(word("promised_for", { day: day(promise.promised_on) }));
    if (hasWord(`promise_${promise.status}`)) said.push(word(`promise_${promise.status}`));
    if (item.is_open && promise.status !== "overdue" && isKnown(forecast?.p_by_promise)) said.push(word("chance_by_promise", { share: percent(forecast.p_by_promise) }));
  }
  if (!first.length && !said.length) return null;
  return html`<div class="forecast">
    <p><strong>${first.join(word("sentence_gap"))}</strong></p>
    ${said.length > 0 && html`<p>${said.join(word("sentence_gap"))}</p>`}
    ${item.is_open && isKnown(forecast?.p10_at) && html`<${Band} forecast=${forecast} promised=${promise?.promised_on} />`}
    ${item.is_open && isKnown(forecast?.n) && hasWord(`basis_${forecast.basis}`) && html`<p class="note">${word(`basis_${forecast.basis}`, { count: number(forecast.n) })}</p>`}
  </div>`;
}

function expected(forecast) {
  if (!forecast) return [word("no_forecast")];
  if (forecast.expects_report === false) return [word("no_report")];
  if (!isKnown(forecast.p50_at)) return [word("no_forecast")];
  const values = { day: at(forecast.p50_at, "day"), first: at(forecast.p10_at, "day"), last: at(forecast.p90_at, "day") };
  const said = [word(isKnown(forecast.p90_at) && isKnown(forecast.p10_at) ? "expected_between" : "expected_about", values)];
  if (forecast.p_never >= 0.1) said.push(word("may_never", { share: percent(forecast.p_never) }));
  return said;
}

/** What the sentence says, for the eye. */
function Band({ forecast, promised }) {
  const now = Date.now();
  const time = (text) => (isKnown(text) ? new Date(text).getTime() : null);
  const [p10, p50, p90] = ["p10_at", "p50_at", "p90_at"].map((key) => time(forecast[key]));
  const due = isKnown(promised) ? time(`${promised.slice(0, 10)}T23:59:00Z`) : null;
  const last = p90 ?? time(forecast.p80_at) ?? p50;
  const times = [now, p10, last, due].filter(isKnown);
  const from = Math.min(...times) - DAY_MS;
  const to = Math.max(...times) + DAY_MS;
  const place = (when) => `${((when - from) / (to - from)) * 100}%`;
  const mark = (kind, when, label) => isKnown(when) && html`<span class=${`tick ${kind}`} data-end=${(when - from) / (to - from) > 0.6 ? "" : undefined} style=${{ insetInlineStart: place(when) }}><span>${label}</span></span>`;
  return html`<div class="band" aria-hidden="true">
    <span class="range" data-open=${p90 === null ? "" : undefined} style=${{ insetInlineStart: place(p10), inlineSize: `${((last - p10) / (to - from)) * 100}%` }}></span>
    ${mark("now", now, Math.abs(p50 - now) / (to - from) < 0.2 ? "" : word("now"))}
    ${mark("likely", p50, at(forecast.p50_at, "day"))}
    ${mark("due", due, `${word("promise")} ${isKnown(promised) ? day(promised) : ""}`)}
  </div>`;
}
