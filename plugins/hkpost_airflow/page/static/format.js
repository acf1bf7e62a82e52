// Numbers, instants and spans as people read them, in the language of the page.

import { language, LANGUAGES, locale, word } from "./language.js";
import { html } from "./html.js";

/** Airflow's own choice of a time zone, or the browser's. */
export function zone() {
  const chosen = localStorage.getItem("timezone");
  try {
    const name = chosen && chosen !== "local" ? chosen.replaceAll('"', "") : undefined;
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
}

/** A time zone as people call it: "Hong Kong Time"; one that has no such name by its id. */
export function zoneName(timeZone) {
  try {
    const named = new Intl.DateTimeFormat(locale(), { timeZone, timeZoneName: "longGeneric" });
    const name = named.formatToParts().find(({ type }) => type === "timeZoneName").value;
    return name.startsWith("GMT") ? timeZone : name;
  } catch {
    return timeZone;
  }
}

export const NONE = "–";
export const isKnown = (value) => value !== null && value !== undefined && value !== "";

export function number(value, digits = 0) {
  return isKnown(value) ? Number(value).toLocaleString(locale(), { maximumFractionDigits: digits }) : NONE;
}

export function percent(share) {
  return isKnown(share) ? Number(share).toLocaleString(locale(), { style: "percent", maximumFractionDigits: 0 }) : NONE;
}

const STYLES = {
  full: { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  short: { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" },
  day: { month: "short", day: "numeric" },
  time: { hour: "2-digit", minute: "2-digit" },
};

/** An instant (ISO 8601) as text on the page's clock; `style` is one of full, short, day and time. */
export function at(text, style = "short", timeZone = zone(), tag = language()) {
  return isKnown(text) ? new Date(text).toLocaleString(LANGUAGES[tag].locale, { ...STYLES[style], hourCycle: "h23", timeZone }) : NONE;
}

export function Instant({ of, style = "short" }) {
  return isKnown(of) ? html`<time datetime=${of} title=${`${utc(of)} UTC`}>${at(of, style)}</time>` : NONE;
}

/** A calendar day (`2026-03-01`), which is the same in every zone. */
export const day = (text, tag = language()) => at(isKnown(text) ? `${text.slice(0, 10)}T12:00:00Z` : text, "day", "UTC", tag);

export const utc = (text) => new Date(text).toISOString().slice(0, 16).replace("T", " ");

/** A local clock as received: `2026-03-01T11:00:00` is shown as it stands, whatever zone the reader is in. */
export const localClock = (text, style = "short") => at(isKnown(text) ? `${text.slice(0, 19)}Z` : text, style, "UTC");

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** A span of seconds in its largest unit. */
export function span(seconds) {
  if (!isKnown(seconds)) return NONE;
  const size = Math.abs(seconds);
  const [unit, length] = UNITS.find(([, each]) => size >= each * 1.5) ?? UNITS.at(-1);
  return new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "long" }).format(Math.round(size / length));
}

export const secondsSince = (text, now = Date.now()) => (new Date(now) - new Date(text)) / 1000;

export const ago = (text, now) => (isKnown(text) ? word("ago", { span: span(Math.max(secondsSince(text, now), 0)) }) : NONE);
