// One item as a story: where it is, how long each leg took, when it is expected, what was said of it, and who asked.

import { useAnswer } from "../answer.js";
import { html } from "../html.js";
import { lane, named, word } from "../language.js";
import { Answered, Card } from "../parts/card.js";
import { Copy } from "../parts/copy.js";
import { Badge, serviceName, StateBadge } from "../states.js";
import { AskNow } from "./ask_now.js";
import { customerTexts } from "./customer.js";
import { Facts } from "./facts.js";
import { Forecast } from "./forecast.js";
import { Records } from "./records.js";
import { Steps } from "./steps.js";
import { Timeline } from "./timeline.js";

export function Item({ route: { id } }) {
  const seen = useAnswer(`item/${encodeURIComponent(id)}`);
  if (seen.trouble?.status === 404 && !seen.answer) return html`<${Untracked} itemNo=${id} again=${seen.again} />`;
  return html`<${Answered} of=${seen} heading=${id}>${(found) => html`<${Story} seen=${found} again=${seen.again} />`}<//>`;
}

function Untracked({ itemNo, again }) {
  return html`<h1 tabindex="-1">${itemNo}</h1>
    <${Card} title=${word("not_tracked")}><p class="note">${word("untracked_note")}</p>
      <${AskNow} itemNos=${[itemNo]} title=${word("track_this")} onAnswered=${again} /><//>`;
}

function Story({ seen, again }) {
  const { item } = seen;
  return html`
    <section class="card story">
      <div class="head">
        <h1 tabindex="-1">${item.item_no}</h1> <${StateBadge} state=${item.state} />
        ${(seen.badges ?? []).filter((badge) => badge !== item.state).map((badge) => html`<${Badge} tone=${badge === "kept" ? "good" : "alarm"}>${word(`badge_${badge}`)}<//>`)}
        <p class="lane">${lane(item)}${/^[A-Z]{2}\d/.test(item.item_no) && html` <small>${serviceName(item.item_no[0])}</small>`}${item.source_ref && html` <small>${item.source_ref}</small>`}</p>
      </div>
      ${named(item, "milestone") && html`<p class="milestone">${named(item, "milestone")}</p>`}
      ${!seen.check_digit_holds && html`<p class="warning">! ${word(/^[A-Z]{2}\d{9}[A-Z]{2}$/.test(item.item_no) ? "check_digit" : "not_a_number")}</p>`}
      <${Steps} legs=${seen.legs ?? []} />
      <${Forecast} seen=${seen} />
      <div class="actions">
        <${AskNow} itemNos=${[item.item_no]} onAnswered=${again} />
        <${Copy} title=${word("for_customer")} texts=${customerTexts(seen)} />
      </div>
    </section>
    <div class="aside"><${Timeline} events=${seen.timeline} /><${Facts} item=${item} /></div>
    <${Records} seen=${seen} />`;
}
