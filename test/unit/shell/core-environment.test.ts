import { expect, test } from 'vitest';
import { coreEnvironment, coreProgram } from '../../../src/main/shell/core-environment.ts';

test('what steers Electron or Node does not steer the core', () => {
  const given = {
    PATH: '/usr/bin',
    GATEHOUSE_HOME: '/h',
    GATEHOUSE_TOKEN: 'supplied',
    ELECTRON_RUN_AS_NODE: '1',
    NODE_OPTIONS: '--require /evil.js',
    GATEHOUSE_CORE: '/x',
    XDG_CURRENT_DESKTOP: 'Unity',
    ORIGINAL_XDG_CURRENT_DESKTOP: 'ubuntu:GNOME',
  };
  expect(coreEnvironment(given)).toEqual({
    PATH: '/usr/bin',
    GATEHOUSE_HOME: '/h',
    GATEHOUSE_TOKEN: 'supplied',
    XDG_CURRENT_DESKTOP: 'ubuntu:GNOME',
  });
});

test('a package runs its own core, whatever the environment says', () => {
  const named = { GATEHOUSE_NODE: '/evil/node', GATEHOUSE_CORE: '/evil/core.mjs' };
  const facts = { resources: '/opt/gatehouse/resources', root: '/src', windows: false };
  expect(coreProgram({ ...facts, packaged: true }, named)).toEqual({
    node: '/opt/gatehouse/resources/node/node',
    script: '/opt/gatehouse/resources/core/main.mjs',
  });
  expect(coreProgram({ ...facts, packaged: false }, named)).toEqual({
    node: '/evil/node',
    script: '/evil/core.mjs',
  });
  expect(coreProgram({ ...facts, packaged: false }, {}).script).toBe('/src/out/core/main.mjs');
});
