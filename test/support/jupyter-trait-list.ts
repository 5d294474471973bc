import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { makeRunContext } from './run-plan.ts';

const shim = resolve(import.meta.dirname, '../../src/main/core/profiles/jupyter/shim');

/**
 * Asks the installed packages themselves for their settings, so that a new version is covered when it is
 * installed: the traits of every class of theirs, and the names that they look for in Tornado's settings.
 */
const listTraits = `
import contextlib, glob, importlib, inspect, io, json, os, pkgutil, re, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, sys.argv[1])
import gatehouse_traits as table
from traitlets.config import Configurable

PACKAGES = """
    jupyter_server jupyter_server_terminals jupyterlab jupyterlab_server notebook jupyter_lsp jupyter_builder jupyter_core jupyter_client
    jupyter_events jupyter_server_ydoc jupyter_server_fileid jupyter_collaboration jupyter_collaboration_ui jupyter_docprovider
""".split()
# Words that the packages look for in settings that are not Tornado's.
NOT_OF_TORNADO = {"settings", "warning"}
# The keys with which a site of another kind signs people in with Facebook and others.
OF_OTHER_SITES = re.compile(r"^(facebook|twitter|google)_")

def modules(package):
    try: yield importlib.import_module(package)
    except ImportError: return
    for found in pkgutil.walk_packages(sys.modules[package].__path__, package + ".", onerror=lambda name: None):
        if re.search(r"\\.(tests?|__main__|conftest|pytest_plugin)\\b", found.name): continue
        try:
            with contextlib.redirect_stdout(io.StringIO()): yield importlib.import_module(found.name)
        except (Exception, SystemExit): pass

traits, words = {}, set()
for package in PACKAGES:
    loaded = list(modules(package))
    # Notebook 6 is not started by Gatehouse.
    if package == "notebook" and int(getattr(loaded[0] if loaded else None, "__version__", "7").split(".")[0]) < 7: continue
    for module in loaded:
        for found in vars(module).values():
            if inspect.isclass(found) and issubclass(found, Configurable) and found.__module__.split(".")[0] == package:
                traits.setdefault(found.__name__, set()).update(found.class_own_traits(config=True))
    if loaded and package.startswith(("jupyter_server", "jupyterlab", "notebook", "jupyter_lsp")): words.add(package)
folders = [os.path.dirname(importlib.import_module(package).__file__) for package in [*sorted(words), "tornado"]]
texts = [open(os.path.join(folder, path), errors="replace").read() for folder in folders
    for path in glob.glob("**/*.py", root_dir=folder, recursive=True) if not re.search("(^|/)tests?/", path)]
asked = re.compile(r"""settings(?:\\.get\\(|\\.setdefault\\(|\\.pop\\(|\\[)\\s*["']([A-Za-z_]\\w*)["']|["']([A-Za-z_]\\w*)["'] (?:not )?in (?:self\\.|app\\.|web_app\\.)*settings\\b""")
tornado = {name for text in texts for found in asked.findall(text) for name in found if name}
tornado = {name for name in tornado - NOT_OF_TORNADO if not OF_OTHER_SITES.match(name)}

honoured = {"%s.%s" % (owner, name) for owner, names in table.HONOURED.items() for name in names.split()}
groups = [set(table.OVERRIDDEN), set(table.REFUSED), honoured]
tornado_groups = [set(table.TORNADO_HONOURED.split()), set(table.TORNADO_REFUSED.split())]
other = set(table.OTHER_PROGRAMS.split())
all_traits = sorted("%s.%s" % (owner, name) for owner, names in traits.items() if owner not in other for name in names)
def sorted_times(name, groups): return sum(name in group for group in groups)
print("TRAITS" + json.dumps({
    "traits": all_traits,
    "tornado": sorted(tornado),
    "unsorted": [name for name in all_traits if sorted_times(name, groups) == 0] + ["tornado_settings." + name for name in sorted(tornado) if sorted_times(name, tornado_groups) == 0],
    "twice": [name for name in sorted(set().union(*groups)) if sorted_times(name, groups) > 1] + [name for name in sorted(set().union(*tornado_groups)) if sorted_times(name, tornado_groups) > 1],
    "overridden": sorted(table.OVERRIDDEN),
}), flush=True)
os._exit(0)
`;

const answer = z.object({
  /** `Class.trait`, of every class that a server may use. */
  traits: z.array(z.string()),
  tornado: z.array(z.string()),
  /** Those that stand in no list of gatehouse_traits.py. */
  unsorted: z.array(z.string()),
  /** Those that stand in more than one. */
  twice: z.array(z.string()),
  overridden: z.array(z.string()),
});

export async function jupyterTraits(python: string): Promise<z.infer<typeof answer>> {
  const context = await makeRunContext();
  try {
    const { stdout } = await promisify(execFile)(python, ['-c', listTraits, shim], {
      cwd: context.folder,
      env: { PATH: '/usr/bin:/bin', HOME: context.home, PYTHONDONTWRITEBYTECODE: '1' },
      maxBuffer: 10_000_000,
    });
    return answer.parse(JSON.parse(/^TRAITS(.*)$/m.exec(stdout)?.[1] ?? ''));
  } finally {
    await context.remove();
  }
}
