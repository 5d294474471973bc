/*
 * The attack on a list made by hand: a new version of a server reads one more variable, which opens it or has
 * it run something, and the shell's passes. So the installed packages are asked which names they read. Each
 * is withheld, or stands here because it is its owner's to set.
 */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { allKinds } from '../../src/main/core/profiles/all.ts';
import { serverEnvironment } from '../../src/main/core/server/environment.ts';
import { testPython } from '../support/jupyter.ts';
import { pythonServer } from '../support/server-packages.ts';

/** Of the system, the session, a proxy, a test or a web server's own table of a request. */
const everywhere =
  /^(?:ALL_PROXY|HTTPS?_PROXY|https?_proxy|no_proxy|PATH|SHELL|TERM|USER|DISPLAY|WAYLAND_DISPLAY|EDITOR|PAGER|LESS|BROWSER|CI|NO_COLOR|SSH_(?:CONNECTION|TTY)|PROGRAMDATA|APPDATA|XDG_[A-Z_]+|VIRTUAL_ENV|CONDA_[A-Z_]+|UV[A-Z_]*|SOURCE_DATE_EPOCH|PYTEST_[A-Z_]+|PYTHONPATH)$/;

interface Sorted {
  readonly python: () => Promise<string>;
  readonly packages: readonly string[];
  /** What its owner's shell may say to it. */
  readonly owners: string;
}

const kinds: Readonly<Record<string, Sorted>> = {
  jupyter: {
    python: testPython,
    packages: 'jupyter_server jupyter_core jupyter_client jupyterlab jupyterlab_server jupyter_lsp'
      .concat(' jupyter_events notebook_shim traitlets tornado ipykernel IPython')
      .split(' '),
    owners: `
      ASYNC_TEST_TIMEOUT COMP_LINE COMP_POINT FOO GATEWAY_WS_PING_INTERVAL_SECS IN_SPHINX_RUN IPYKERNEL_CELL_NAME IPYTHONDIR
      IPYTHON_SUPPRESS_CONFIG_ERRORS IPYTHON_USE_PROGRAMDATA IPY_TEST_SIMPLE_PROMPT JLAB_BROWSER_TYPE JP_LSP_VIRTUAL_DIR
      KERNEL_LAUNCH_TIMEOUT KERNEL_USERNAME MPLBACKEND QT_API TORNADO_EXTENSION TORNADO_NO_EXTENSION
      TRAITLETS_ALL_DEPRECATIONS TRAITLETS_APPLICATION_RAISE_CONFIG_FILE_ERROR _ARGCOMPLETE pathext
    `,
  },
  marimo: {
    python: () => pythonServer('marimo'),
    packages: ['marimo'],
    owners: `
      ANTHROPIC_API_KEY AWS_ACCESS_KEY_ID AWS_PROFILE AWS_SECRET_ACCESS_KEY DATABRICKS_CONFIG_PROFILE
      DATABRICKS_SQL_WAREHOUSE_ID DEBUGPY_RUNNING GOOGLE_AI_API_KEY GOOGLE_CLOUD_LOCATION GOOGLE_CLOUD_PROJECT
      GOOGLE_GENAI_USE_VERTEXAI GROQ_API_KEY MODAL_TASK_ID MYSQL_DATABASE MYSQL_HOST MYSQL_TCP_PORT MYSQL_USER
      OPENAI_API_KEY OTEL_EXPORTER_OTLP_ENDPOINT OTEL_EXPORTER_OTLP_PROTOCOL OTEL_EXPORTER_OTLP_TRACES_ENDPOINT
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL PGDATABASE PGHOST PGPASSWORD PGPORT PGUSER SPARK_REMOTE TRINO_CATALOG TRINO_HOST
      TRINO_PASSWORD TRINO_PORT TRINO_SCHEMA TRINO_USER VAR_NAME
    `,
  },
  gradio: {
    python: () => pythonServer('gradio'),
    packages: ['gradio'],
    owners:
      'HF_HUB_DISABLE_TELEMETRY HF_TOKEN OAUTH_CLIENT_ID OAUTH_CLIENT_SECRET OAUTH_SCOPES OPENAI_API_KEY OPENID_PROVIDER_URL SPACES_ZERO_GPU',
  },
  streamlit: {
    python: () => pythonServer('streamlit'),
    packages: ['streamlit'],
    owners:
      'DB_HOST DB_PASSWORD MAPBOX_API_KEY MPLBACKEND WORKON_HOME WSL_DISTRO_NAME WSL_INTEROP WT_SESSION',
  },
  tensorboard: {
    python: () => pythonServer('tensorboard'),
    packages: ['tensorboard'],
    owners: 'GCS_READ_CACHE_DISABLED S3_ENDPOINT',
  },
  shiny: {
    python: () => pythonServer('shiny'),
    packages: ['shiny', 'uvicorn'],
    owners:
      'ANTHROPIC_API_KEY AZURE_OPENAI_API_KEY CODESPACES CODESPACE_NAME GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN GOOGLE_API_KEY IN_QUARTODOC LOGFIRE_TOKEN OPENAI_API_KEY RS_SERVER_URL RS_SESSION_URL',
  },
  flask: {
    python: () => pythonServer('flask'),
    packages: ['flask', 'werkzeug', 'gunicorn'],
    owners: 'SENDFILE YOURAPPLICATION_SETTINGS',
  },
  matlab: { python: () => pythonServer('matlab'), packages: ['matlab_proxy'], owners: '' },
};

test.each(Object.entries(kinds))(
  '%s: every variable that it reads is withheld or its owner’s',
  async (name, sorted) => {
    const kind = allKinds.find(each => each.name === name);
    const withheld = kind?.ownVariables;
    const read = await namesReadBy(await sorted.python(), sorted.packages);
    expect(read.length).toBeGreaterThan(2);
    const passing = read.filter(
      each => each in serverEnvironment({ [each]: '/somewhere' }, { names: null, withheld }),
    );
    const unsorted = passing.filter(each => !everywhere.test(each));
    expect(unsorted).toEqual(sorted.owners.split(/\s+/).filter(each => each !== ''));
  },
);

/** Names that stand in these packages where the environment is read. */
async function namesReadBy(python: string, packages: readonly string[]): Promise<readonly string[]> {
  const library = join(dirname(dirname(python)), 'lib');
  const [version = ''] = await readdir(library);
  const names = new Set<string>();
  for (const each of packages) {
    const folder = join(library, version, 'site-packages', each);
    for (const file of await readdir(folder, { recursive: true })) {
      if (!file.endsWith('.py') || /(?:^|\/)_?tests?(?:ing)?\//.test(file)) continue;
      const text = await readFile(join(folder, file), 'utf8');
      for (const [, found = ''] of text.matchAll(
        /(?:os\.environ(?:\.(?:get|setdefault|pop)\(|\[)|getenv\(|Env[A-Za-z]*\()\s*["']([A-Za-z_]\w*)["']/g,
      ))
        names.add(found);
      for (const [, found = ''] of text.matchAll(/["']([A-Z_][A-Z0-9_]*)["'] (?:not )?in os\.environ/g))
        names.add(found);
    }
  }
  return [...names].toSorted();
}
