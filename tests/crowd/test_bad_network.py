"""The phones' page on a network that delays packets by 300 ms, loses one in ten, and is gone at times."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import chromium
from tests.crowd.bad_network import FAR, NEAR, BadNetwork
from tests.crowd.conftest import OPEN, SHOW, Broker, Crowd, free_tcp_port
from tests.crowd.test_crowd import near
from tests.crowd.test_page import opened, touch, wait, web_server

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

DELAY_S, LOSS = 0.3, 0.1


@pytest.fixture
def network(own_network: None) -> Iterator[BadNetwork]:
    bad = BadNetwork(DELAY_S, LOSS)
    yield bad
    bad.close()


@pytest.fixture
def far_browser(network: BadNetwork, tmp_path: Path) -> Iterator["Chrome"]:
    with chromium(tmp_path / "profile") as browser:
        browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": True})
        yield browser


@pytest.fixture
def link(network: BadNetwork, broker: Callable[..., Broker], tmp_path: Path) -> Iterator[tuple[Broker, str]]:
    """A broker behind the network, and the page that speaks to it, which itself comes from near by."""
    port, server = free_tcp_port(), web_server(tmp_path / "page")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    page = f"http://127.0.0.1:{server.server_address[1]}/index.html"
    one = broker(f"{OPEN}listener {port} {NEAR}\nprotocol websockets\n")
    yield one, f"{page}#show={SHOW}&broker=ws://{FAR}:{port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_on_a_bad_network_the_last_place_counts_and_the_page_says_when_it_is_gone(
    network: BadNetwork, far_browser: "Chrome", link: tuple[Broker, str], crowd: Callable[..., Crowd]
) -> None:
    inside, page = link
    heard = crowd(inside.port, "--glide", "0")
    heard.wait_for_line("listening to")
    opened(far_browser, page)
    touch(far_browser, "touchStart", -0.9, 0.0)
    for step in range(20):
        touch(far_browser, "touchMove", -0.9 + step / 20, 0.5)
    heard.patch.until("/emo/va", near(0.05, 0.5, 0.03))
    network.is_cut = True
    wait(far_browser, "return audience.state === 'lost'")
    said = far_browser.find_element("id", "state").text
    touch(far_browser, "touchMove", 0.7, -0.7)
    network.is_cut = False

    assert said == "No connection. Trying again .."
    heard.patch.until("/emo/va", near(0.7, -0.7, 0.03))
    assert network.lost
