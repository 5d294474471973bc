"""
Runs the message bus of OpenVoiceOS where Gatehouse wants it. It takes part in the user's configuration (mycroft.conf, in all the places where OVOS looks)
as it always does, but where it listens is not asked there: the attack is a bus without any credential on 0.0.0.0, which is what many configurations say.

usage: gatehouse_bus.py PATH-OF-A-SOCKET | PORT
"""

import errno
import os
import socket
import sys

where = sys.argv[1]
port = int(where) if where.isdecimal() else None
ours = where if port is None else ("127.0.0.1", port)


def guard(event, arguments):
    """Whatever a later version of the bus does: what is not ours is not bound. A hook cannot be taken away again (PEP 578)."""
    if event != "socket.bind":
        return
    bound, address = arguments
    if bound.family == socket.AF_INET6 or address != ours:
        why = f"Gatehouse: the bus may listen on {ours!r} only, not on {address!r}"
        raise PermissionError(errno.EACCES, why)


sys.addaudithook(guard)

import tornado.web  # noqa: E402
from tornado.httpserver import HTTPServer  # noqa: E402
from ovos_messagebus import __main__ as bus  # noqa: E402
from ovos_messagebus.load_config import MessageBusConfig  # noqa: E402


def listen(application, _port, _address=None, **options):
    server = HTTPServer(application, **options)
    if port is None:
        from tornado.netutil import bind_unix_socket

        if os.path.exists(where):
            os.unlink(where)
        server.add_socket(bind_unix_socket(where, mode=0o600))
    else:
        server.listen(port, "127.0.0.1")
    return server


def configured(**_overrides):
    # Gatehouse's door speaks TLS; the route is the one that it knows.
    return MessageBusConfig(host="127.0.0.1", port=port or 1, route="/core", ssl=False)


tornado.web.Application.listen = listen
bus.load_message_bus_config = configured
bus.main()
