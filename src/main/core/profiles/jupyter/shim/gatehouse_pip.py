"""Runs pip for a Python that has none: `python gatehouse_pip.py ENVIRONMENT_PYTHON ARGUMENT...`

Debian's Python comes without pip and without ensurepip. pip's wheel can run from where it lies, so it is fetched from the
user's own package index, compared with the checksum that the index states, and used once. Standard library only.
"""

import base64
import configparser
import hashlib
import html
import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

DEFAULT_INDEX = "https://pypi.org/simple"
LONGEST = 64 * 1024 * 1024


def index_address():
    """As pip would find it: the environment, then the user's file, then the system's."""
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if os.environ.get(name):
            return os.environ[name]
    home = os.path.expanduser("~")
    config = os.environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
    files = [os.environ.get("PIP_CONFIG_FILE"), os.path.join(config, "pip", "pip.conf"), os.path.join(home, ".pip", "pip.conf"), "/etc/pip.conf"]
    for path in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(path or [], encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in ("install", "global"):
            if parser.has_option(section, "index-url"):
                return parser.get(section, "index-url")
    return DEFAULT_INDEX


def fetch(address):
    """urllib follows the proxy settings; a name and password in the address it has to be told as a header."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in ("http", "https"):
        raise ValueError("the package index is not on http or https")
    host = parts.netloc.rpartition("@")[2]
    request = urllib.request.Request(urllib.parse.urlunsplit(parts._replace(netloc=host, fragment="")))
    if parts.username:
        given = urllib.parse.unquote(parts.username) + ":" + urllib.parse.unquote(parts.password or "")
        request.add_unredirected_header("Authorization", "Basic " + base64.b64encode(given.encode()).decode())
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read(LONGEST)


def newest_wheel(page):
    """The address and checksum of the newest released pip in a page of the simple index (PEP 503)."""
    found = []
    for link in re.findall(r'<a\b[^>]*?href="([^"]+)"', page):
        address = html.unescape(link)
        name = re.search(r"/pip-(\d+(?:\.\d+)*)-py3-none-any\.whl#sha256=([0-9a-f]{64})$", address)
        if name:
            found.append((tuple(int(part) for part in name.group(1).split(".")), address, name.group(2)))
    if not found:
        raise ValueError("the package index has no pip with a checksum")
    return max(found)[1:]


def runnable_pip(folder):
    """What to run: the pip that is here if it can work for another Python (22.3), or a fetched one."""
    try:
        import pip

        if tuple(int(part) for part in pip.__version__.split(".")[:2]) >= (22, 3):
            return [sys.executable, "-m", "pip"]
    except (ImportError, ValueError):
        pass
    print("Collecting pip", flush=True)
    page = index_address().rstrip("/") + "/pip/"
    address, checksum = newest_wheel(fetch(page).decode("utf-8", "replace"))
    base = urllib.parse.urlsplit(page)
    joined = urllib.parse.urlsplit(urllib.parse.urljoin(page, address))
    if joined.hostname == base.hostname and "@" not in joined.netloc:
        joined = joined._replace(netloc=base.netloc)
    wheel = fetch(urllib.parse.urlunsplit(joined))
    if hashlib.sha256(wheel).hexdigest() != checksum:
        raise ValueError("the fetched pip is not what the package index said")
    path = os.path.join(folder, os.path.basename(joined.path))
    with open(path, "wb") as file:
        file.write(wheel)
    return [sys.executable, os.path.join(path, "pip")]


def main():
    with tempfile.TemporaryDirectory() as folder:
        try:
            command = runnable_pip(folder)
        except (OSError, ValueError) as error:
            print("ERROR: pip cannot be fetched: %s" % error, file=sys.stderr)
            return 1
        return subprocess.call(command + ["--python", sys.argv[1]] + sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
