/**
 * Leads a browser to the server by the address that this browser can open: the own name, or one without a
 * name where the browser does not find `<host>.localhost`.
 */
import { byId } from './element.js';

async function lead() {
  const { link = '', here = '', other = '' } = byId('lead').dataset;
  if (await answers(here)) return location.replace(link);
  const url = await otherLink(other);
  if (url !== null) return location.replace(url);
  byId('lost').hidden = false;
}

/** @param {string} url */
async function answers(url) {
  const signal = AbortSignal.timeout(probeMs);
  try {
    await fetch(url, { mode: 'no-cors', credentials: 'omit', cache: 'no-store', signal });
    return true;
  } catch {
    return false;
  }
}

/** @param {string} path */
async function otherLink(path) {
  try {
    const answer = await fetch(path, { method: 'POST', cache: 'no-store' });
    const { url } = await answer.json();
    return typeof url === 'string' ? url : null;
  } catch {
    return null;
  }
}

void lead();
