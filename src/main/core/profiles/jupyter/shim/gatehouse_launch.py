"""Starts a Jupyter application with Gatehouse's lock in place: `python gatehouse_launch.py jupyterlab --option ...`

A script of our own and not `python -m jupyterlab`: `-m` puts the working folder first on the import path, so a
downloaded folder with a `random.py` in it would run its code, or break the server, before anything is asked. And
kernels inherit the environment: nothing is put on PYTHONPATH, so there is nothing to take out again.
"""

import os
import sys

APPLICATIONS = {
    "jupyterlab": ("jupyterlab.labapp", "main"),
    "notebook": ("notebook.app", "main"),
    "jupyter_server": ("jupyter_server.serverapp", "main"),
}


def take_one_event_loop():
    """One loop for whatever needs one before the server starts and for the server itself.

    JupyterLab makes its loop when it is initialized. Anyone who has run a coroutine until then (a setting that is checked
    asynchronously, an extension that is loaded) would make another and leave it as the current one: timers that are
    set afterwards, the idle shutdown and those of extensions, would wait on a loop that never runs.
    """
    import asyncio

    # Tornado needs one that watches sockets, which the usual one of Windows does not.
    loop = asyncio.SelectorEventLoop() if sys.platform == "win32" else asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    from jupyter_core import utils

    # Where Jupyter keeps the one that it runs coroutines on; its older versions leave the current loop alone.
    kept = getattr(utils, "_loop", None)
    if hasattr(kept, "set"):
        kept.set(loop)


def write_no_page_for_a_browser():
    """Jupyter leaves a page that leads a browser to the server, readable by whom the user's mask lets. Nobody needs it."""
    from jupyter_server.serverapp import ServerApp

    ServerApp.write_browser_open_files = lambda self: None


def start():
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in APPLICATIONS:
        raise SystemExit("gatehouse: no such application: %s" % name)
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if path and os.path.abspath(path) != own]
    # Only long enough to be found; afterwards it is known by name and its folder is not on the path.
    sys.path.insert(0, own)
    sys.dont_write_bytecode, kept = True, sys.dont_write_bytecode
    import gatehouse_identity  # noqa: F401
    import gatehouse_pages
    import gatehouse_traits

    gatehouse_traits.install()
    gatehouse_pages.install()
    take_one_event_loop()
    write_no_page_for_a_browser()
    sys.dont_write_bytecode = kept
    sys.path.remove(own)

    module, function = APPLICATIONS[name]
    sys.argv = [name] + sys.argv[2:]
    return getattr(__import__(module, fromlist=[function]), function)()


if __name__ == "__main__":
    sys.exit(start())
