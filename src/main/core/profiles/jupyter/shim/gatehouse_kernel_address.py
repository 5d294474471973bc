"""Where a kernel asks which notebook it runs, and nothing else (decision 31).

Libraries (ipynbname, wandb, mlrun, otter) look for files `jpserver-*.json` in Jupyter's runtime folder, and ask the address in each, with
the token in it, for `/api/sessions`. Jupyter itself has no token here and no port.

The attack: such a token opens the whole server to every program that reads the file or sees the address, and to a guest whose cell
prints it. So each kernel has a runtime folder of its own with one such file in it. Its token is good for one question, is of no use to
the gateway, and the answer holds that kernel's own sessions alone. The address is on loopback, has no port before the first kernel
starts, keeps no log (the token is in the query), and few connections.

Runs on Python 3.8 or later and jupyter_client 7 or later.
"""

import hashlib
import json
import os
import secrets
import shutil

from tornado import httpserver, netutil, web

HOST = "127.0.0.1"
# Any account of the computer may connect, and what is open is taken from what the server may open.
MOST_CONNECTIONS = 64


def digest(token):
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


class FewConnections(httpserver.HTTPServer):
    def handle_stream(self, stream, address):
        if len(self._connections) >= MOST_CONNECTIONS:
            stream.close()
            return
        super().handle_stream(stream, address)


class OwnSessionsHandler(web.RequestHandler):
    def initialize(self, addresses):
        self.addresses = addresses

    def set_default_headers(self):
        self.clear_header("Server")
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")

    def write_error(self, status_code, **options):
        self.finish({"message": self._reason})

    def given_token(self):
        """As Jupyter's own clients show it, once."""
        given = self.get_query_arguments("token", strip=False)
        kind, _, value = self.request.headers.get("Authorization", "").partition(" ")
        if kind.lower() in ("token", "bearer"):
            given.append(value.strip())
        return given[0] if len(given) == 1 else None

    async def get(self):
        token = self.given_token()
        # A page that has had its own name lead here says that name.
        kernel = self.addresses.kernel_of(token) if token and self.request.host in self.addresses.hosts else None
        if kernel is None:
            raise web.HTTPError(403)
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(await self.addresses.sessions_of(kernel), default=str))


class KernelAddresses:
    def __init__(self, app):
        self._app = app
        self._kernels = {}
        self._folders = {}
        self._port = None
        self.hosts = ()

    def kernel_of(self, token):
        return self._kernels.get(digest(token))

    async def sessions_of(self, kernel):
        sessions = await self._app.session_manager.list_sessions()
        return [session for session in sessions if session["kernel"]["id"] == kernel]

    def _listen(self):
        application = web.Application(
            [(r"/api/sessions", OwnSessionsHandler, {"addresses": self})], log_function=lambda handler: None
        )
        limits = {"max_header_size": 8192, "max_body_size": 1024, "idle_connection_timeout": 10, "body_timeout": 5}
        sockets = netutil.bind_sockets(0, HOST)
        FewConnections(application, **limits).add_sockets(sockets)
        self._port = sockets[0].getsockname()[1]
        self.hosts = ("%s:%d" % (HOST, self._port), "localhost:%d" % self._port)

    def open(self, kernel):
        """Gives a kernel its folder; each start has a token of its own."""
        self.close(kernel)
        if self._port is None:
            self._listen()
        folder = self._folders[kernel] = os.path.join(self._app.runtime_dir, "kernels", secrets.token_hex(8))
        os.makedirs(folder, mode=0o700)
        token = secrets.token_urlsafe(32)
        info = {
            "base_url": "/",
            "hostname": HOST,
            "password": False,
            "pid": os.getpid(),
            "port": self._port,
            "root_dir": self._app.root_dir,
            "secure": False,
            "sock": "",
            "token": token,
            "url": "http://%s:%d/" % (HOST, self._port),
            "version": self._app.version,
        }
        path = os.path.join(folder, "jpserver-%d.json" % os.getpid())
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(info, file)
        self._kernels[digest(token)] = kernel
        return folder

    def close(self, kernel):
        for token in [token for token, owner in self._kernels.items() if owner == kernel]:
            del self._kernels[token]
        folder = self._folders.pop(kernel, None)
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def install(app):
    """Called when all configuration is read, before the server listens."""
    try:
        from jupyter_client.provisioning.local_provisioner import LocalProvisioner
    except ImportError:
        return
    addresses = KernelAddresses(app)
    launch, cleanup = LocalProvisioner.launch_kernel, LocalProvisioner.cleanup

    async def launch_with_address(self, cmd, **options):
        try:
            folder = addresses.open(self.kernel_id)
        except OSError as error:
            app.log.warning("gatehouse: this kernel cannot ask for its own name: %s", error.strerror)
        else:
            options["env"] = dict(options.get("env") or os.environ, JUPYTER_RUNTIME_DIR=folder)
        return await launch(self, cmd, **options)

    async def cleanup_with_address(self, restart=False):
        await cleanup(self, restart=restart)
        if not restart:
            addresses.close(self.kernel_id)

    LocalProvisioner.launch_kernel = launch_with_address
    LocalProvisioner.cleanup = cleanup_with_address
