// Written by `npm run profiles` from the files of this folder that export `kind`.
import type { ProfileKind } from './kind.ts';
import { kind as codeServer } from './code-server.ts';
import { kind as comfyui } from './comfyui.ts';
import { kind as custom } from './custom.ts';
import { kind as flask } from './flask.ts';
import { kind as gradio } from './gradio.ts';
import { kind as jupyter } from './jupyter.ts';
import { kind as marimo } from './marimo.ts';
import { kind as matlab } from './matlab.ts';
import { kind as messagebus } from './messagebus.ts';
import { kind as netcreate } from './netcreate.ts';
import { kind as nodeRed } from './node-red.ts';
import { kind as rstudio } from './rstudio.ts';
import { kind as shiny } from './shiny.ts';
import { kind as streamlit } from './streamlit.ts';
import { kind as tensorboard } from './tensorboard.ts';
import { kind as vscodeWeb } from './vscode-web.ts';

/** Every kind of server, the first first. */
export const allKinds: readonly ProfileKind[] = [
  codeServer,
  comfyui,
  custom,
  flask,
  gradio,
  jupyter,
  marimo,
  matlab,
  messagebus,
  netcreate,
  nodeRed,
  rstudio,
  shiny,
  streamlit,
  tensorboard,
  vscodeWeb,
].sort((one, other) => one.order - other.order);
