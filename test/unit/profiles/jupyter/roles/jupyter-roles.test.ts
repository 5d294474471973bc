import { expect, test } from 'vitest';
import { jupyterRoles } from '../../../../../src/main/core/profiles/jupyter/roles/jupyter-roles.ts';

const guest = { name: 'Ada (guest)', session: 'a1', permissions: null };

test('Jupyter offers all three roles, and names the headers that would turn one request into another', () => {
  expect(jupyterRoles.roles).toEqual(['viewer', 'editor', 'full']);
  expect(jupyterRoles.overrideHeaders).toContain('x-http-method-override');
  expect(jupyterRoles.decideRequest('viewer', 'GET', '/lab', '').allow).toBe(true);
  expect(jupyterRoles.decideRequest('viewer', 'POST', '/api/kernels', '').allow).toBe(false);
  expect(jupyterRoles.openSocket('viewer', '/terminals/websocket/1', '', [], guest).allow).toBe(false);
});
