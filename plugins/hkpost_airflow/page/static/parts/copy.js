// A text for somebody else: copied with one press; where the browser does not allow that, shown to be copied by hand.

import { useEffect, useRef, useState } from "preact/hooks";
import { html } from "../html.js";
import { word } from "../language.js";

/** `texts` are [tag, name, text]. */
export function Copy({ title, texts }) {
  const [state, setState] = useState({});
  const box = useRef(null);
  const copy = async ([tag, , text]) => {
    try {
      await navigator.clipboard.writeText(text);
      setState({ tag, isCopied: true });
    } catch {
      setState({ tag, isCopied: false });
    }
  };
  useEffect(() => box.current?.select(), [state]);
  const shown = texts.find(([tag]) => tag === state.tag);
  return html`<div class="copy">
    <p><span>${title}</span> ${texts.map((one) => html`<button type="button" lang=${one[0]} onClick=${() => copy(one)}>${one[1]}</button>`)}
      <span role="status">${state.isCopied && word("copied")}${state.isCopied === false && word("copy_by_hand")}</span></p>
    ${shown && html`<textarea ref=${box} readonly lang=${shown[0]} rows="3" aria-label=${title} value=${shown[2]}></textarea>`}
  </div>`;
}
