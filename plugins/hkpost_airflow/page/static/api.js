// Asking the routes of the page; a lost login and a failure are shown in words.

import { word } from "./words.js";

export class Trouble extends Error {}

export async function ask(path) {
  const answer = await fetch(`api/${path}`, { headers: { Accept: "application/json" } });
  if (answer.status === 401 || answer.status === 403) throw new Trouble(word("sign_in"));
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const trouble = new Trouble(typeof body.detail === "string" ? body.detail : `HTTP ${answer.status}`);
    trouble.status = answer.status;
    throw trouble;
  }
  return body;
}
