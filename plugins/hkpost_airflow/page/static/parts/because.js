// Why something could not be used, in the reader's language; of what was met before codes were kept, in English.

import { html } from "../html.js";
import { inLanguage } from "../language.js";

export function Because({ of: row }) {
  const [tag, text] = inLanguage(row, "reason");
  return html`<span lang=${tag}>${text}</span>`;
}
