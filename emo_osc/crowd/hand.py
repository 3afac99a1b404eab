"""A performer's hand: an OSC port whose `/emo/va` and `/emo/mood` are one more voice of the crowd, with a weight."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from emo_osc.core.affect import MoodBook
from emo_osc.core.errors import CommandError, EmoOscError
from emo_osc.crowd.words import Word
from emo_osc.protocol.commands import SetValue
from emo_osc.protocol.osc import MalformedError, Message, Target, read_datagram
from emo_osc.protocol.parsing import parse

HAND = "/hand"
"""Its name among the clients: none of MQTT has it, for no level of a topic holds a slash."""
Take = Callable[[Word], None]


class Hand(asyncio.DatagramProtocol):
    """Takes the points and moods of datagrams as the instrument reads them; drops all else."""

    def __init__(self, moods: MoodBook, take: Take) -> None:
        self._moods, self._take = moods, take

    def datagram_received(self, data: bytes, addr: object) -> None:
        """The messages of one datagram."""
        with suppress(MalformedError):
            for message in read_datagram(data)[0]:
                if word := word_of(message, self._moods):
                    self._take(word)


async def open_hand(target: Target, moods: MoodBook, take: Take) -> asyncio.BaseTransport:
    """Listen at a host and port.

    Raises:
        EmoOscError: it cannot be opened.
    """
    loop = asyncio.get_running_loop()
    try:
        return (await loop.create_datagram_endpoint(lambda: Hand(moods, take), local_addr=target))[0]
    except OSError as error:
        place, reason = f"{target[0]}:{target[1]}", error.strerror or error
        raise EmoOscError(f"--hand {place}: cannot be opened ({reason}); name another port") from None


def word_of(message: Message, moods: MoodBook) -> Word | None:
    """The word in a message, None where it holds none.

    >>> from emo_osc.core.affect import MOODS
    >>> word_of(Message("/emo/va", (0.5, "-2")), MoodBook(MOODS))
    Word(valence=0.5, arousal=-1.0, mood='')
    >>> word_of(Message("/emo/mood/밝음"), MoodBook(MOODS))
    Word(valence=0.8, arousal=0.35, mood='bright')
    """
    with suppress(CommandError, KeyError):
        command = parse(message.address, message.arguments)
        if isinstance(command, SetValue) and command.name == "va":
            valence, arousal = (float(value) for value in command.values)
            return Word(valence, arousal)
        if isinstance(command, SetValue) and command.name == "mood":
            name, intensity = (*command.values, 1.0)[:2]
            mood = moods.find(str(name))
            affect = mood.affect.scaled(float(intensity))
            return Word(affect.valence, affect.arousal, mood.id if intensity == 1 else "")
    return None
