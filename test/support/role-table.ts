/*
 * Every route of Jupyter and what a role may do there: pattern as the server has it, an example, methods of a
 * viewer, methods of an editor. GET stands for HEAD too, SOCKET for a WebSocket that is read along, SPLICE
 * for one that is not. Written by hand: the code is compared with it.
 *
 * What a viewer reads changes nothing on the disk (test/integration/jupyter/roles-side-effects.test.ts), but
 * for the date in Jupyter's own database of signatures on which a notebook that its owner trusts was last
 * read (GET /api/contents). The list of a file's checkpoints is answered by the gateway: Jupyter makes a
 * folder to answer it. PUT /api/collaboration/session and the SOCKET of a document's room have
 * jupyter-collaboration write its own files (file_id_manager.db; in the folder .jupyter_ystore.db and
 * .jupyter/collaboration_sessions.json): nobody reads live without them.
 */
export interface RoleLine {
  readonly pattern: string;
  readonly example: string;
  readonly viewer: readonly string[];
  readonly editor: readonly string[];
}

const kernel = '2f1b0c9e-0d6c-4f5b-9a59-7c2a5a0b3e11';
const path = String.raw`(?P<path>(?:(?:/[^/]+)+|/?))`;
const id = String.raw`\w+-\w+-\w+-\w+-\w+`;

const lines = String.raw`
(.*)$ ¦ /proxy/8080/ ¦ ¦
/(?P<mode>lab|doc)(?P<workspace>/workspaces/[a-zA-Z0-9\-\_]+)?(?P<tree>/tree/.*)?$ ¦ /lab/workspaces/auto-b/tree/a/b.ipynb ¦ GET ¦ GET
/(favicon\.ico)$ ¦ /favicon.ico ¦ GET ¦ GET
/(robots\.txt)$ ¦ /robots.txt ¦ GET ¦ GET
/(robots\.txt|favicon\.ico)$ ¦ /robots.txt ¦ GET ¦ GET
/.*/$ ¦ /lab/tree/ ¦ GET ¦ GET
/?$ ¦ / ¦ GET ¦ GET
/api$ ¦ /api ¦ GET ¦ GET
/api/collaboration/fork/(.*)$ ¦ /api/collaboration/fork/json:notebook:x ¦ GET ¦ GET PUT DELETE
/api/collaboration/room/(.*)$ ¦ /api/collaboration/room/json:notebook:${kernel} ¦ SOCKET ¦ SPLICE
/api/collaboration/session/(.*)$ ¦ /api/collaboration/session/a/b.ipynb ¦ PUT ¦ PUT
/api/collaboration/timeline/(.*)$ ¦ /api/collaboration/timeline/a/b.ipynb ¦ ¦ GET
/api/collaboration/undo_redo/(.*)$ ¦ /api/collaboration/undo_redo/json:notebook:x ¦ ¦ PUT
/api/config/(?P<section_name>\w+)$ ¦ /api/config/notebook ¦ GET ¦ GET
/api/contents${path}$ ¦ /api/contents/a%20b/c.ipynb ¦ GET ¦ GET POST PUT PATCH DELETE
/api/contents${path}/checkpoints$ ¦ /api/contents/a.ipynb/checkpoints ¦ GET ¦ GET POST
/api/contents${path}/checkpoints/(?P<checkpoint_id>[\w-]+)$ ¦ /api/contents/a.ipynb/checkpoints/checkpoint ¦ ¦ POST DELETE
/api/contents${path}/trust$ ¦ /api/contents/a.ipynb/trust ¦ ¦
/api/events$ ¦ /api/events ¦ ¦
/api/events/subscribe$ ¦ /api/events/subscribe ¦ SOCKET ¦ SOCKET
/api/fileid/id$ ¦ /api/fileid/id ¦ ¦ GET
/api/fileid/path$ ¦ /api/fileid/path ¦ ¦ GET
/api/kernels$ ¦ /api/kernels ¦ GET ¦ GET POST
/api/kernels/(?P<kernel_id>${id})$ ¦ /api/kernels/${kernel} ¦ GET ¦ GET DELETE
/api/kernels/(?P<kernel_id>${id})/(?P<action>restart|interrupt)$ ¦ /api/kernels/${kernel}/restart ¦ ¦ POST
/api/kernels/(?P<kernel_id>${id})/channels$ ¦ /api/kernels/${kernel}/channels ¦ SOCKET ¦ SPLICE
/api/kernelspecs$ ¦ /api/kernelspecs ¦ GET ¦ GET
/api/kernelspecs/(?P<kernel_name>[\w\.\-%]+)$ ¦ /api/kernelspecs/python3 ¦ GET ¦ GET
/api/me$ ¦ /api/me ¦ GET ¦ GET
/api/nbconvert$ ¦ /api/nbconvert ¦ GET ¦ GET
/api/notebooks/?(.*)$ ¦ /api/notebooks/a.ipynb ¦ ¦
/api/resolvePath$ ¦ /api/resolvePath ¦ ¦ GET
/api/security/csp-report$ ¦ /api/security/csp-report ¦ ¦
/api/sessions$ ¦ /api/sessions ¦ GET ¦ GET POST
/api/sessions/(?P<session_id>${id})$ ¦ /api/sessions/${kernel} ¦ GET ¦ GET PATCH DELETE
/api/shutdown$ ¦ /api/shutdown ¦ ¦
/api/spec.yaml$ ¦ /api/spec.yaml ¦ GET ¦ GET
/api/status$ ¦ /api/status ¦ GET ¦ GET
/api/terminals$ ¦ /api/terminals ¦ ¦
/api/terminals/(\w+)$ ¦ /api/terminals/1 ¦ ¦
/consoles/(.*)$ ¦ /consoles/a.ipynb ¦ ¦ GET
/custom/custom.css$ ¦ /custom/custom.css ¦ GET ¦ GET
/edit(.*)$ ¦ /edit/a.txt ¦ GET ¦ GET
/files/(.*)$ ¦ /files/a/b.png ¦ GET ¦ GET
/kernelspecs/(?P<kernel_name>[\w\.\-%]+)/(?P<path>.*)$ ¦ /kernelspecs/python3/logo-64x64.png ¦ GET ¦ GET
/lab/.*$ ¦ /lab/unknown ¦ ¦
/lab/api/build$ ¦ /lab/api/build ¦ ¦ GET
/lab/api/extensions$ ¦ /lab/api/extensions ¦ ¦ GET
/lab/api/licenses/(.*)$ ¦ /lab/api/licenses/x ¦ GET ¦ GET
/lab/api/listings/(.*)$ ¦ /lab/api/listings/x ¦ GET ¦ GET
/lab/api/news$ ¦ /lab/api/news ¦ ¦ GET
/lab/api/plugins$ ¦ /lab/api/plugins ¦ ¦ GET
/lab/api/settings/(?P<schema_name>.+)$ ¦ /lab/api/settings/@jupyterlab/apputils-extension:themes ¦ GET ¦ GET
/lab/api/settings/?$ ¦ /lab/api/settings ¦ GET ¦ GET
/lab/api/themes/(.*)$ ¦ /lab/api/themes/a/index.css ¦ GET ¦ GET
/lab/api/translations/(?P<locale>.*)$ ¦ /lab/api/translations/de_DE ¦ GET ¦ GET
/lab/api/translations/?$ ¦ /lab/api/translations/ ¦ GET ¦ GET
/lab/api/update$ ¦ /lab/api/update ¦ ¦ GET
/lab/api/workspaces/(?P<space_name>.+)$ ¦ /lab/api/workspaces/default ¦ GET ¦ GET
/lab/api/workspaces/?$ ¦ /lab/api/workspaces ¦ GET ¦ GET
/lab/extensions/(.*)$ ¦ /lab/extensions/@jupyter/x/static/y.js ¦ GET ¦ GET
/login$ ¦ /login ¦ ¦
/logout$ ¦ /logout ¦ ¦
/lsp/status$ ¦ /lsp/status ¦ ¦ GET
/lsp/ws/(?P<language_server>.*)$ ¦ /lsp/ws/pylsp ¦ ¦ SPLICE
/metrics$ ¦ /metrics ¦ ¦
/nbconvert/(?P<format>\w+)$ ¦ /nbconvert/html ¦ ¦ POST
/nbconvert/(?P<format>\w+)${path}$ ¦ /nbconvert/pdf/a.ipynb ¦ ¦ GET
/notebooks(.*)$ ¦ /notebooks/a.ipynb ¦ GET ¦ GET
/static/(.*)$ ¦ /static/style/style.min.css ¦ GET ¦ GET
/static/lab/(.*)$ ¦ /static/lab/main.js ¦ GET ¦ GET
/static/notebook/(.*)$ ¦ /static/notebook/main.js ¦ GET ¦ GET
/terminals/(.*)$ ¦ /terminals/1 ¦ ¦
/terminals/websocket/(\w+)$ ¦ /terminals/websocket/1 ¦ ¦
/tree(.*)$ ¦ /tree/a/b ¦ GET ¦ GET
/view${path}$ ¦ /view/a.html ¦ GET ¦ GET
`;

export const roleTable: readonly RoleLine[] = lines
  .trim()
  .split('\n')
  .map(line => {
    const [pattern = '', example = '', viewer = '', editor = ''] = line.split('¦').map(field => field.trim());
    return { pattern, example, viewer: methodsOf(viewer), editor: methodsOf(editor) };
  });

function methodsOf(field: string): readonly string[] {
  const methods = field.split(' ').filter(Boolean);
  return methods.includes('GET') ? [...methods, 'HEAD'] : methods;
}
