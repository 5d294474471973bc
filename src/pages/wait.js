/**
 * Reloads a page that stands for a server when Gatehouse says that something has changed. The attack is in
 * `gateway/change-wait.ts`: another account takes the port, so only an answer with the page's proof counts.
 */
import { byId } from './element.js';

const lost = byId('lost');
const { proof } = lost.dataset;

async function wait() {
  for (;;) {
    const answer = await fetch(waitPath, {
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
    });
    const text = await answer.text();
    if (text === `${proof} changed`) return location.reload();
    if (text !== `${proof} same`) throw new Error('not Gatehouse');
  }
}

wait().catch(() => {
  lost.hidden = false;
});
