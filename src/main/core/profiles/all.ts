// Written by `npm run profiles` from the files of this folder that export `kind`.
import type { ProfileKind } from './kind.ts';
import { kind as custom } from './custom.ts';
import { kind as flask } from './flask.ts';
import { kind as jupyter } from './jupyter.ts';
import { kind as matlab } from './matlab.ts';
import { kind as messagebus } from './messagebus.ts';
import { kind as netcreate } from './netcreate.ts';
import { kind as tensorboard } from './tensorboard.ts';

/** Every kind of server, the first first. */
export const allKinds: readonly ProfileKind[] = [
  custom,
  flask,
  jupyter,
  matlab,
  messagebus,
  netcreate,
  tensorboard,
].sort((one, other) => one.order - other.order);
