"""Starts matlab-proxy with Gatehouse's lock in place: `python gatehouse_matlab.py`

The attacks: matlab-proxy listens on every address of the computer and has no setting for that; it answers some
questions (the licence's owner, where MATLAB is) to anyone who asks; it writes its token, readable, into a file that
outlives a crash; it tells its token to every page; and it takes the token from the environment, which MATLAB and
everything that MATLAB starts would inherit.

So the server is bound to 127.0.0.1; every request, whatever its path, must carry the upstream secret in the header
`mwi-auth-token`; the secret comes in a 0600 file that is deleted as soon as it is read, is in the environment of
this process only while the settings are read, and is taken off what goes on to MATLAB; and the file that
`matlab-proxy-app-list-servers` reads names Gatehouse's door, without a token.

Whatever of this cannot be done ends the start. Gatehouse looks at the listening sockets once more before it says
that the server is ready.

Runs on Python 3.8 or later. Tried with the versions that the profile names.
"""

import hashlib
import hmac
import os
import re
import sys

SECRET_FILE_VARIABLE = "GATEHOUSE_UPSTREAM_SECRET_FILE"
DOOR_VARIABLE = "GATEHOUSE_DOOR"
SERVER_VARIABLE = "GATEHOUSE_SERVER"
TOKEN_HEADER = "mwi-auth-token"
NONCE_HEADER = "X-Gatehouse-Nonce"
PROOF_HEADER = "X-Gatehouse-Proof"
PROOF_PATH = "/_gatehouse/proof"
PROOF_WORDS = b"gatehouse upstream proof 1:"
LOOPBACK = "127.0.0.1"

# These are honoured at Gatehouse's door; the server behind it must not see them.
DOOR_SETTINGS = (
    "MWI_APP_HOST",
    "MWI_AUTH_TOKEN",
    "MWI_ENABLE_SSL",
    "MWI_ENABLE_TOKEN_AUTH",
    "MWI_SSL_CERT_FILE",
    "MWI_SSL_KEY_FILE",
)

# matlab-proxy's exit code when it was idle for as long as MWI_SHUTDOWN_ON_IDLE_TIMEOUT says: wanted, no
# crash.
IDLE_TIMEOUT = 100


def give_up(sentence):
    raise SystemExit("gatehouse: %s" % sentence)


def take_secret():
    """Reads the secret, deletes its file and forgets where it was."""
    path = os.environ.pop(SECRET_FILE_VARIABLE, None)
    if not path:
        give_up("no upstream secret was given; start this server through Gatehouse.")
    try:
        with open(path, encoding="ascii") as file:
            secret = file.read().strip()
    except (OSError, UnicodeError):
        give_up("the upstream secret cannot be read.")
    finally:
        try:
            os.unlink(path)
        except OSError:
            pass
    if len(secret) < 32:
        give_up("the upstream secret is too short to be one.")
    return secret


class Lock:
    """What is put around matlab-proxy before it starts."""

    def __init__(self, secret, door, server):
        self._secret = secret
        # matlab-proxy asks itself how MATLAB is, with this hash in place of the token.
        self._keys = [secret.encode(), hashlib.sha256(secret.encode()).hexdigest().encode()]
        self._door = door
        self._server = server

    def put(self):
        from matlab_proxy import app, app_state, settings
        from matlab_proxy.util.mwi import token_auth

        self._wrap(settings, "get", self._settings)
        self._wrap(app, "create_app", self._application)
        self._wrap(app_state.AppState, "create_server_info_file", self._server_info)
        self._wrap(token_auth, "authenticate_request", self._authenticate)

    def _wrap(self, owner, name, wrapper):
        real = getattr(owner, name, None)
        if not callable(real):
            give_up("this matlab-proxy has no %s; it cannot be kept from the network." % name)
        setattr(owner, name, wrapper(real))

    def _settings(self, real):
        def get(*arguments, **options):
            os.environ["MWI_AUTH_TOKEN"] = self._secret
            try:
                made = real(*arguments, **options)
            finally:
                del os.environ["MWI_AUTH_TOKEN"]
            made["host_interface"] = LOOPBACK
            made["app_port"] = os.environ["MWI_APP_PORT"]
            if made.get("mwi_auth_token") != self._secret or made.get("ssl_context") is not None:
                give_up("this matlab-proxy does not take the token or TLS as it was told.")
            return made

        return get

    def _application(self, real):
        def create_app(*arguments, **options):
            made = real(*arguments, **options)
            settings = made["settings"]
            if settings.get("host_interface") != LOOPBACK:
                give_up("this matlab-proxy does not keep to %s." % LOOPBACK)
            # The first one is asked first, before any handler is chosen, for WebSockets and unknown paths
            # too.
            made.middlewares.insert(0, self._guard(settings.get("base_url") or ""))
            return made

        return create_app

    def _server_info(self, real):
        """Lets `matlab-proxy-app-list-servers`, and what is printed at the start, name the door.

        The name is a secret (the session's cookie is kept by it), so the file is for its owner whatever the mask.
        """

        def create_server_info_file(state):
            mask = os.umask(0o077)
            kept = {name: state.settings[name] for name in ("mwi_server_url", "mwi_is_token_auth_enabled")}
            state.settings.update(mwi_server_url=self._door, mwi_is_token_auth_enabled=False)
            try:
                return real(state)
            finally:
                os.umask(mask)
                state.settings.update(kept)

        return create_server_info_file

    def _authenticate(self, _real):
        async def authenticate_request(request):
            return request.get("gatehouse", False) is True

        return authenticate_request

    def _guard(self, base):
        from aiohttp import web

        @web.middleware
        async def guard(request, handler):
            if request.method == "GET" and request.raw_path == PROOF_PATH:
                return self._prove(web, request)
            if not self._is_ours(request.headers.getall(TOKEN_HEADER, [])):
                return web.Response(status=403, text="Only Gatehouse may ask this server.")
            # Decoded, as the handlers are chosen: every spelling of it.
            if request.path == base + "/get_auth_token":
                return web.json_response({"token": "shown by: gatehouse token %s" % self._server})
            headers = request.headers.copy()
            headers.popall(TOKEN_HEADER)
            without = request.clone(headers=headers)
            without["gatehouse"] = True
            return await handler(without)

        return guard

    def _is_ours(self, given):
        """In constant time; one header, not two."""
        if len(given) != 1:
            return False
        shown = given[0].encode("utf-8", "replace")
        return any([hmac.compare_digest(shown, key) for key in self._keys])

    def _prove(self, web, request):
        nonce = request.headers.get(NONCE_HEADER, "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,128}", nonce):
            return web.Response(status=400)
        words = PROOF_WORDS + nonce.encode()
        proof = hmac.new(self._secret.encode(), words, hashlib.sha256).hexdigest()
        return web.Response(status=204, headers={PROOF_HEADER: proof})


def start():
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if path and os.path.abspath(path) != own]
    secret = take_secret()
    door, server = os.environ.pop(DOOR_VARIABLE, ""), os.environ.pop(SERVER_VARIABLE, "")
    for name in DOOR_SETTINGS:
        os.environ.pop(name, None)
    Lock(secret, door, server).put()
    sys.argv = ["matlab-proxy-app"]

    from matlab_proxy.app import main

    try:
        main()
    except SystemExit as ended:
        if ended.code == IDLE_TIMEOUT:
            print("gatehouse: nobody used MATLAB for as long as MWI_SHUTDOWN_ON_IDLE_TIMEOUT says.", flush=True)
            return 0
        raise
    return 0


if __name__ == "__main__":
    sys.exit(start())
