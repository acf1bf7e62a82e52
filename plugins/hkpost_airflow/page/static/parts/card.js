// The boxes that a view is made of, and what stands in them while there is no answer yet.

import { useState } from "preact/hooks";
import { html } from "../html.js";
import { word } from "../language.js";

export function Card({ title, note, class: kind = "", children, ...rest }) {
  return html`<section class=${`card ${kind}`} ...${rest}>
    <h2>${title}</h2>
    ${note && html`<p class="note">${note}</p>`}
    ${children}
  </section>`;
}

/** Something that few need: its title, what is most important of it, and the rest when it is opened. */
export function Folded({ title, summary, children, ...rest }) {
  const [isOpen, setOpen] = useState(false);
  return html`<details class="card folded" onToggle=${(event) => setOpen(event.currentTarget.open)} ...${rest}>
    <summary><h2>${title}</h2>${summary && html`<span class="note">${summary}</span>`}</summary>
    ${isOpen && children}
  </details>`;
}

/** Children are a function of the answer: until it has come, it says so; where it never did, why. `heading` stands above that. */
export function Answered({ of: { answer, trouble, again }, heading, children }) {
  if (answer) return children(answer);
  if (heading) return html`<h1 tabindex="-1">${heading}</h1><${Answered} of=${{ answer, trouble, again }} />`;
  return trouble ? html`<${Failed} trouble=${trouble} again=${again} />` : html`<p class="empty" aria-busy="true">${word("loading")}</p>`;
}

/** What went wrong: in the reader's language, and what the server says of it. */
export function Said({ trouble }) {
  return html`<p>${trouble.message}</p>${trouble.detail && html`<p lang="en"><small>${trouble.detail}</small></p>`}`;
}

export function Failed({ trouble, again }) {
  return html`<div class="trouble" role="alert">
    <${Said} trouble=${trouble} />
    ${trouble.status === 401
      ? html`<a class="button" href=${`../api/v2/auth/login?next=${encodeURIComponent(top.location.href)}`} target="_top">${word("sign_in_link")}</a>`
      : html`<button type="button" onClick=${again}>${word("retry")}</button>`}
  </div>`;
}
