"""
An unmodified ovos-bus-client as a program: the first line of its input says where the bus is, each further one is a message to send; every message that it
gets is printed.
"""

import json
import sys

from ovos_bus_client import MessageBusClient
from ovos_bus_client.message import Message

where = json.loads(sys.stdin.readline())
client = MessageBusClient(
    host=where["host"], port=where["port"], route=where["route"], ssl=where["ssl"]
)


def tell(kind, value):
    print(json.dumps({"kind": kind, "value": value}), flush=True)


client.on("message", lambda text: tell("message", json.loads(text)))
client.on("error", lambda error: tell("error", repr(error)[:300]))
client.run_in_thread()
if client.connected_event.wait(20):
    tell("open", None)
for line in sys.stdin:
    given = json.loads(line)
    client.emit(Message(given["type"], given.get("data"), given.get("context")))
