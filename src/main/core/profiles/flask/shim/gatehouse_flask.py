"""Serves a Flask or Invenio application on a Unix socket that only the gateway can reach.

The attacks: an application that believes what a client says of who asks and from where (X-Forwarded-*), one hop too many or too few; a debugger that runs code for anyone who finds it; a socket that other
accounts can open. So exactly one hop is believed, the gateway's, whatever the application is configured for elsewhere; there is no debug mode and no reloader; and the socket is made
with a mask of 077 in a private folder.

The host is not taken from X-Forwarded-Host: the application sees `localhost`, which is the only name that it is asked to trust, and the gateway knows the others.
"""

import importlib.util
import os
import sys

ONE_HOP = {"x_for": 1, "x_proto": 1, "x_host": 0, "x_port": 0, "x_prefix": 0}


def fail(sentence):
    sys.stderr.write("gatehouse: " + sentence + "\n")
    sys.exit(1)


def load(target):
    """The application that `flask --app TARGET run` would serve; without a target Invenio's own, or what Flask finds in the folder."""
    if target == "" and not any(os.path.exists(name) for name in ("wsgi.py", "app.py")):
        try:
            from invenio_app.factory import create_app
        except ImportError:
            fail("There is no wsgi.py and no app.py in the folder, and Invenio is not installed.")
        return create_app()
    from flask.cli import ScriptInfo

    return ScriptInfo(app_import_path=target or None).load_app()


def make(target):
    from werkzeug.middleware.proxy_fix import ProxyFix

    # The application's folder in place of this file's, and not before: a module of the folder must not be
    # taken for one of the server's.
    sys.path[0] = os.getcwd()
    app = load(target)
    if app.debug:
        fail("The application has turned debug mode on (DEBUG). It is not served so.")
    # Around everything: a second one of the application's own, which believes the same hop, finds the same.
    return ProxyFix(app, **ONE_HOP)


def with_gunicorn(socket, target):
    from gunicorn.app.base import BaseApplication

    class Served(BaseApplication):
        def load_config(self):
            wanted = {
                "bind": "unix:" + socket,
                # One process: what it counts in its memory (rate limits) is counted once.
                "workers": 1,
                "worker_class": "gthread",
                "threads": 16,
                "umask": 0o077,
                "keepalive": 60,
                # Long answers are usual behind a gateway that streams.
                "timeout": 0,
                # A socket in the home folder that two servers would share.
                "control_socket_disable": True,
                # `X_Forwarded_For` is dropped here too, though it never comes so far (CVE-2025-64484).
                "header_map": "drop",
                "forwarder_headers": "",
            }
            for name, value in wanted.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self):
            return make(target)

    Served().run()


def with_werkzeug(socket, target):
    from werkzeug.serving import make_server

    app = make(target)
    # The socket is ours; what the application writes is the user's.
    mask = os.umask(0o077)
    try:
        server = make_server("unix://" + socket, 0, app, threaded=True)
    finally:
        os.umask(mask)
    server.serve_forever()


def main():
    socket, target = sys.argv[1], sys.argv[2]
    # What gunicorn would take for its own.
    sys.argv = sys.argv[:1]
    # Not within an `except`: a fault of the application would be told as one of gunicorn's absence.
    if importlib.util.find_spec("gunicorn") is None:
        return with_werkzeug(socket, target)
    return with_gunicorn(socket, target)


if __name__ == "__main__":
    main()
