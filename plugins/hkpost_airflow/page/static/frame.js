// Airflow shows the page in a frame of its own page: the address and the title that a person sees are the outer ones.

const framed = top !== self;

/** Show what the outer address names: of a shared link, or after a reload. */
export function openAddress() {
  if (framed && !location.hash && top.location.hash.startsWith("#/")) location.replace(top.location.hash);
}

/** The outer address names what is shown, so that it can be copied and reloaded. */
export function followAddress() {
  if (!framed || top.location.hash === location.hash) return;
  const { pathname, search } = top.location; // Airflow sets a base that a hash alone would be taken from
  top.history.replaceState(top.history.state, "", `${pathname}${search}${location.hash || "#/"}`);
}

export function setTitle(title) {
  document.title = title;
  if (framed) top.document.title = title;
}

/** Go to another page of Airflow. The frame may not leave itself: a link in the outer document is followed for it. */
export function leave(href) {
  const link = top.document.createElement("a");
  link.href = href;
  top.document.body.append(link);
  link.click();
  link.remove();
}
