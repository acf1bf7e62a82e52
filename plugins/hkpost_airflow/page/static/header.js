// What stands above every view: the way to the others, the search box, the language, and how old all of it is.

import { useState } from "preact/hooks";
import { STALE_MS, useUpdate } from "./answer.js";
import { at } from "./format.js";
import { html } from "./html.js";
import { choose, language, LANGUAGES, word } from "./language.js";
import { go, href } from "./router.js";

const LINKS = [["today", "today"], ["items", "items"], ["find", "find"], ["rejected", "rejected"]];

export function Header({ route, follow }) {
  const here = route.view === "item" ? "items" : route.view;
  return html`<header>
    <p class="brand"><a href="#/">${word("title")}</a></p>
    <nav aria-label=${word("sections")}>
      ${LINKS.map(([view, key]) => html`<a href=${href(view)} aria-current=${view === here ? "page" : undefined}>${word(key)}</a>`)}
    </nav>
    <${Search} />
    <${Updated} />
    <${Language} follow=${follow} />
  </header>`;
}

function Search() {
  const [text, setText] = useState("");
  const find = (event) => {
    event.preventDefault();
    if (text.trim()) go(href("find", { q: text.trim() }));
    setText("");
  };
  return html`<form class="search" role="search" onSubmit=${find}>
    <input type="search" id="q" name="q" value=${text} onInput=${(event) => setText(event.target.value)} aria-label=${word("search")}
      placeholder=${word("search")} autocomplete="off" spellcheck=${false} maxlength="4000" />
    <button type="submit">${word("find_button")}</button>
  </form>`;
}

function Language({ follow }) {
  const pick = (tag) => {
    choose(tag);
    follow();
  };
  return html`<div class="languages" role="group" aria-label=${word("language")}>
    ${Object.entries(LANGUAGES).map(([tag, { short, name }]) => html`<button type="button" class="quiet" lang=${tag} aria-label=${name} title=${name}
      aria-pressed=${tag === language()} onClick=${() => pick(tag)}>${short}</button>`)}
  </div>`;
}

function Updated() {
  const { at: when, trouble, isStale } = useUpdate();
  if (when === null) return null;
  const time = at(new Date(when).toISOString(), "time");
  return isStale
    ? html`<p class="updated stale" role="status">! ${word("stale", { time, minutes: STALE_MS / 60_000 })}${trouble && ` ${trouble.message}`}</p>`
    : html`<p class="updated">${word("updated", { time })}</p>`;
}
