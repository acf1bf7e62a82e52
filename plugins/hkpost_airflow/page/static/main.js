// The page: its header, the view that the address names, and who is told when that changes.

import { render } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAppearance } from "./appearance.js";
import { Failed } from "./parts/card.js";
import { followAddress, leave, openAddress, setTitle } from "./frame.js";
import { Header } from "./header.js";
import { html } from "./html.js";
import { word } from "./language.js";
import { useRoute } from "./router.js";
import { loadStates } from "./states.js";
import { Find } from "./views/find.js";
import { Item } from "./views/item.js";
import { Items } from "./views/items.js";
import { Rejected } from "./views/rejected.js";
import { Today } from "./views/today.js";

const VIEWS = { today: Today, items: Items, item: Item, find: Find, rejected: Rejected };

function Page() {
  const route = useRoute();
  const { seen, follow } = useAppearance();
  const states = useStates();
  const place = `${route.view}/${route.id}`;
  const View = VIEWS[route.view] ?? Today;
  const said = useArrival(place, `${place}?${location.hash} ${seen}`);
  return html`
    <a class="skip" href="#main" onClick=${skip}>${word("skip")}</a>
    <${Header} route=${route} follow=${follow} />
    <main id="main" tabindex="-1">
      ${states.isReady
        ? html`<${View} key=${place} route=${route} />`
        : html`<h1 tabindex="-1">${word("title")}</h1>${states.trouble && html`<${Failed} ...${states} />`}`}
    </main>
    <p class="hidden" role="status">${said}</p>`;
}

function useStates() {
  const [seen, setSeen] = useState({ isReady: false, trouble: null });
  const again = () => loadStates().then(() => setSeen({ isReady: true }), (trouble) => setSeen({ isReady: false, trouble }));
  useEffect(() => void again(), []);
  return { ...seen, again };
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
