"""A viewer's connection to a kernel, which leaves the kernel and everybody else's connections as they are.

The attack: Jupyter keeps what a kernel says for the client whose connection was the last to close, and throws it away
when another client connects; it keeps nothing while somebody else is connected; and it counts connections to tell
which kernels nobody needs. So anyone who only looks destroys what the owner has yet to see. The gateway marks a viewer's
connection in its address, and Jupyter neither counts it, nor gives it what was kept, nor keeps anything for it.

Runs on Python 3.8 or later. A server on which this cannot be had refuses viewers' connections to kernels.
"""

from tornado import web

MARK = "gatehouse_viewer"


class UncountedManager:
    """The manager of all kernels, as a viewer's connection sees it."""

    def __init__(self, manager):
        self._manager = manager
        self._kernel_connections = {}

    def __getattr__(self, name):
        return getattr(self._manager, name)

    def __contains__(self, kernel_id):
        return kernel_id in self._manager

    def notify_connect(self, kernel_id):
        pass

    def notify_disconnect(self, kernel_id):
        pass

    def get_buffer(self, kernel_id, session_key):
        return None


def viewing(connection_class):
    """The same connection, uncounted."""

    class ViewerConnection(connection_class):
        @property
        def multi_kernel_manager(self):
            return UncountedManager(super().multi_kernel_manager)

    return ViewerConnection


def is_viewer(handler):
    return MARK in handler.request.query_arguments


def watch_kernels():
    """Has Jupyter's own handler open a viewer's connection as one. False where this Jupyter has no such handler."""
    try:
        from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
        from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

        configured = KernelWebsocketHandler.kernel_websocket_connection_class.fget
    except (ImportError, AttributeError):
        return False

    def chosen(handler):
        connection_class = configured(handler)
        if not is_viewer(handler):
            return connection_class
        if not issubclass(connection_class, ZMQChannelsWebsocketConnection):
            # Kernels on another machine: what a connection changes there is not known here.
            raise web.HTTPError(403)
        return viewing(connection_class)

    KernelWebsocketHandler.kernel_websocket_connection_class = property(chosen)
    return True
