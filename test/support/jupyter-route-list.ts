import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface JupyterRoute {
  /** A regular expression of Python. */
  readonly pattern: string;
  /** Those that the server itself answers, in upper case; `SOCKET` for a WebSocket. */
  readonly methods: readonly string[];
}

/**
 * Asks the installed packages themselves for their routes, so that a new version is covered when it is
 * installed.
 */
const listRoutes = `
import json, os, sys, tempfile
os.environ["JUPYTER_RUNTIME_DIR"] = os.environ["JUPYTER_CONFIG_DIR"] = os.environ["JUPYTER_DATA_DIR"] = tempfile.mkdtemp()
from jupyterlab.labapp import LabApp
from tornado.web import RequestHandler
app = LabApp.initialize_server(argv=["--port=0", "--no-browser", "--allow-root", "--ServerApp.port_retries=50"])
def rules(router):
    for rule in router.rules:
        if hasattr(rule.target, "rules"): yield from rules(rule.target)
        elif hasattr(rule.matcher, "regex"): yield rule.matcher.regex.pattern, rule.target
def methods(handler):
    for method in ("get", "head", "post", "put", "patch", "delete"):
        if getattr(handler, method, None) is not getattr(RequestHandler, method, None): yield method.upper()
    if hasattr(handler, "on_message"): yield "SOCKET"
found = {}
for router in (app.web_app.wildcard_router, app.web_app.default_router):
    for pattern, target in rules(router):
        if isinstance(target, type): found.setdefault(pattern, set()).update(methods(target))
        else: found.setdefault(pattern, set())
import shutil
shutil.rmtree(os.environ["JUPYTER_DATA_DIR"], ignore_errors=True)
print("ROUTES" + json.dumps([{"pattern": one, "methods": sorted(found[one])} for one in sorted(found)]), flush=True)
os._exit(0)
`;

/** @param folder where it is asked, and all that it may see */
export async function jupyterRoutes(
  python: string,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<readonly JupyterRoute[]> {
  const { stdout } = await promisify(execFile)(python, ['-c', listRoutes], {
    cwd: folder,
    env: environment,
    maxBuffer: 10_000_000,
  });
  return JSON.parse(/^ROUTES(.*)$/m.exec(stdout)?.[1] ?? '[]') as JupyterRoute[];
}
