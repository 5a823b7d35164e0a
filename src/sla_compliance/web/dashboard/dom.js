// Building elements. Text becomes text nodes and attributes are set one by one: nothing is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

/** The element of the page with this id. */
export const byId = (id) => document.getElementById(id);

/**
 * An HTML element. Attributes that are null or false are left out, true ones are empty.
 * @param {string} name
 * @param {Record<string, string | number | boolean | null>} attributes
 * @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

/** Calls `draw(width)` now and whenever the width of `host` changes, until `host` leaves the page. */
export function drawToWidth(host, draw) {
  let drawnWidth = 0;
  new ResizeObserver((_, observer) => {
    if (!host.isConnected) return observer.disconnect();
    const width = Math.floor(host.clientWidth);
    if (width > 0 && width !== drawnWidth) draw((drawnWidth = width));
  }).observe(host);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}
