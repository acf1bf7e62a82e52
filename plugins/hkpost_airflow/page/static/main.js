// The page: its header, the view that the address names, and who is told when that changes.

import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "./answer.js";
import { useAppearance } from "./appearance.js";
import { Failed } from "./parts/card.js";
import { followAddress, leave, openAddress, setTitle } from "./frame.js";
import { Header } from "./header.js";
import { html } from "./html.js";
import { word } from "./language.js";
import { useRoute } from "./router.js";
import { keepStates } from "./states.js";
import { Find } from "./views/find.js";
import { Item } from "./views/item.js";
import { Items } from "./views/items.js";
import { Morning } from "./views/morning.js";
import { Rejected } from "./views/rejected.js";
import { Today } from "./views/today.js";

const VIEWS = { today: Today, items: Items, item: Item, find: Find, rejected: Rejected };

function Page() {
  const route = useRoute();
  const { seen, follow } = useAppearance();
  const states = useAnswer("states");
  const place = `${route.view}/${route.id}`;
  const View = VIEWS[route.view] ?? Today;
  if (states.answer) keepStates(states.answer);
  const said = useArrival(place, `${place}?${location.hash} ${seen}`);
  return html`
    <a class="skip" href="#main" onClick=${skip}>${word("skip")}</a>
    <${Header} route=${route} follow=${follow} />
    <main id="main" tabindex="-1">
      ${states.answer ? html`<${View} key=${place} route=${route} />` : html`<${Unready} isToday=${View === Today} states=${states} />`}
    </main>
    <p class="hidden" role="status">${said}</p>`;
}

/** While there is no warehouse: what to do is said on Today. */
function Unready({ isToday, states: { trouble, again } }) {
  if (isToday && trouble?.status === 503) return html`<${Morning} />`;
  return html`<h1 tabindex="-1">${word("title")}</h1>
    ${trouble && html`<${Failed} trouble=${trouble} again=${again} />${trouble.status === 503 && html`<p><a href="#/">${word("today")}</a></p>`}`}`;
}

/** The title and the outer address follow; in another view the focus goes to its heading, which is announced. */
function useArrival(place, appearance) {
  const came = useRef(place);
  const [said, setSaid] = useState("");
  useEffect(() => {
    followAddress();
    const heading = document.querySelector("h1");
    setTitle([heading?.dataset.title ?? heading?.textContent, word("title")].filter(Boolean).join(" · "));
    if (came.current === place) return;
    came.current = place;
    setSaid(heading?.textContent ?? "");
    heading?.focus({ preventScroll: true });
    scrollTo(0, 0);
  });
  return said;
}

function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[target=_top]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  leave(link.href);
});

openAddress();
render(html`<${Page} />`, document.getElementById("page"));
