"""Starts marimo: `python gatehouse_marimo.py trusted|untrusted FILE_OR_FOLDER EDIT_PORT EDIT_TOKEN_FILE [RUN_PORT RUN_TOKEN_FILE]`

With two ports marimo is started twice: `edit` for the owner, and `run` of the same notebook for guests who only look. The two live and die
together. Tokens come by files: argv can be read by every account of the computer. `-q`, for at its start marimo prints its token.

A script of our own and not `python -m marimo`: `-m` puts the working folder first on the import path, so a downloaded folder with a `random.py` in
it would run its code before anything is asked.

In a folder that is not trusted nothing of it runs until its owner runs a cell. The attacks: a `pyproject.toml` of the folder, or the head of the
notebook, that has cells run when the notebook is opened or that names another interpreter; and a module next to the notebook with the name of one
that marimo itself has yet to import.
"""

import functools

import os
import signal
import subprocess
import sys
import threading

# Seconds that the other one has to end in order.
PATIENCE = 8

# A notebook that is being written has errors: `run` shows them, where it would not start with a check.
MODES = {"edit": [], "run": ["--no-check"]}


UNTRUSTED = "GATEHOUSE_MARIMO_UNTRUSTED"


class Held(list):
    """A search path that keeps apart what is to come before it."""

    def __init__(self, paths):
        super().__init__(paths)
        self.held = []

    def insert(self, _index, path):
        self.held.append(path)


def restrict():
    """Of this process: what the folder says of marimo's settings and environment is not read, and its modules are found from the first
    cell on that its owner runs, after all others. Fails where this marimo is not as it was."""
    from marimo._config import manager
    from marimo._runtime.runtime import Kernel

    readers = (manager.PyprojectConfigReader, manager.ScriptConfigReader)
    wanted = [(reader, "read") for reader in readers] + [(Kernel, "load_dotenv"), (Kernel, "_run_cells")]
    if not all(callable(getattr(owner, name, None)) for owner, name in wanted):
        raise SystemExit("gatehouse: this marimo cannot be kept from running what is in a folder; update Gatehouse.")
    for reader in readers:
        reader.read = lambda self: {}
    Kernel.load_dotenv = lambda self: None
    make, run_cells = Kernel.__init__, Kernel._run_cells
    held = []

    @functools.wraps(make)
    def make_without_folder(self, *arguments, **options):
        # It puts the notebook's folder first, and imports more after that.
        sys.path = Held(sys.path)
        try:
            make(self, *arguments, **options)
        finally:
            held.extend(sys.path.held)
            sys.path = list(sys.path)

    @functools.wraps(run_cells)
    async def run_cells_with_folder(self, cells, *arguments, **options):
        if cells:
            sys.path.extend(held)
            held.clear()
        return await run_cells(self, cells, *arguments, **options)

    Kernel.__init__, Kernel._run_cells = make_without_folder, run_cells_with_folder


def serve(mode, target, port, token_file):
    # From next to this file, which is not looked into afterwards.
    import gatehouse_credential

    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [path for path in sys.path if path and os.path.abspath(path) != own]
    place = ["--host", "127.0.0.1", "--port", port, "--headless"]
    token = ["--token", "--token-password-file", token_file]
    os.environ["MARIMO_SKIP_UPDATE_CHECK"] = "1"
    sys.argv = ["marimo", "-q", mode, target] + place + token + MODES[mode]
    if os.environ.get(UNTRUSTED):
        sys.argv.append("--no-sandbox")
        restrict()
    gatehouse_credential.keep()
    from marimo._cli.cli import main

    return main()


def serve_both(target, edit, run):
    """Exit code of the one that ended first."""
    begin = [sys.executable, os.path.abspath(__file__), "--one"]
    children = []
    ended = threading.Event()
    codes = []

    def pass_on(number, _frame):
        for child in children:
            # Its own process has been told already where the whole group was.
            if child.poll() is None:
                child.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, pass_on)

    def watch(child):
        codes.append(child.wait())
        ended.set()

    for mode, place in (("edit", edit), ("run", run)):
        child = subprocess.Popen(begin + [mode, target] + place)
        children.append(child)
        threading.Thread(target=watch, args=(child,), daemon=True).start()

    # Without a bound no signal is seen on Windows.
    while not ended.wait(1):
        pass
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return codes[0] if codes[0] >= 0 else 128 - codes[0]


def start(words):
    if words[:1] == ["--one"]:
        return serve(*words[1:])
    trust, target, edit, run = words[0], words[1], words[2:4], words[4:6]
    if trust != "trusted":
        os.environ[UNTRUSTED] = "1"
    return serve_both(target, edit, run) if run else serve("edit", target, *edit)


# `marimo edit` starts its kernels as new interpreters that read this file again.
if __name__ == "__mp_main__" and os.environ.get(UNTRUSTED):
    restrict()
if __name__ == "__main__":
    sys.exit(start(sys.argv[1:]))
