// Building elements: text is always text, never markup.

/** An element `h("a.wide", {href}, child, …)`; children are nodes, texts, or lists of them; null is left out. */
export function h(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

export function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** A table with a caption for screen readers; `columns` are {title, cell, kind}. */
export function table(caption, columns, rows, empty) {
  if (!rows.length) return h("p.empty", {}, empty);
  return h(
    "div.scroll",
    { tabindex: 0, role: "region", "aria-label": caption },
    h(
      "table",
      {},
      h("caption.hidden", {}, caption),
      h("thead", {}, h("tr", {}, columns.map((column) => h("th", { scope: "col", class: column.kind }, column.title)))),
      h(
        "tbody",
        {},
        rows.map((row) => h("tr", {}, columns.map((column) => h("td", { class: column.kind }, column.cell(row))))),
      ),
    ),
  );
}

export function card(title, ...children) {
  return h("section.card", { "aria-label": title }, h("h2", {}, title), children);
}
