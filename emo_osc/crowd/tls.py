"""TLS to the broker: whose certificates are trusted, and what to do about one that is not. Opens no connection."""

import re
import ssl

from emo_osc.core.errors import EmoOscError
from emo_osc.crowd.broker import Broker

_NO_TLS = re.compile(r"reset by peer|WRONG_VERSION_NUMBER")
_MUTE = "Operation timed out"
"""What aiomqtt says where the broker has taken the connection and then does not answer."""
_VERIFY = re.compile(r"certificate verify failed: (.+?)\.? \(_ssl")


def context_of(broker: Broker) -> ssl.SSLContext | None:
    """What a connection to a broker trusts: the CA of its file, else those of the system; None without TLS.

    Raises:
        EmoOscError: the file cannot be read, or holds no certificate.
    """
    if not broker.is_tls:
        return None
    try:
        return ssl.create_default_context(cafile=broker.ca_file)
    except ssl.SSLError:
        reason = "it holds no certificate"
    except OSError as error:
        reason = error.strerror or str(error)
    raise EmoOscError(f"--ca-file {broker.ca_file}: {reason}; name the certificate of your CA, in PEM") from None


def distrust_of(error: BaseException, broker: Broker) -> str:
    """Why a broker's certificate is not trusted and what to do about it; empty where that is not what failed.

    >>> distrust_of(OSError("certificate verify failed: certificate has expired (_ssl.c:1006)"), Broker("hall", 8883))
    "the broker's certificate is not trusted (certificate has expired); renew it, or set this computer's clock"
    """
    found = _VERIFY.search(str(error))
    return f"the broker's certificate is not trusted ({found[1]}); {_remedy(found[1], broker)}" if found else ""


def scheme_hint(reason: str, broker: Broker) -> str:
    """What to try where one side seems to speak TLS and the other not; empty where nothing points to it.

    >>> scheme_hint("Operation timed out", Broker("hall", 8883))
    '; perhaps this port speaks TLS: write mqtts://hall:8883'
    """
    if broker.is_tls and _NO_TLS.search(reason):
        return "; perhaps this port speaks no TLS"
    return (
        f"; perhaps this port speaks TLS: write mqtts{str(broker)[4:]}" if not broker.is_tls and reason == _MUTE else ""
    )


def _remedy(reason: str, broker: Broker) -> str:
    if "mismatch" in reason:
        return "write the name that stands in the certificate in place of this one"
    if "expired" in reason or "not yet valid" in reason:
        return "renew it, or set this computer's clock"
    given = f"{broker.ca_file} is not of the CA that signed it; " if broker.ca_file else ""
    return f"{given}name the certificate of the broker's CA: --ca-file ca.crt"
