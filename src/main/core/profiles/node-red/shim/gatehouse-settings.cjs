/*
 * Settings of Node-RED under Gatehouse. The attack: anyone who reaches Node-RED as it comes deploys a flow,
 * and a flow is a program of its owner's. Any page in a browser reaches it too, for it looks at no Host and
 * no Origin. So it listens on a socket in a private folder, and answers only who shows a secret.
 *
 * The user's own settings are the base: user folder, flows, credential secret, nodes and themes stay as they
 * are.
 */
'use strict';
const { existsSync, readFileSync, unlinkSync } = require('node:fs');
const path = require('node:path');
const makeLock = require('./gatehouse-lock.cjs');

const given = JSON.parse(readFileSync(process.env.GATEHOUSE_NODE_RED, 'utf8'));
// Before anything else runs: what flows start sees neither the file nor where it was.
unlinkSync(process.env.GATEHOUSE_NODE_RED);
delete process.env.GATEHOUSE_NODE_RED;

const header = given.header.toLowerCase();
const lock = makeLock({
  socket: given.socket,
  header,
  people: [
    { user: { username: given.owner.user, permissions: '*' }, secret: given.owner.secret },
    { user: { username: given.viewer.user, permissions: 'read' }, secret: given.viewer.secret },
  ],
});
given.owner.secret = given.viewer.secret = '';

/**
 * Before everything: the editor's page too. Nobody comes here who was not judged; where the lock is not in
 * place, nobody is let in.
 */
function known(request, response, next) {
  const user = lock.userOf(request);
  if (user === null) {
    response.status(401).end();
    return;
  }
  if (user.permissions !== '*') hideSecrets(response);
  next();
}

/**
 * To anyone who may read, Node-RED tells of a project where it is pushed to, with the token in that address,
 * and the secret that its credentials are encrypted with (`GET /settings`, `GET /projects/<name>`). Its
 * editor does not open without the rest of these answers.
 */
function hideSecrets(response) {
  const json = response.json;
  response.json = function (body) {
    return json.call(this, isPlain(body) ? withoutSecrets(body) : body);
  };
}

function isPlain(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutSecrets(body) {
  const git = isPlain(body.git) ? { ...body.git, remotes: undefined } : body.git;
  return { ...body, git, project: undefined };
}

/** Before what flows and folders serve: a viewer has no business there, whatever path led them. */
function owner(request, response, next) {
  if (lock.userOf(request)?.permissions === '*') next();
  else response.status(403).end();
}

function listOf(value) {
  return value === undefined || value === null || value === false ? [] : [value].flat();
}

/** User and password of the user's settings go on guarding what the flows serve. */
function nodeAuth(own) {
  const hasPassword = typeof own === 'object' && own !== null && !Array.isArray(own);
  return hasPassword ? own : [owner, ...listOf(own)];
}

function guarded(folder) {
  const entry = typeof folder === 'string' ? { path: folder, root: '' } : folder;
  return { ...entry, middleware: [owner, ...listOf(entry.middleware)] };
}

function ownSettings() {
  const home = process.env.HOME || process.env.USERPROFILE || '';
  const file = path.join(home, '.node-red', 'settings.js');
  // As it was installed, where the user has none.
  const used =
    home !== '' && existsSync(file) ? file : path.join(path.dirname(require.main.filename), 'settings.js');
  const settings = require(used);
  if (settings.httpRoot === false || settings.httpAdminRoot === false || settings.disableEditor === true) {
    console.error(`The settings of Node-RED in ${used} switch its editor off, so there is nothing to open.`);
    process.exit(1);
  }
  return settings;
}

const own = ownSettings();

module.exports = {
  ...own,
  uiPort: given.socket,
  uiHost: '127.0.0.1',
  // Gatehouse does this at its own door.
  https: undefined,
  requireHttps: false,
  httpRoot: undefined,
  httpAuth: undefined,
  httpAdminAuth: undefined,
  httpAdminCors: undefined,
  httpAdminRoot: '/',
  httpAdminMiddleware: [known, ...listOf(own.httpAdminMiddleware)],
  adminAuth: { tokenHeader: header, tokens: async ticket => lock.userByTicket(ticket) },
  httpNodeRoot: own.httpNodeRoot ?? own.httpRoot ?? '/',
  httpNodeAuth: nodeAuth(own.httpNodeAuth ?? own.httpAuth),
  httpStatic: own.httpStatic ? listOf(own.httpStatic).map(guarded) : undefined,
};
