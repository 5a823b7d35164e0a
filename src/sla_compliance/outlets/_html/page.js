// Point at a period, or move to it with the arrow keys, and a card beside it shows its row of the table.
// The Tab key stops at a table only where there is something to scroll.
"use strict";
{
  const STEPS = { ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7, Home: -Infinity, End: Infinity };
  const GAP = 12;
  const frame = document.querySelector(".frame");
  const links = frame ? [...frame.querySelectorAll("a")] : [];
  const tip = make("div", "tip");

  function make(tag, name, ...content) {
    const node = document.createElement(tag);
    node.className = name;
    node.append(...content);
    return node;
  }

  const row = (link) => document.getElementById(link.getAttribute("href").slice(1));
  const names = (link) => [...row(link).closest("table").tHead.rows[0].cells].map((cell) => cell.textContent);

  function show(link) {
    hide();
    const [day, availability, ...figures] = row(link).cells;
    const headings = names(link);
    const verdict = figures.pop().firstChild.cloneNode(true);
    const rows = figures.map((cell, index) => make("div", "", make("i", "", headings[index + 2]), cell.textContent));
    tip.replaceChildren(make("i", "", day.textContent), make("strong", "", availability.textContent), verdict, ...rows);
    tip.hidden = false;
    link.classList.add("shown");
    const [band, box] = [link.firstChild.getBoundingClientRect(), frame.getBoundingClientRect()];
    const right = band.right - box.left + GAP;
    const fits = right + tip.offsetWidth <= box.width;
    const left = fits ? right : Math.max(0, band.left - box.left - GAP - tip.offsetWidth);
    tip.style.translate = `${left}px 24px`;
  }

  function hide() {
    tip.hidden = true;
    for (const link of links) link.classList.remove("shown");
  }

  // The Tab key stops at the chart once, at this link; arrow keys move within the chart.
  function makeTabStop(stop) {
    for (const link of links) link.setAttribute("tabindex", link === stop ? 0 : -1);
  }

  function stopAtScrolled() {
    for (const box of document.querySelectorAll(".scroll")) {
      const isScrolled = box.scrollHeight > box.clientHeight || box.scrollWidth > box.clientWidth;
      box.setAttribute("tabindex", isScrolled ? 0 : -1);
    }
  }

  stopAtScrolled();
  window.addEventListener("resize", stopAtScrolled);

  if (frame) {
    tip.setAttribute("aria-hidden", "true");
    tip.hidden = true;
    frame.append(tip);
    makeTabStop(links.at(-1));
    for (const link of links) {
      const headings = names(link);
      const figures = [...row(link).cells].map((cell, index) => `${headings[index]} ${cell.textContent}`);
      link.setAttribute("aria-label", figures.join(", "));
      link.removeAttribute("aria-labelledby");
      link.addEventListener("pointerenter", () => show(link));
      link.addEventListener("focus", () => {
        makeTabStop(link);
        show(link);
      });
      link.addEventListener("blur", hide);
    }
    frame.addEventListener("pointerleave", hide);
    frame.addEventListener("keydown", (event) => {
      if (event.key === "Escape") hide();
      if (!(event.key in STEPS)) return;
      event.preventDefault();
      const place = links.indexOf(event.target) + STEPS[event.key];
      links[Math.min(Math.max(place, 0), links.length - 1)].focus();
    });
  }
}
