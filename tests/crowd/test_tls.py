"""TLS with a CA of one's own: the crowd and the phones' page trust what they are told to, and else say what to do."""

import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from tests.crowd.conftest import OPEN, SHOW, Broker, Crowd, free_tcp_port
from tests.crowd.test_crowd import VA, near
from tests.crowd.test_page import complaints, opened, touch, web_server
from tests.serving import TIMEOUT_S

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

HOST = "127.0.0.1"


class Secure:
    """A broker that speaks TLS at one port, with a certificate of a CA of its own, and plain MQTT at another."""

    def __init__(self, folder: Path, opens: Callable[..., Broker], cert: trustme.LeafCert, ca: trustme.CA) -> None:
        self.ca_file = folder / "ca.crt"
        ca.cert_pem.write_to_path(str(self.ca_file))
        self._folder, self._cert = folder, cert
        self.port, self.socket_port = free_tcp_port(), free_tcp_port()
        listeners = (f"listener {self.port} {HOST}\n", f"listener {self.socket_port} {HOST}\nprotocol websockets\n")
        self.plain = opens(OPEN + "".join(listener + self._certificate() for listener in listeners))

    def context(self) -> ssl.SSLContext:
        """What a web server with the same certificate needs."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._cert.configure_cert(context)
        return context

    def _certificate(self) -> str:
        chain, key = self._folder / "chain.pem", self._folder / "key.pem"
        chain.write_bytes(b"".join(part.bytes() for part in self._cert.cert_chain_pems))
        self._cert.private_key_pem.write_to_path(str(key))
        return f"certfile {chain}\nkeyfile {key}\n"


@pytest.fixture
def ca() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(tmp_path: Path, broker: Callable[..., Broker], ca: trustme.CA) -> Callable[..., Secure]:
    return lambda cert=None: Secure(tmp_path, broker, cert or ca.issue_cert(HOST), ca)


def complaint(*arguments: str) -> str:
    """The one line that a crowd ends with. In a process of its own: the library leaves its socket to the collector."""
    command = [sys.executable, "-m", "emo_osc", "crowd", "--mqtt", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert ended.returncode == 2
    (line,) = ended.stderr.splitlines()
    return line.removeprefix("emo-osc: ")


@pytest.mark.parametrize("is_named", [True, False], ids=["--ca-file", "SSL_CERT_FILE"])
def test_a_crowd_is_heard_through_tls_where_its_ca_is_known(
    secure: Callable[..., Secure], crowd: Callable[..., Crowd], is_named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hall = secure()
    if not is_named:
        monkeypatch.setenv("SSL_CERT_FILE", str(hall.ca_file))
    named = ("--ca-file", str(hall.ca_file)) if is_named else ()
    heard = crowd(hall.port, "--glide", "0", "--fade", "60", *named, scheme="mqtts")
    heard.wait_for_line("listening to")
    phone = hall.plain.phone("p")
    for number in range(2_000):  # more than TLS hands out at once
        phone.say(f"{VA}{number}", b"0.5 -0.5")

    heard.patch.until("/emo/crowd/count", lambda count: count == 2_000)
    heard.patch.until("/emo/va", near(0.5, -0.5))
    assert heard.end() == (0, "")


def test_a_certificate_of_another_ca_is_one_line_that_says_what_to_do(
    secure: Callable[..., Secure], tmp_path: Path
) -> None:
    hall, other = secure(), tmp_path / "other.crt"
    trustme.CA().cert_pem.write_to_path(str(other))
    url = f"mqtts://{HOST}:{hall.port}"

    by_system = complaint(url)
    by_other = complaint(url, "--ca-file", str(other))
    assert by_system.startswith(f"{url}: the broker's certificate is not trusted (")
    assert by_system.endswith("; name the certificate of the broker's CA: --ca-file ca.crt")
    assert f"{other} is not of the CA that signed it; name" in by_other


def test_a_certificate_for_another_name_or_time_is_one_line(secure: Callable[..., Secure], ca: trustme.CA) -> None:
    said = []
    for cert in (ca.issue_cert("broker.example"), ca.issue_cert(HOST, not_after=datetime(2020, 1, 1))):
        hall = secure(cert)
        said.append(complaint(f"mqtts://{HOST}:{hall.port}", "--ca-file", str(hall.ca_file)))

    assert said[0].endswith("; write the name that stands in the certificate in place of this one")
    assert said[1].endswith("(certificate has expired); renew it, or set this computer's clock")


def test_a_file_that_is_no_ca_is_one_line(tmp_path: Path) -> None:
    empty = tmp_path / "empty.crt"
    empty.write_text("")

    assert f"--ca-file {empty}: it holds no certificate" in complaint("mqtts://host", "--ca-file", str(empty))
    assert "--ca-file /nowhere: No such file" in complaint("mqtts://host", "--ca-file", "/nowhere")
    assert "but no TLS; write mqtts://host" in complaint("mqtt://host", "--ca-file", str(empty))


def test_a_port_without_tls_is_told_and_tried_again(broker: Callable[..., Broker], crowd: Callable[..., Crowd]) -> None:
    heard = crowd(broker().port, scheme="mqtts")

    assert "perhaps this port speaks no TLS" in heard.wait_for_line("trying again")


def test_a_port_with_tls_is_told_to_whoever_leaves_it_out(
    secure: Callable[..., Secure], crowd: Callable[..., Crowd]
) -> None:
    hall = secure()
    heard = crowd(hall.port)

    assert f"perhaps this port speaks TLS: write mqtts://{HOST}:{hall.port}" in heard.wait_for_line("trying again")


@pytest.fixture
def page(secure: Callable[..., Secure], tmp_path: Path) -> Iterator[tuple[Secure, str]]:
    """A broker, and the phones' page from a web server that speaks https."""
    hall = secure()
    server = web_server(tmp_path / "page")
    server.socket = hall.context().wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield hall, f"https://{HOST}:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_page_from_https_speaks_to_the_broker_by_tls(
    browser: "Chrome", page: tuple[Secure, str], crowd: Callable[..., Crowd]
) -> None:
    hall, url = page
    heard = crowd(hall.plain.port, "--glide", "0")
    heard.wait_for_line("listening to")
    browser.execute_cdp_cmd("Security.setIgnoreCertificateErrors", {"ignore": True})
    opened(browser, f"{url}/index.html#show={SHOW}&broker=wss://{HOST}:{hall.socket_port}")
    touch(browser, "touchStart", 0.5, 0.5)

    heard.patch.until("/emo/va", near(0.5, 0.5, 0.05))
    assert complaints(browser) == []
