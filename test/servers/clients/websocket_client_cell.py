"""One cell by requests and websocket-client, with `Authorization: token` on both: address and token come by the environment."""

import json
import os
import uuid

import requests
import websocket

server = os.environ["SERVER_URL"].rstrip("/")
headers = {"Authorization": f"token {os.environ['SERVER_TOKEN']}"}


def execute_request(code):
    return {
        "channel": "shell",
        "header": {
            "msg_id": uuid.uuid4().hex,
            "username": "",
            "session": uuid.uuid4().hex,
            "msg_type": "execute_request",
            "version": "5.3",
        },
        "parent_header": {},
        "metadata": {},
        "content": {
            "code": code,
            "silent": False,
            "store_history": False,
            "user_expressions": {},
            "allow_stdin": False,
        },
    }


def run(kernel):
    url = server.replace("http", "ws", 1) + f"/api/kernels/{kernel}/channels"
    socket = websocket.create_connection(
        url, header=[f"{name}: {value}" for name, value in headers.items()], timeout=60
    )
    request = execute_request("print(6*7)")
    socket.send(json.dumps(request))
    printed = ""
    while True:
        message = json.loads(socket.recv())
        if message["parent_header"].get("msg_id") != request["header"]["msg_id"]:
            continue
        if message["msg_type"] == "stream":
            printed += message["content"]["text"]
        idle = message["content"].get("execution_state") == "idle"
        if message["msg_type"] == "status" and idle:
            socket.close()
            return printed


made = requests.post(f"{server}/api/kernels", headers=headers, json={}, timeout=60)
made.raise_for_status()
kernel = made.json()["id"]
print(made.status_code, run(kernel), end="")
requests.delete(f"{server}/api/kernels/{kernel}", headers=headers, timeout=60).raise_for_status()
