// The tenant whose figures are shown: its name, a choice where the token holds several, and an overview of them all.

import { fetchOverview, fetchTenants, selectTenant } from "./api.js";
import { byId, element } from "./dom.js";
import { doubtName } from "./doubts.js";
import { duration, totalSeconds } from "./lengths.js";
import { integer, percentage } from "./locale.js";
import { rangeVerdictWords, shareOf, verdictClass } from "./words.js";

const PRODUCT = "SLA compliance";
const MOST_TENANTS = 1000;
const STANDINGS_STEP = 100;
const HEADINGS = ["Tenant", "Availability", "Target", "Cause", "Verdict"];
const NOTHING = "–";

let standingsShown = STANDINGS_STEP;

const chosen = () => new URLSearchParams(location.search).get("tenant");

/** Takes the tenant from the address: all requests are about it. */
export const restoreTenant = () => selectTenant(chosen());

/**
 * Shows the name of the tenant, and the choice where there is one.
 * @param {AbortSignal} signal
 * @param {() => void} onChoose another one was chosen
 * @returns {Promise<number>} how many the server lists
 */
export async function showTenants(signal, onChoose) {
  const listed = (await fetchTenants(MOST_TENANTS, signal)) ?? [];
  const tenants = withChosen(listed);
  // The server lists the default one first.
  const current = tenants.find(({ tenant_id: id }) => id === chosen()) ?? tenants[0];
  const name = current?.title ?? null;
  byId("tenant-name").textContent = name ?? PRODUCT;
  byId("product").hidden = name === null;
  document.title = name === null ? PRODUCT : `${name} · ${PRODUCT}`;
  byId("tenant-choice").hidden = tenants.length < 2;
  const select = byId("tenant");
  select.replaceChildren(...tenants.map(({ tenant_id: id, title }) => element("option", { value: id }, title)));
  select.value = current?.tenant_id ?? "";
  select.onchange = () => choose(select.value, onChoose);
  return listed.length;
}

/** The tenants, with the one of the address where the list lacks it: its figures never stand below another one's name. */
function withChosen(tenants) {
  const id = chosen();
  const isListed = id === null || tenants.some((tenant) => tenant.tenant_id === id);
  return isListed ? tenants : [...tenants, { tenant_id: id, title: id }];
}

/** Shows the overview of a token's tenants for some days; hidden where the server has none or the token has one tenant. */
export async function showOverview(tenantCount, dates, signal, onChoose) {
  const limit = Math.min(standingsShown, MOST_TENANTS);
  const answer = tenantCount < 2 ? null : await fetchOverview(dates, limit, signal);
  byId("overview").hidden = answer === null;
  if (answer === null) return;
  const { standings, total } = answer;
  const head = element("tr", {}, ...HEADINGS.map((name) => element("th", { scope: "col", class: name === "Cause" ? "cause" : null }, name)));
  const body = element("tbody", {}, ...standings.map((standing) => row(standing, onChoose)));
  const count = total > standings.length ? `${integer(standings.length)} of ${integer(total)}` : integer(total);
  byId("overview-count").textContent = `${count}, the worst first; today is not in these figures`;
  const isCut = total > standings.length && limit < MOST_TENANTS;
  const hadFocus = byId("overview-body").contains(document.activeElement);
  const focusedTenant = hadFocus ? document.activeElement.dataset.tenant : undefined;
  const more = () => {
    standingsShown += STANDINGS_STEP;
    return showOverview(tenantCount, dates, signal, onChoose);
  };
  byId("overview-body").replaceChildren(element("table", {}, element("thead", {}, head), body), isCut ? moreButton(more) : "");
  // The button that was pressed is gone; its table takes the focus.
  if (hadFocus && focusedTenant === undefined) byId("overview-body").focus({ preventScroll: true });
  // A choice by keyboard draws the table again; the reader stays on the same row.
  byId("overview-body").querySelector(`button[data-tenant="${CSS.escape(focusedTenant ?? "")}"]`)?.focus({ preventScroll: true });
}

function moreButton(load) {
  const button = element("button", { class: "button", type: "button" }, `Show ${integer(STANDINGS_STEP)} more`);
  button.addEventListener("click", () => {
    button.disabled = true;
    load().catch((error) => {
      if (error.name === "AbortError") return;
      standingsShown -= STANDINGS_STEP;
      button.disabled = false;
      button.textContent = `${error.message}. Try again`;
    });
  });
  return element("p", { class: "table-foot quiet" }, button);
}

function row(standing, onChoose) {
  const { tenant_id: id, title, target_percentage: target, verdict, is_confirmed: isConfirmed } = standing;
  const button = element("button", { class: "link", type: "button", "data-tenant": id }, title);
  button.addEventListener("click", () => choose(id, onChoose));
  const words = rangeVerdictWords({ verdict: standing.has_data ? verdict : "UNDETERMINED", isConfirmed });
  return element(
    "tr",
    { "aria-current": id === byId("tenant").value ? "true" : null },
    element("th", { scope: "row", class: "name" }, button),
    element("td", {}, standing.has_data ? shareOf(standing) : NOTHING),
    element("td", {}, target === null ? NOTHING : percentage(target)),
    element("td", { class: "cause" }, causeOf(standing)),
    element("td", {}, element("span", { class: verdictClass(words) }, words)),
  );
}

/** What took most, or leaves most in doubt, as far as stored days know it; or why there are no figures. */
function causeOf({ fault, top_cause: cause, top_doubt: doubt }) {
  if (fault) return fault;
  if (cause !== null) return `${cause.name}, ${duration(totalSeconds([cause.seconds]))}`;
  if (doubt !== null) return `${doubtName(doubt.cause)}, ${duration(totalSeconds([doubt.seconds]))} in doubt`;
  return NOTHING;
}

function choose(tenantId, onChoose) {
  const query = new URLSearchParams(location.search);
  query.set("tenant", tenantId);
  history.replaceState(null, "", `?${query}`);
  selectTenant(tenantId);
  onChoose();
}
