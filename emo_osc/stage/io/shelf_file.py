"""The seed melodies that the stage starts with, read once before it plays."""

from pathlib import Path

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small
from emo_osc.protocol.message_codec import decode
from emo_osc.protocol.messages import Ready

MAX_SHELF_BYTES = 1 << 24  # the shipped one has 0.3 MB


def read_shelf(path: str) -> tuple[Ready, ...]:
    """The seed melodies; without the file the first melody comes when the studio has made it."""
    if not path:
        return ()
    try:
        messages = [decode(line) for line in read_small(Path(path), MAX_SHELF_BYTES).splitlines() if line]
    except (OSError, ValueError) as error:
        raise EmoOscError(f"{path}: the shelf cannot be read ({error!s:.200}); install emo_osc again") from None
    return tuple(message for message in messages if isinstance(message, Ready))
