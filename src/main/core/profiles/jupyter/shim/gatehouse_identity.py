"""The lock that Gatehouse puts on a Jupyter server.

The attack: anyone who reaches the server's address without passing the gateway (another account of a shared
computer on its port, a page in a browser, an extension's handler that forgot to ask) runs code as the owner.
And the opposite one: a secret that Jupyter itself knows as its *token* switches off its XSRF and Origin checks
and is printed into every page.

So Jupyter has no token at all. Every request, WebSockets and the handlers of extensions included, must carry the
upstream secret in a header before any handler is chosen; without it the answer is 403 and nothing else. The header is
then taken off the request, so that no handler can log it or hand it on. XSRF and
Origin checks stay on for everything that a browser sends, because such a request is not "token authenticated".

The secret comes in a 0600 file that is deleted as soon as it is read, so kernels and terminals, which inherit
the environment, find neither the secret nor its file.

Runs on Python 3.8 or later and jupyter_server 2.0 or later.
"""

import hashlib
import hmac
import os
import re
from urllib.parse import unquote

SECRET_FILE_VARIABLE = "GATEHOUSE_UPSTREAM_SECRET_FILE"
TRUSTED_VARIABLE = "GATEHOUSE_FOLDER_TRUSTED"
SECRET_HEADER = "X-Gatehouse-Upstream"
EXPLICIT_HEADER = "X-Gatehouse-Explicit"
USER_HEADER = "X-Gatehouse-User"
HEADER_PREFIX = "x-gatehouse-"
NONCE_HEADER = "X-Gatehouse-Nonce"
PROOF_HEADER = "X-Gatehouse-Proof"
PROOF_PATH = "/_gatehouse/proof"
PROOF_WORDS = b"gatehouse upstream proof 1:"

# What a configuration file must not be able to open again, whatever its spelling.
CLOSED_SETTINGS = {
    "allow_unauthenticated_access": False,
    "allow_remote_access": False,
    "allow_credentials": False,
    "allow_origin": "",
    "allow_origin_pat": None,
    "disable_check_xsrf": False,
    "xsrf_cookies": True,
    "token": "",
    "password": "",
    "local_hostnames": ["localhost"],
    "websocket_url": "",
}


def take_secret():
    """Reads the secret, deletes its file and forgets where it was."""
    path = os.environ.pop(SECRET_FILE_VARIABLE, None)
    if not path:
        raise SystemExit("gatehouse: no upstream secret was given; start this server through Gatehouse.")
    try:
        with open(path, "rb") as file:
            secret = file.read().strip()
    except OSError as error:
        raise SystemExit("gatehouse: the upstream secret cannot be read: %s" % error.strerror)
    finally:
        try:
            os.unlink(path)
        except OSError:
            pass
    if len(secret) < 32:
        raise SystemExit("gatehouse: the upstream secret is too short to be one.")
    return secret


# Before anything of others is imported: from here on there is no file to find.
_secret = take_secret()
folder_trusted = os.environ.pop(TRUSTED_VARIABLE, None) == "1"

import gatehouse_kernel_address  # noqa: E402
import gatehouse_traits  # noqa: E402
import gatehouse_untrusted  # noqa: E402
import gatehouse_viewer  # noqa: E402
from jupyter_server.auth import IdentityProvider, User  # noqa: E402
from tornado import web  # noqa: E402


def carries_secret(request):
    """In constant time. Two headers of the name arrive joined by a comma and are refused."""
    given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
    return hmac.compare_digest(hashlib.sha256(given).digest(), hashlib.sha256(_secret).digest())


class Verdict:
    """What the gateway's headers said of one request. They are read once and taken off it."""

    def __init__(self, request):
        self.explicit = request.headers.get(EXPLICIT_HEADER) == "1"
        # Percent-encoded, because header values are not Unicode.
        name = unquote(request.headers.get(USER_HEADER, ""), errors="replace")
        name = "".join(letter for letter in name if letter.isprintable())[:120].strip()
        # One object for each request: Jupyter asks several times and expects the same person.
        self.user = User(username=name or "owner")


def take_verdict(request):
    """Judges a request, and removes the gateway's headers from it whatever the outcome.

    The attack: jupyter-server-proxy hands all headers on to anyone who owns the proxied port, and an extension may log
    them. Anyone who reads the secret there reaches this server past the gateway.
    """
    verdict = Verdict(request) if carries_secret(request) else None
    for name in [name for name in request.headers if name.lower().startswith(HEADER_PREFIX)]:
        del request.headers[name]
    request._gatehouse_verdict = verdict
    return verdict


def verdict_of(handler):
    """None for a request that did not come through the guard."""
    return getattr(handler.request, "_gatehouse_verdict", None)


class ProofHandler(web.RequestHandler):
    """Answers a nonce, so that Gatehouse can tell this server from a stranger on the same address.

    It is the only thing that answers without the secret, and it tells nobody anything.
    """

    def get(self):
        nonce = self.request.headers.get(NONCE_HEADER, "")
        if not re.fullmatch(r"[A-Za-z0-9_-]{16,128}", nonce):
            raise web.HTTPError(400)
        proof = hmac.new(_secret, PROOF_WORDS + nonce.encode("ascii"), hashlib.sha256).hexdigest()
        self.set_header(PROOF_HEADER, proof)
        self.set_header("Cache-Control", "no-store")
        self.set_status(204)

    # Seen by Jupyter's own look for handlers that forgot to ask.
    setattr(get, "__allow_unauthenticated", True)


class GatehouseIdentityProvider(IdentityProvider):
    """Knows one credential: the upstream secret. No token, no password, no cookie, no login page."""

    token = property(lambda self: "", lambda self, value: None, doc="Always empty, whatever is configured.")

    def __init__(self, **options):
        super().__init__(**options)
        # They would replace whatever the options say, ourselves included.
        gatehouse_traits.clean_tornado_settings(getattr(self.parent, "tornado_settings", None) or {})

    def get_user(self, handler):
        verdict = verdict_of(handler)
        return None if verdict is None else verdict.user

    def get_handlers(self):
        return []

    def is_token_authenticated(self, handler):
        """True for tools only: the gateway saw a credential that no page can make a browser send.

        Such clients (`Authorization: token ...`) have no XSRF cookie, and never needed one with Jupyter.
        """
        verdict = verdict_of(handler)
        return verdict is not None and verdict.explicit

    def should_check_origin(self, handler):
        return True

    def process_login_form(self, handler):
        return None

    @property
    def auth_enabled(self):
        return True

    @property
    def login_available(self):
        return False

    @property
    def logout_available(self):
        return False

    def validate_security(self, app, ssl_options=None):
        """Called by Jupyter when all configuration is read and before it listens: the last word is ours."""
        settings = app.web_app.settings
        for name, closed in CLOSED_SETTINGS.items():
            if settings.get(name, closed) != closed:
                self.log.warning("gatehouse: the setting %s would open this server and is not used", name)
            settings[name] = closed
        settings["identity_provider"] = self
        # JupyterLab 3 prints this one into its pages, although it opens nothing any more.
        if getattr(app, "token", ""):
            app.token = ""
        # The gateway speaks plain HTTP to a private socket or to loopback; TLS is the gateway's own business.
        app.ssl_options = None
        gatehouse_kernel_address.install(app)
        # Started elsewhere so that no configuration file of the working folder was run. Where nothing of it
        # may run the server stays there: kernels and terminals are given their folder. What else it starts
        # (language servers) belongs into the working folder.
        if folder_trusted:
            os.chdir(app.root_dir)
        else:
            gatehouse_untrusted.install(app.root_dir)
        guard(app.web_app)


def guard(application):
    """Puts the lock before the choice of a handler, so that no handler, no matter who wrote it, can forget it."""
    find_handler = application.find_handler
    viewers_watch = gatehouse_viewer.watch_kernels()

    def find_guarded(request, **options):
        if request.path == PROOF_PATH and request.method == "GET":
            return application.get_handler_delegate(request, ProofHandler)
        refused = gatehouse_viewer.MARK in request.query_arguments and not viewers_watch
        if take_verdict(request) is not None and not refused:
            return find_handler(request, **options)
        return application.get_handler_delegate(request, web.ErrorHandler, {"status_code": 403})

    application.find_handler = find_guarded
