/*
 * The lock in front of Node-RED's own server. The attacks: a flow, or the code of a package, hands on or
 * shows the headers of a request, and the secret is among them; and a package that takes WebSockets asks
 * nobody who they are, for no middleware of Node-RED sees an upgrade.
 *
 * So each request and each upgrade is judged before anybody else sees it. The verdict is kept beside the
 * request, and the secret is taken off it.
 */
'use strict';
const { createHash, randomBytes, timingSafeEqual } = require('node:crypto');
const { EventEmitter } = require('node:events');
const { IncomingMessage, Server, ServerResponse } = require('node:http');

function hashOf(text) {
  return createHash('sha256').update(text, 'utf8').digest();
}

/** Takes all headers of the name off a request, and tells their values. */
function takeOff(request, name) {
  // Node makes these two of the raw ones when they are first asked for, and counts on as many as there were.
  const { rawHeaders, headers, headersDistinct } = request;
  const values = [];
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    if (rawHeaders[index].toLowerCase() === name) values.push(rawHeaders.splice(index, 2)[1]);
  }
  delete headers[name];
  delete headersDistinct[name];
  return values;
}

/** @param answer a response, or the socket of an upgrade */
function refuse(answer, status, words) {
  if (answer instanceof ServerResponse) answer.writeHead(status).end();
  else answer.end(`HTTP/1.1 ${status} ${words}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/**
 * @param socket path on which the server that is locked listens
 * @param people who is let in: `user` with `permissions`, and `secret`
 */
module.exports = function lock({ socket, header, people }) {
  const name = header.toLowerCase();
  const known = people.map(({ user, secret }) => ({ user, hash: hashOf(secret) }));
  const servers = new WeakSet();
  const verdicts = new WeakMap();
  /**
   * What `adminAuth.tokens` is given in place of the secret, while a request lasts: nobody is let in by
   * it.
   */
  const tickets = new Map();

  function judge(request) {
    const given = takeOff(request, name);
    const hash = hashOf(given.join(','));
    const person = given.length === 1 && known.find(one => timingSafeEqual(one.hash, hash));
    return person ? person.user : null;
  }

  function admit(request, answer, user) {
    const ticket = randomBytes(16).toString('base64url');
    verdicts.set(request, user);
    tickets.set(ticket, user);
    answer.once('close', () => tickets.delete(ticket));
    // Read by its name only: code that copies the headers does not copy it.
    Object.defineProperty(request.headers, name, { value: ticket, enumerable: false });
  }

  /** Whether it may go on; else it has been answered. */
  function passes(request, answer) {
    const user = judge(request);
    if (user === null) {
      refuse(answer, 401, 'Unauthorized');
      return false;
    }
    const isUpgrade = !(answer instanceof ServerResponse);
    if (isUpgrade && user.permissions !== '*' && request.url.split('?', 1)[0] !== '/comms') {
      refuse(answer, 403, 'Forbidden');
      return false;
    }
    admit(request, answer, user);
    return true;
  }

  Server.prototype.emit = function (event, ...details) {
    if (event === 'listening' && this.address() === socket) servers.add(this);
    const [request, answer] = details;
    const asked = request instanceof IncomingMessage && servers.has(this);
    if (asked && !verdicts.has(request) && !passes(request, answer)) return true;
    return EventEmitter.prototype.emit.call(this, event, ...details);
  };

  return {
    /** Who asks; null for a request that did not come through the lock. */
    userOf: request => verdicts.get(request) ?? null,
    userByTicket: ticket => tickets.get(ticket) ?? null,
  };
};
