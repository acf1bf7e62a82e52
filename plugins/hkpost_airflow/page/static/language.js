// The language of the page: by the reader's choice here, else as Airflow's UI, else as the browser.

import { WORDS } from "./words.js";

const KEY = "hkpost-language";

/** By the tag of each: the place of its texts in words.js, the suffix of its columns, its clock and numbers. */
export const LANGUAGES = {
  en: { place: 0, suffix: "e", locale: "en-GB", name: "English", short: "EN" },
  "zh-Hant": { place: 1, suffix: "c", locale: "zh-Hant-HK", name: "繁體中文", short: "繁" },
  "zh-Hans": { place: 2, suffix: "s", locale: "zh-Hans-CN", name: "简体中文", short: "简" },
};

export function language() {
  const chosen = localStorage.getItem(KEY) ?? localStorage.getItem("i18nextLng") ?? navigator.language;
  if (chosen in LANGUAGES) return chosen;
  if (!chosen.toLowerCase().startsWith("zh")) return "en";
  return /hans|-cn|-sg|-my/i.test(chosen) ? "zh-Hans" : "zh-Hant";
}

export const choose = (tag) => localStorage.setItem(KEY, tag);
export const locale = () => LANGUAGES[language()].locale;

/** The word `key` with what is filled in still in braces; a key that has none is shown as it is. */
export const template = (key, tag = language()) => WORDS[key]?.[LANGUAGES[tag].place] ?? key;

/** The word `key`, filled in. */
export const word = (key, values = {}, tag = language()) => template(key, tag).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

/** Whether `key` is a word: for names of things that the warehouse may have more of. */
export const hasWord = (key) => key in WORDS;

/** `[tag, text]` of a row's column in the language of the page, else in the first that has it. */
export function inLanguage(row, stem, tag = language()) {
  const order = { en: ["en", "zh-Hant", "zh-Hans"], "zh-Hant": ["zh-Hant", "zh-Hans", "en"], "zh-Hans": ["zh-Hans", "zh-Hant", "en"] };
  for (const one of order[tag]) {
    const text = row[`${stem}_${LANGUAGES[one].suffix}`];
    if (text) return [one, text];
  }
  return [tag, ""];
}

export const named = (row, stem, tag = language()) => inLanguage(row, stem, tag)[1];

/** A country by its ISO 3166 code; a code that is none stays. */
export function country(code, tag = language()) {
  if (!/^[A-Z]{2}$/.test(code ?? "")) return code ?? "";
  return new Intl.DisplayNames([LANGUAGES[tag].locale], { type: "region" }).of(code) ?? code;
}

/** From where to where: a side that is not known is a question mark. */
export const lane = ({ origin, destination }, tag = language()) => `${country(origin, tag) || "?"} → ${country(destination, tag) || "?"}`;

/** The tag of a text that the service gave under `tag`: it often fills a language's field with another's words. */
export function textLanguage(tag, text) {
  if (/[\u3040-\u30ff]/.test(text)) return "ja";
  const isHan = /\p{Script=Han}/u.test(text);
  if (tag === "en") return isHan ? "zh-Hant" : "en";
  return isHan ? tag : "en";
}
