// The frame of the page: header, search, language, and which part is shown.

import { append, h } from "./dom.js";
import { Trouble } from "./api.js";
import { followAddress, leave, openAddress, setTitle } from "./frame.js";
import { loadStates } from "./states.js";
import { choose, language, word } from "./words.js";

const PARTS = {
  "": () => import("./today.js").then((part) => part.today),
  list: () => import("./lists.js").then((part) => part.list),
  search: () => import("./lists.js").then((part) => part.results),
  item: () => import("./item.js").then((part) => part.item),
};
const LINKS = [
  ["#/", "today"], ["#/list/stuck", "stuck"], ["#/list/expired", "expired"],
  ["#/list/not_found", "not_found_list"], ["#/list/rejected", "rejected"],
];

let shown = 0;

function chosenTheme() {
  const chosen = localStorage.getItem("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return chosen === "dark" || chosen === "light" ? chosen : dark ? "dark" : "light";
}

function theme() {
  document.documentElement.dataset.theme = chosenTheme();
}

/** What the page looks like, as far as other tabs and the system decide it. */
function appearance() {
  return `${chosenTheme()} ${language()}`;
}

function header() {
  const here = location.hash || "#/";
  const typed = document.getElementById("q")?.value;
  const box = h("input", { type: "search", value: typed, name: "q", id: "q", "aria-label": word("search"), placeholder: word("search"), autocomplete: "off", required: true, maxlength: 200 });
  const form = h("form.search", { role: "search", onsubmit: (event) => {
    event.preventDefault();
    location.hash = `#/search/${encodeURIComponent(box.value.trim())}`;
  } }, box, h("button", { type: "submit" }, word("find")));
  const links = LINKS.map(([href, key]) =>
    h("a", { href, "aria-current": here === href || (href !== "#/" && here.startsWith(href)) ? "page" : null }, word(key)));
  const other = h("button.quiet", { type: "button", lang: language() === "zh" ? "en" : "zh-Hant", onclick: () => {
    choose(language() === "zh" ? "en" : "zh");
    seen = appearance();
    draw();
  } }, word("other_language"));
  return [h("h1", {}, h("a", { href: "#/" }, word("title"))), h("nav", { "aria-label": word("sections") }, links), form, other];
}

function title(content) {
  const here = location.hash || "#/";
  const [, key] = LINKS.find(([href]) => here === href || (href !== "#/" && here.startsWith(href))) ?? [];
  return [key ? word(key) : content?.querySelector("h2")?.textContent, word("title")].filter(Boolean).join(" · ");
}

async function draw() {
  const turn = ++shown;
  document.documentElement.lang = language() === "zh" ? "zh-Hant-HK" : "en";
  document.getElementById("skip").textContent = word("skip");
  const top = document.getElementById("header");
  const content = header(); // before the old one goes: it keeps what is typed
  top.replaceChildren();
  append(top, content);
  const main = document.getElementById("main");
  const [, name = "", ...rest] = (location.hash || "#/").split("/");
  main.setAttribute("aria-busy", "true");
  try {
    const [part] = await Promise.all([(PARTS[name] ?? PARTS[""])(), loadStates()]);
    const found = await part(...rest.map(decodeURIComponent));
    if (turn !== shown) return;
    main.replaceChildren(...[found].flat());
    setTitle(title(main));
  } catch (error) {
    if (turn !== shown) return;
    const why = error instanceof Trouble ? error.message : word("failed", { why: error.message });
    main.replaceChildren(h("section.card.trouble", { role: "alert" }, h("p", {}, why), h("button", { type: "button", onclick: draw }, word("retry"))));
    if (!(error instanceof Trouble)) throw error;
  } finally {
    if (turn === shown) main.removeAttribute("aria-busy");
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[target=_top]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  leave(link.href);
});

document.getElementById("skip").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});
addEventListener("hashchange", () => {
  followAddress();
  draw().then(() => scrollTo(0, 0));
});
// Other tabs of Airflow write much that is not for this page: what a person is typing must outlive it.
let seen = appearance();
function follow() {
  if (appearance() === seen) return;
  seen = appearance();
  theme();
  draw();
}
addEventListener("storage", follow);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", follow);
theme();
openAddress();
draw();
