/** The roles of a Jupyter server, as the gateway is handed them. */
import type { RoleRules } from '../../../role-ports.ts';
import { overrideHeaders } from './asked-path.ts';
import { decideRequest } from './rest.ts';
import { openSocket } from './sockets.ts';

export const jupyterRoles: RoleRules = {
  roles: ['viewer', 'editor', 'full'],
  overrideHeaders,
  answersOneByOne: true,
  decideRequest,
  openSocket,
};
