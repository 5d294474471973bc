/*
 * NetCreate listens on every address of the computer, on both of its ports, and no setting of it says
 * otherwise. The attack: anybody on the network uses it past the gateway. This file is loaded by Node before
 * NetCreate's own first line (NODE_OPTIONS=--require), in every process of it, and whatever listens on TCP
 * listens on 127.0.0.1. Runs on Node 10 and later. A Unix socket, or an address of loopback that was asked
 * for, stays as it is.
 */
'use strict';
const net = require('net');

const loopback = '127.0.0.1';
const listen = Reflect.get(net.Server.prototype, 'listen');

function isPort(value) {
  return typeof value === 'number' || (typeof value === 'string' && /^[0-9]+$/.test(value));
}

net.Server.prototype.listen = function listenOnLoopback() {
  const given = Array.prototype.slice.call(arguments);
  const callbacks = given.filter(value => typeof value === 'function');
  const first = given[0];
  if (first !== null && typeof first === 'object' && isPort(first.port) && first.path === undefined) {
    return listen.apply(this, [Object.assign({}, first, { host: loopback })].concat(callbacks));
  }
  if (isPort(first)) return listen.apply(this, [{ port: Number(first), host: loopback }].concat(callbacks));
  // No port at all: the system chooses one, on every address.
  if (given.length === callbacks.length)
    return listen.apply(this, [{ port: 0, host: loopback }].concat(callbacks));
  return listen.apply(this, given);
};
