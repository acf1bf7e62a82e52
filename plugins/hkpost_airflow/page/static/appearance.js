// Light or dark, and the language: as chosen here, in Airflow, or by the system.

import { useEffect, useState } from "preact/hooks";
import { language } from "./language.js";

function theme() {
  const chosen = localStorage.getItem("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return chosen === "dark" || chosen === "light" ? chosen : dark ? "dark" : "light";
}

function apply() {
  document.documentElement.dataset.theme = theme();
  document.documentElement.lang = language();
  return `${theme()} ${language()}`;
}

/** Draws again only when what is seen changes: other tabs of Airflow write much that is not for this page. */
export function useAppearance() {
  const [seen, setSeen] = useState(apply);
  const follow = () => setSeen(apply());
  useEffect(() => {
    const system = matchMedia("(prefers-color-scheme: dark)");
    addEventListener("storage", follow);
    system.addEventListener("change", follow);
    return () => {
      removeEventListener("storage", follow);
      system.removeEventListener("change", follow);
    };
  }, []);
  return { seen, follow };
}
