// Asking the routes of the page, and Airflow's own API, with the reader's login.

import { word } from "./language.js";

/** What went wrong, in words; `status` is that of HTTP, 0 when no answer came; `detail` is the server's sentence, in English. */
export class Trouble extends Error {
  constructor(message, status, detail = null) {
    super(message);
    this.status = status;
    this.detail = detail;
  }
}

export const ask = (path) => call(`api/${path}`);
export const post = (path, body) => call(`api/${path}`, "POST", body);
export const airflow = (path, method = "GET", body = undefined) => call(`../api/v2/${path}`, method, body);

async function call(url, method = "GET", body = undefined) {
  const headers = { Accept: "application/json", ...(body && { "Content-Type": "application/json" }) };
  let answer;
  try {
    answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    throw new Trouble(word("no_answer"), 0);
  }
  if (answer.status === 401) throw new Trouble(word("sign_in"), 401);
  const found = await answer.json().catch(() => ({}));
  if (answer.ok) return found;
  const key = { 400: "bad_request", 422: "bad_request", 503: "need_warehouse_unusable" }[answer.status] ?? "went_wrong";
  throw new Trouble(word(key, { status: answer.status }), answer.status, sentence(found.detail));
}

/** FastAPI's detail: a sentence of ours, or what its validation found, each with its place. */
function sentence(detail) {
  if (typeof detail === "string") return detail;
  return Array.isArray(detail) ? detail.map(({ loc, msg }) => `${loc?.at(-1)}: ${msg}`).join("; ") : null;
}
