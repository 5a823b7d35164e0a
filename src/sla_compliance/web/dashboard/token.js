// The bearer token: it arrives in the URL's fragment (never sent to a server) or in the form, and stays in this tab.

const KEY = "sla-compliance-token";

/** The token of this tab, or null. */
export const token = () => sessionStorage.getItem(KEY);

export const remember = (value) => sessionStorage.setItem(KEY, value);

export const forget = () => sessionStorage.removeItem(KEY);

/** Moves `#token=...` out of the address bar and the history. Says whether there was one. */
export function takeFromFragment() {
  const value = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!value) return false;
  remember(value);
  history.replaceState(null, "", location.pathname + location.search);
  return true;
}
