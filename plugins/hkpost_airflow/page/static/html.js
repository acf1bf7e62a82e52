// Components are written as tagged templates: html`<p class="note">${text}</p>`. Text is always text, never markup.

import { h } from "preact";
import htm from "htm";

export const html = htm.bind(h);
