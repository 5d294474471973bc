"""What is different in a folder whose authors its owner does not trust: nothing of it runs until the owner runs it.

The attack: programs that Jupyter starts on its own read their working folder. R runs its `.Rprofile`, `python -m` a module of
the right name, a language server is taken from its `node_modules` or runs what a configuration file in it says.

So the server itself stays in an empty folder (gatehouse_identity.py does not lead it out), no language server is started, and
a kernel is started so that it comes into its folder only after it has started.
"""

import os
import re

FOLDER_VARIABLE = "GATEHOUSE_KERNEL_FOLDER"
ENTER_IN_R = 'setwd(Sys.getenv("%s"));Sys.unsetenv("%s")' % (FOLDER_VARIABLE, FOLDER_VARIABLE)
MODULE_RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gatehouse_module.py")


def python_command(command):
    """`python -m MODULE` through our runner, also where another program is given such a command to run."""
    changed = list(command)
    if re.match(r"(python|pypy)[0-9.]*(\.exe)?$", os.path.basename(changed[0]).lower()):
        place = module_option(changed)
        if place is not None:
            changed[place] = MODULE_RUNNER
    for place in range(len(changed) - 1):
        if changed[place] == "-m" and changed[place + 1] in ("ipykernel_launcher", "ipykernel"):
            changed[place] = MODULE_RUNNER
    return changed


def module_option(command):
    """Where the interpreter's own `-m` is; None when it runs something else."""
    place = 1
    while place < len(command) - 1 and command[place].startswith("-"):
        if command[place] == "-m":
            return place
        place += 2 if command[place] in ("-W", "-X") else 1
    return None


def r_command(command):
    """R that goes into the folder as its first expression; None where it is not R."""
    if os.path.basename(command[0]).lower() not in ("r", "r.exe", "rscript", "rscript.exe") or "-e" not in command:
        return None
    place = command.index("-e")
    return command[:place] + ["-e", ENTER_IN_R] + command[place:]


def start_kernels_outside(root):
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner

    launch = LocalProvisioner.launch_kernel

    async def launch_outside(self, cmd, **options):
        command = [str(word) for word in cmd]
        # A request that names no document gets the working folder, where the server would be otherwise.
        folder = options["cwd"] = options.get("cwd") or root
        of_r = r_command(command)
        if of_r is None:
            return await launch(self, python_command(command), **options)
        options["env"] = dict(options.get("env") or os.environ, **{FOLDER_VARIABLE: str(folder)})
        options["cwd"] = os.getcwd()
        return await launch(self, of_r, **options)

    LocalProvisioner.launch_kernel = launch_outside


def start_no_language_servers():
    try:
        from jupyter_lsp.manager import LanguageServerManager
    except ImportError:
        return

    def none(self):
        self.language_servers = {}
        self.all_language_servers = {}

    LanguageServerManager.init_language_servers = none


def start_terminals_in(folder):
    """A terminal for which nobody named a folder would start where the server is."""
    try:
        from terminado.management import TermManagerBase
    except ImportError:
        return

    new_terminal = TermManagerBase.new_terminal

    def new_terminal_in_folder(self, **options):
        if options.get("cwd") is None:
            options["cwd"] = folder
        return new_terminal(self, **options)

    TermManagerBase.new_terminal = new_terminal_in_folder


def install(root):
    """Called with the working folder when all configuration is read, before the server listens."""
    start_kernels_outside(root)
    start_terminals_in(root)
    start_no_language_servers()
