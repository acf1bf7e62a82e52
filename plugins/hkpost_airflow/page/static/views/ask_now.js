// Asking Hongkong Post at once, by a run of the DAG track_now that the reader starts with rights of their own.

import { useEffect, useState } from "preact/hooks";
import { airflow } from "../api.js";
import { useAnswer } from "../answer.js";
import { html } from "../html.js";
import { number } from "../format.js";
import { word } from "../language.js";
import { Said } from "../parts/card.js";
import { dagHref } from "../router.js";
import { RunBadge } from "./machinery.js";

const LOOK_MS = 2_000;
const ENDED = ["success", "failed"];

/** `onAnswered` is called as the run goes on, for what it found to be read again. */
export function AskNow({ itemNos, title = word("ask_now"), onAnswered }) {
  const { answer: may } = useAnswer("may", true);
  const [run, setRun] = useState(null);
  const [trouble, setTrouble] = useState(null);
  const dag = `dags/${may?.dag_id}`;
  const [account, setAccount] = useState(null);
  useEffect(() => {
    if (!run || ENDED.includes(run.state)) return undefined;
    const timer = setTimeout(() => airflow(`${dag}/dagRuns/${encodeURIComponent(run.dag_run_id)}`).then((found) => {
      setRun(found);
      onAnswered?.();
    }, setTrouble), LOOK_MS);
    return () => clearTimeout(timer);
  }, [run]);
  if (!may?.ask) return null;

  const begin = async () => {
    setTrouble(null);
    try {
      if (may.track_now_paused) await airflow(dag, "PATCH", { is_paused: false });
      const conf = { item_nos: itemNos.join("\n"), ...(account && { account }) };
      setRun(await airflow(`${dag}/dagRuns`, "POST", { logical_date: null, conf }));
    } catch (error) {
      setTrouble(error);
    }
  };
  const isRunning = run && !ENDED.includes(run.state);
  const accounts = may.accounts ?? [];
  return html`<div class="ask">
    ${accounts.length > 1 && html`<label>${word("account")} <select onChange=${(event) => setAccount(event.target.value)}>${accounts.map((name) => html`<option>${name}</option>`)}</select></label>`}
    <button type="button" class="primary" disabled=${isRunning} onClick=${begin}>${may.track_now_paused && !run ? word("switch_on_and_ask", { dag: may.dag_id }) : title}</button>
    <span role="status">${run && html`<${Progress} run=${run} count=${itemNos.length} />`}</span>
    ${trouble && html`<div class="trouble" role="alert"><${Said} trouble=${trouble} /></div>`}
  </div>`;
}

function Progress({ run, count }) {
  const says = { success: "ask_done", failed: "ask_failed" }[run.state] ?? "ask_going";
  return html`<${RunBadge} state=${run.state} /> ${word(says, { count: number(count) })} <a href=${dagHref(run.dag_id, run.dag_run_id)} target="_top">${word("look_airflow")}</a>`;
}
