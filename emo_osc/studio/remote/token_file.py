"""The token that admits a stage to a studio for many: from a file or the environment, never from a command line."""

import os
from pathlib import Path

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small_text, reason_of

TOKEN = "EMO_OSC_STUDIO_TOKEN"
"""The environment variable that holds it, where no file does."""
MAX_TOKEN_BYTES = 4096


def token_of(path: str | None) -> str:
    """The token: a file's first line, else the environment's; empty without either.

    Raises:
        EmoOscError: the file cannot be read, or holds no token.
    """
    if path is None:
        token = os.environ.get(TOKEN, "")
    else:
        try:
            token = (read_small_text(Path(path), MAX_TOKEN_BYTES).splitlines() or [""])[0]
        except OSError as error:
            raise EmoOscError(f"token file {path}: cannot be read ({reason_of(error)})") from None
    token = token.strip()
    if (path and not token) or not token.isascii() or not token.isprintable():
        raise EmoOscError(
            f"{f'token file {path}' if path else f'${TOKEN}'}: the first line must be the token, in ASCII"
        )
    return token
