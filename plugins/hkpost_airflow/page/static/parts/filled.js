// Sentences whose values are more than our own words: what the service or a database said in English stays so, and says it.

import { html } from "../html.js";
import { template } from "../language.js";

const PLACE = /\{(\w+)\}/;
const SEVERAL_WORDS = /[A-Za-z]{2,}[^\p{Script=Han}]*\s[^\p{Script=Han}]*[A-Za-z]{2,}/u;

/** The word `key` with its values; a value of several English words is marked as English. */
export function Filled({ name, values }) {
  return template(name).split(PLACE).map((piece, at) => (at % 2 ? html`<${Value} of=${values[piece]} />` : piece));
}

function Value({ of }) {
  return typeof of === "string" && SEVERAL_WORDS.test(of) ? html`<span lang="en">${of}</span>` : of;
}
