"""What a file of settings may say about the pages of JupyterLab and Notebook.

The attack: a `page_config.json` in one of Jupyter's folders has the pages load their program, or send what is typed, to another
address. Everything that names an address, a hub or a token comes from the server itself; the rest of such a file is honoured.
"""

import functools
import re

import gatehouse_traits

NOT_OF_A_FILE = re.compile(r"(url|prefix|host|token|hubUser)$", re.IGNORECASE)


def without_addresses(find):
    @functools.wraps(find)
    def cleaned(*words, **options):
        found = find(*words, **options)
        for name in [name for name in found if NOT_OF_A_FILE.search(name)]:
            gatehouse_traits.tell("page_config.json[%r]" % name, "the pages would load or dial another address")
            del found[name]
        return found

    return cleaned


def install():
    """Called before any application is imported: they take these functions by their names."""
    try:
        from jupyterlab_server import config
    except ImportError:
        return
    for name in ("get_page_config", "get_static_page_config"):
        setattr(config, name, without_addresses(getattr(config, name)))
