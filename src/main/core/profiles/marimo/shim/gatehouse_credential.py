"""Takes the credential off each request and each WebSocket, once marimo has judged it.

The attacks: a notebook shows the headers of the request that opened it (`mo.app_meta().request`), to a viewer perhaps; marimo hands them on to
the port of a language server, which another account may have taken; a package takes part in marimo's server. Anyone who reads the token there asks
marimo past the gateway. And marimo itself tells its token to each page that may edit (`/auth/token`), so to the output of a notebook as well.

marimo looks at the header in more than one place, but first at its own session, where it writes down what the header said. So it judges once,
before anything else of its server, and finds its verdict there from then on. What is in the session is not told to notebooks.
"""

from importlib import import_module


def give_up(what):
    raise SystemExit("gatehouse: this marimo has no %s; its token cannot be kept from notebooks. Update Gatehouse." % what)


def named(module, name):
    try:
        return getattr(import_module(module), name)
    except (ImportError, AttributeError):
        give_up("%s.%s" % (module, name))


def keep():
    """Of this process, before its server is made."""
    make = named("marimo._server.start", "create_starlette_app")
    session = named("marimo._server.api.auth", "CustomSessionMiddleware")
    authentication = named("marimo._server.api.auth", "CustomAuthenticationMiddleware")
    validate = named("marimo._server.api.auth", "validate_auth")
    middleware = named("starlette.middleware", "Middleware")
    connection = named("starlette.requests", "HTTPConnection")
    json_response = named("starlette.responses", "JSONResponse")

    class CredentialTakenOff:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            if scope["type"] not in ("http", "websocket"):
                return await self.app(scope, receive, send)
            shown = any(name == b"authorization" for name, _value in scope["headers"])
            known = shown and validate(connection(scope))
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
            if known and scope["type"] == "http" and scope["path"].endswith("/auth/token"):
                return await json_response({"token": None})(scope, receive, send)
            await self.app(scope, receive, send)

    def make_with_verdict(*arguments, **options):
        app = make(*arguments, **options)
        order = [each.cls for each in app.user_middleware]
        if session not in order or authentication not in order[order.index(session) :]:
            give_up("session that its authentication looks into")
        app.user_middleware.insert(order.index(session) + 1, middleware(CredentialTakenOff))
        return app

    import_module("marimo._server.start").create_starlette_app = make_with_verdict
