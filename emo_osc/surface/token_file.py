"""The file that keeps the pad's token between runs; only its owner can read it."""

import os
import re
import secrets
from pathlib import Path
from typing import NamedTuple

from emo_osc.core.small_file import open_regular, process_part, reason_of, write_whole

TOKEN_BYTES = 12  # 96 bits: not to be guessed over a network, and still a small picture for a camera
MAX_FILE_BYTES = 256
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,64}")


class Token(NamedTuple):
    """A token, and what people should read about its file, or nothing."""

    token: str
    remark: str = ""


def kept_token(path: Path) -> Token:
    """The token of the file, or a new one, which the file then keeps.

    A file that others may read is closed to them; one that holds no token is replaced; what is no file is left alone,
    and so is what cannot be written: then the token holds until the end.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        return _made(path, "")
    except ValueError as error:
        return _made(path, f"{path}: {error}; a new token was made, links of before no longer open the pad")
    except OSError as error:
        return _for_now(path, error)


def _read(path: Path) -> Token:
    """The token of a file.

    Raises:
        ValueError: the file holds none.
        OSError: there is none, it is no file, or it cannot be read.
    """
    with open_regular(path) as file:
        mode = os.fstat(file.fileno()).st_mode
        text = file.read(MAX_FILE_BYTES + 1).decode("ascii", "replace").strip()
        if not _TOKEN.fullmatch(text):
            raise ValueError("holds no token")
        if os.name == "nt" or not mode & 0o077:
            return Token(text)
        os.fchmod(file.fileno(), 0o600)
        return Token(text, f"{path}: others could read it, now only you can; delete it if somebody may have")


def _made(path: Path, remark: str) -> Token:
    token = secrets.token_urlsafe(TOKEN_BYTES)
    try:
        write_whole(path, f"{token}\n".encode(), 0o600, process_part())
    except OSError as error:
        return _for_now(path, error)
    return Token(token, remark)


def _for_now(path: Path, error: OSError) -> Token:
    return Token(secrets.token_urlsafe(TOKEN_BYTES), f"{path}: {reason_of(error)}; the pad's link holds until the end")
