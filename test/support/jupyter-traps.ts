/*
 * A folder from somewhere: everything in it that a program of Jupyter might run leaves a file behind when it
 * is run.
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Modules that a kernel or the server imports when it starts, or soon after. */
const modules = `
  ipykernel_launcher ipykernel/__init__ IPython/__init__ traitlets tornado zmq comm random
  json jedi debugpy matplotlib_inline psutil nest_asyncio sitecustomize usercustomize runpy
  jupyter_client packaging decorator pygments prompt_toolkit conftest jupyterlab pylsp
  bash_kernel platformdirs appnope stack_data parso
`;
const configurations = `
  jupyter_config jupyter_server_config jupyter_lab_config ipython_config
  ipython_kernel_config profile_default/startup/start profile_default/ipython_config
`;
const languageServers = `
  pyright/langserver.index bash-language-server/out/cli bash-language-server/bin/main
  vscode-json-languageserver-bin/jsonServerMain
  yaml-language-server/bin/yaml-language-server typescript-language-server/lib/cli
  dockerfile-language-server-nodejs/lib/server unified-language-server/src/server
  sql-language-server/dist/bin/cli
`;

export const notebook = JSON.stringify({
  cells: [],
  metadata: { kernelspec: { name: 'python3', display_name: 'Python', language: 'python' } },
  nbformat: 4,
  nbformat_minor: 5,
});

/** @param canaries folder outside, where each thing that ran leaves a file of its name */
export async function fillWithTraps(folder: string, canaries: string): Promise<void> {
  await mkdir(canaries, { recursive: true });
  const put = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  };
  const canary = (name: string): string => JSON.stringify(join(canaries, name.replaceAll('/', '.')));
  for (const name of wordsOf(`${modules} ${configurations}`))
    await put(`${name}.py`, `open(${canary(`${name}.py`)}, "w").close()\nraise ImportError("trap")\n`);
  for (const name of wordsOf(languageServers)) {
    const path = `node_modules/${name}.js`;
    await put(path, `require("node:fs").writeFileSync(${canary(path)}, "")\n`);
  }
  await put('.Rprofile', `invisible(file.create(${canary('.Rprofile')}))\n`);
  await put('.Renviron', 'R_PROFILE_USER=./elsewhere.R\n');
  await put('elsewhere.R', `invisible(file.create(${canary('elsewhere.R')}))\n`);
  await put('README.md', '# Hello\n');
  await put('open-me.ipynb', notebook);
  await put('helper.py', 'answer = 42\n');
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter(word => word !== '');
}

/** What of the folder has run. */
export async function ran(canaries: string): Promise<readonly string[]> {
  return (await readdir(canaries)).toSorted();
}
