/**
 * An element whose attributes and content are text: no word becomes markup.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string | Node | readonly (string | Node)[]} content
 * @param {Readonly<Record<string, string>>} [attributes]
 */
export function element(name, content, attributes = {}) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(.../** @type {(string | Node)[]} */ ([]).concat(content));
  return made;
}

/** @param {string} id of an element that the page has */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`no element ${id}`);
  return found;
}
