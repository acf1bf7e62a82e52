// What is shown is named by the address: `#/items?state=customs` is the view `items` with that query.

import { useEffect, useState } from "preact/hooks";

export function parse(hash) {
  const [path, query = ""] = hash.replace(/^#?\/?/, "").split("?");
  const [view, ...rest] = path.split("/").map(decoded);
  return { view: view || "today", id: rest.join("/"), query: Object.fromEntries(new URLSearchParams(query)) };
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a view; what is null or empty in `query` is left out. */
export function href(view, query = {}, id = "") {
  const named = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = new URLSearchParams(named.map(([key, value]) => [key, String(value)])).toString();
  const path = [view === "today" ? "" : view, id && encodeURIComponent(id)].filter(Boolean).join("/");
  return `#/${path}${search && `?${search}`}`;
}

export const itemHref = (itemNo) => href("item", {}, itemNo);

/** A DAG, or a run of it, in Airflow's own pages; with target=_top. */
export const dagHref = (dag, run) => `../dags/${dag}${run ? `/runs/${encodeURIComponent(run)}` : ""}`;

export const go = (address) => (location.hash = address);

export function useRoute() {
  const [route, setRoute] = useState(() => parse(location.hash));
  useEffect(() => {
    const follow = () => setRoute(parse(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}
