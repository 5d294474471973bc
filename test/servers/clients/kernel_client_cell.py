"""One cell by jupyter_kernel_client, as its own manual says: address and token come by the environment."""

import os

from jupyter_kernel_client import JupyterKernelClient

with JupyterKernelClient(
    server_url=os.environ["SERVER_URL"].rstrip("/"), token=os.environ["SERVER_TOKEN"]
) as kernel:
    reply = kernel.execute("print(6*7)")
    print(reply["status"], "".join(output["text"] for output in reply["outputs"]), end="")
