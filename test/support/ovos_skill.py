"""A skill of OVOS that says again what it hears; it finds the bus as every skill does, by mycroft.conf."""

from threading import Event

from ovos_bus_client import MessageBusClient
from ovos_bus_client.message import Message
from ovos_utils import wait_for_exit_signal
from ovos_workshop.decorators import fallback_handler
from ovos_workshop.skills.fallback import FallbackSkill

heard = Event()


class Parrot(FallbackSkill):
    def can_answer(self, message):
        return True

    @fallback_handler(priority=3)
    def say_it_again(self, message):
        if message.data["utterance"] == "are you there":
            heard.set()
        else:
            self.speak("you said " + message.data["utterance"])
        return True


bus = MessageBusClient()
bus.run_in_thread()
bus.connected_event.wait()
skill = Parrot(bus=bus, skill_id="parrot.test")
# The core takes its time to learn of a skill.
while not heard.wait(2):
    asked = {"utterances": ["are you there"], "lang": "en-us"}
    bus.emit(Message("recognizer_loop:utterance", asked, {"session": {"session_id": "skill"}}))
print("the skill is ready", flush=True)
wait_for_exit_signal()
