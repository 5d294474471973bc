"""Runs a module as `python -m` does, without looking into the working folder for it: `python gatehouse_module.py MODULE ARGUMENT...`

The attack: a kernel is started in the folder of its notebook as `python -m ipykernel_launcher`, and `-m` looks there first. A
folder from somewhere with an `ipykernel_launcher.py` in it runs its code when a notebook is opened, before a cell was run.
A script looks in its own folder instead, in every version of Python; `-P` is known to 3.11 and later only, and would keep
cells from importing what lies next to the notebook, as would PYTHONSAFEPATH, which programs that a cell starts inherit, too.

Standard library only, and Python 3.8 or later: it runs in the kernel's Python.
"""

import os
import sys

KERNELS_OF_IPYTHON = ("ipykernel_launcher", "ipykernel")


def hold_back_folder():
    """IPython puts the working folder on the import path when it starts; here it does so when the first cell is run.

    Until then the kernel imports much of its own (for completion, the debugger, inspection), and none of it from there.
    """
    from ipykernel.kernelapp import IPKernelApp

    put_on_path = IPKernelApp.init_path
    init_shell = IPKernelApp.init_shell

    def init_shell_and_wait(self):
        init_shell(self)
        shell = getattr(self, "shell", None)
        if shell is None:
            return

        def before_first_cell(*_):
            shell.events.unregister("pre_run_cell", before_first_cell)
            put_on_path(self)

        shell.events.register("pre_run_cell", before_first_cell)

    IPKernelApp.init_path = lambda self: None
    IPKernelApp.init_shell = init_shell_and_wait


def start():
    here = (os.path.dirname(os.path.abspath(__file__)), os.getcwd())
    sys.path[:] = [path for path in sys.path if path and os.path.abspath(path) not in here]
    import runpy

    module = sys.argv[1]
    del sys.argv[0]
    if module in KERNELS_OF_IPYTHON:
        hold_back_folder()
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    start()
