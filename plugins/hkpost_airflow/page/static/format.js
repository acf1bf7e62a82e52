// Numbers, instants and spans as people read them, in the language of the page.

import { language, word } from "./words.js";

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

const locale = () => (language() === "zh" ? "zh-Hant-HK" : "en-GB");

export function number(value) {
  return value === null || value === undefined ? "–" : Number(value).toLocaleString(locale());
}

/** An instant on the page's clock, with the instant itself as a tooltip. */
export function instant(text, options = {}) {
  if (!text) return "–";
  const element = document.createElement("time");
  element.dateTime = text;
  element.title = `${utc(text)} UTC`;
  element.textContent = new Date(text).toLocaleString(locale(), {
    timeZone: zone(), month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...options,
  });
  return element;
}

export function utc(text) {
  return text ? new Date(text).toISOString().slice(0, 16).replace("T", " ") : "–";
}

/** A local clock as received: `2026-03-01T11:00:00` is shown as it stands, whatever zone the reader is in. */
export function clock(text) {
  return text ? text.slice(0, 16).replace("T", " ") : "–";
}

const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** A span of seconds in its largest unit. */
export function span(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const size = Math.max(Math.abs(seconds), 0);
  const [unit, length] = UNITS.find(([, each]) => size >= each * 1.5) ?? UNITS.at(-1);
  const count = Math.round(size / length);
  return new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "long" }).format(count);
}

export function ago(text, now) {
  if (!text) return "–";
  return word("ago", { span: span((now - new Date(text)) / 1000) });
}

/** The text in the language of the page, else whichever there is. */
export function inLanguage(row, stem) {
  const order = language() === "zh" ? ["c", "s", "e"] : ["e", "c", "s"];
  for (const suffix of order) if (row[`${stem}_${suffix}`]) return row[`${stem}_${suffix}`];
  return "";
}
