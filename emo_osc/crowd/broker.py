"""Where the broker is, how to log in there, and which topics are a show's. Opens nothing."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small_text, reason_of

PORTS = {"mqtt": 1883, "mqtts": 8883}
"""Scheme -> the port that IANA has registered for it; mqtts is MQTT over TLS."""
PASSWORD = "EMO_OSC_MQTT_PASSWORD"
"""The environment variable that holds the password."""
MAX_PASSWORD_BYTES = 4096
_HOST = re.compile(r"[\w.:%-]{1,253}")
_SHOW = re.compile(r"[^/+#$\x00-\x1f]{1,64}")


@dataclass(frozen=True, slots=True)
class Broker:
    """An MQTT broker: host, port, whether over TLS, and the login, where it asks for one.

    `ca_file` holds the certificate of the CA that has signed the broker's, where that is none the system knows.
    """

    host: str
    port: int
    is_tls: bool = False
    user: str | None = None
    password: str | None = None
    ca_file: Path | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"mqtt{'s' if self.is_tls else ''}://{host}:{self.port}"


def broker_of(url: str, password_file: Path | None = None, ca_file: Path | None = None) -> Broker:
    """The broker of a URL such as `mqtt://user@192.168.0.5:1883`.

    The password is the file's first line, else the environment's `EMO_OSC_MQTT_PASSWORD`; never the URL's, which every
    program on this computer can read.

    >>> str(broker_of("mqtt://192.168.0.5")), str(broker_of("mqtts://hall@broker.example"))
    ('mqtt://192.168.0.5:1883', 'mqtts://broker.example:8883')

    Raises:
        EmoOscError: it is no such URL, it holds a password, it names a CA without TLS, or a file cannot be read.
    """
    try:
        parts = urlsplit(url if "://" in url else f"mqtt://{url}")
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise EmoOscError(f"--mqtt {url}: {error}; write mqtt://HOST or mqtts://HOST:PORT") from None
    if parts.password is not None:
        raise EmoOscError(f"--mqtt: no password in a URL, others can read it; put it in ${PASSWORD} or --password-file")
    if parts.scheme not in PORTS or not _HOST.fullmatch(host) or parts.path.strip("/") or port == 0:
        raise EmoOscError(f"--mqtt {url}: no broker's address; write mqtt://HOST or mqtts://HOST:PORT")
    user = unquote(parts.username) if parts.username else None
    password = _password(password_file)
    if password is not None and user is None:
        raise EmoOscError(f"--mqtt {url}: there is a password but no user; write {parts.scheme}://USER@{host}")
    if ca_file and parts.scheme != "mqtts":
        raise EmoOscError(f"--mqtt {url}: there is a --ca-file but no TLS; write mqtts://{host}")
    return Broker(host, port or PORTS[parts.scheme], parts.scheme == "mqtts", user, password, ca_file)


def topics_of(show: str) -> tuple[str, ...]:
    """What to subscribe to for a show: points and moods of every client.

    >>> topics_of("club")
    ('emo/club/va/+', 'emo/club/mood/+')

    Raises:
        EmoOscError: the name cannot be a level of a topic.
    """
    if not _SHOW.fullmatch(show):
        raise EmoOscError(f"--show {show}: must be 1 to 64 letters without / + # $, such as club")
    return f"emo/{show}/va/+", f"emo/{show}/mood/+"


def _password(path: Path | None) -> str | None:
    if path is None:
        return os.environ.get(PASSWORD)
    try:
        lines = read_small_text(path, MAX_PASSWORD_BYTES).splitlines()
    except OSError as error:
        raise EmoOscError(f"--password-file {path}: cannot be read ({reason_of(error)})") from None
    if not lines or not lines[0]:
        raise EmoOscError(f"--password-file {path}: its first line is empty; write the password there")
    return lines[0]
