"""The audience's page in a real browser, before a real broker: a thumb moves the music, in two languages."""

import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emo_osc.cli.main import main
from emo_osc.core.affect import MOODS
from emo_osc.surface.setup import PadMood
from tests.crowd.conftest import PHONE, SHOW, Broker, Crowd, free_tcp_port
from tests.crowd.test_crowd import near
from tests.crowd.test_security import audience_of
from tests.serving import TIMEOUT_S, Daemon
from tests.surface.conftest import pad_of

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

PAGE = Path(__file__).parents[2] / "emo_osc" / "surface" / "audience"
WORDS = (PAGE / "words.js").read_text(encoding="utf-8")
SCRIPTS = "".join(path.read_text(encoding="utf-8") for path in sorted(PAGE.glob("*.js")))
HTML = (PAGE / "index.html").read_text(encoding="utf-8")
ENGLISH, KOREAN = WORDS.split("  ko: {")


class Hall:
    """A broker that speaks WebSocket too, and any web server with the page."""

    def __init__(self, broker: Broker, socket_port: int, url: str) -> None:
        self.broker, self.socket_port, self.url = broker, socket_port, url

    def link(self, port: int | None = None) -> str:
        return f"{self.url}/index.html#show={SHOW}&broker=ws://127.0.0.1:{port or self.socket_port}"


class QuietHandler(SimpleHTTPRequestHandler):
    """The web server of Python, as `python -m http.server` starts it."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def web_server(folder: Path) -> ThreadingHTTPServer:
    """A web server of the page, which is written to a folder; it does not serve yet."""
    assert main(["crowd", "--write-page", str(folder)]) == 0
    return ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(folder)))


@pytest.fixture
def hall(broker: Callable[..., Broker], tmp_path: Path) -> Iterator[Hall]:
    settings, listener, port = audience_of(tmp_path)  # as docs/audience.md sets it up
    opened = broker(f"allow_anonymous true\n{listener}", settings)
    server = web_server(tmp_path / "page")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Hall(opened, port, f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    thread.join()
    server.server_close()


def wait(browser: "Chrome", script: str) -> Any:
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(browser, TIMEOUT_S, 0.05).until(lambda page: page.execute_script(script))


def complaints(browser: "Chrome") -> list[Any]:
    """What the browser has put on its console since it was last asked."""
    found: list[Any] = browser.get_log("browser")  # type: ignore[no-untyped-call]  # selenium says no types for it
    return found


def opened(browser: "Chrome", link: str, language: str = "en-GB") -> None:
    agent = browser.execute_script("return navigator.userAgent")
    browser.execute_cdp_cmd("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": language})
    browser.get("about:blank")  # the same link but for its hash would not be loaded anew
    complaints(browser)  # those of the page before
    browser.get(link)
    wait(browser, "return window.audience?.state === 'connected'")


def touch(browser: "Chrome", kind: str, *at: float) -> None:
    """What a touch screen says of a thumb: where it is, as shares of the plane's half sizes."""
    box = browser.execute_script(
        "const b = document.getElementById('plane').getBoundingClientRect(); return [b.left, b.top, b.width, b.height]"
    )
    points = [{"x": box[0] + box[2] * (1 + at[0]) / 2, "y": box[1] + box[3] * (1 - at[1]) / 2}] if at else []
    browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def heard(hall: Hall, crowd: Callable[..., Crowd], *arguments: str) -> Crowd:
    one = crowd(hall.broker.port, "--glide", "0", *arguments)
    one.wait_for_line("listening to")
    return one


def test_a_thumb_moves_the_point_while_it_is_down_and_fades_when_it_is_lifted(
    browser: "Chrome", hall: Hall, crowd: Callable[..., Crowd]
) -> None:
    one = heard(hall, crowd, "--fade", "3")
    opened(browser, hall.link())
    touch(browser, "touchStart", -0.5, -0.5)
    one.patch.until("/emo/va", near(-0.5, -0.5, 0.05))
    touch(browser, "touchMove", 0.6, 0.8)
    one.patch.until("/emo/va", near(0.6, 0.8, 0.05))
    held = [
        one.patch.until("/emo/crowd/count").arguments[0] for _ in range(100)
    ]  # five seconds: longer than a word lasts
    touch(browser, "touchEnd")

    assert set(held) == {1}
    one.patch.until("/emo/crowd/count", lambda count: count == 0)
    assert complaints(browser) == []


def test_it_sends_five_times_a_second_at_most_and_the_last_place_always(browser: "Chrome", hall: Hall) -> None:
    opened(browser, hall.link())
    listener = hall.broker.phone("listener")
    assert listener.subscribe(f"emo/{SHOW}/va/+")
    sent, took_s = browser.execute_script(
        "const sent = [], publish = audience.mqtt.publish.bind(audience.mqtt), begun = performance.now();"
        "audience.mqtt.publish = (topic, payload) => { sent.push(payload); return publish(topic, payload); };"
        "audience.finger = 1;"
        "for (let step = 0; step <= 100; step++) {"
        "  audience.move(step / 100, -step / 100); await new Promise((done) => setTimeout(done, 10)); }"
        "audience.lift(); return [sent, (performance.now() - begun) / 1000];"
    )
    bodies = listener.heard_until_pong()

    assert len(sent) <= took_s * 5 + 2
    assert sent[-1] == "1.000 -1.000"
    assert bodies[-1].endswith(b"1.000 -1.000")


def test_a_tap_on_a_mood_is_a_vote_in_either_language(
    browser: "Chrome", hall: Hall, crowd: Callable[..., Crowd]
) -> None:
    one = heard(hall, crowd)
    opened(browser, hall.link(), "ko-KR")
    texts = [button.text for button in browser.find_elements("css selector", "#moods button")]
    state = browser.find_element("id", "state").text
    browser.find_element("css selector", "[data-mood=mysterious]").click()
    named = one.patch.until("/emo/mood").arguments
    browser.find_element("id", "language").click()

    assert named == ("mysterious",)
    assert texts == [PadMood.of(mood).korean for mood in MOODS if mood.vocabulary == "moods"]
    assert state == "함께하고 있습니다"
    assert browser.find_element("css selector", "[data-mood=mysterious]").text == "mysterious"
    assert browser.find_element("id", "state").text == "You are in"


def test_the_broker_may_die_and_the_page_is_back_with_it(
    browser: "Chrome", hall: Hall, crowd: Callable[..., Crowd]
) -> None:
    one = heard(hall, crowd)
    opened(browser, hall.link())
    hall.broker.kill()
    wait(browser, "return audience.state === 'lost'")
    touch(browser, "touchStart", -0.5, 0.5)
    hall.broker.start()
    wait(browser, "return audience.state === 'connected'")
    one.wait_for_line("listening to")

    one.patch.until("/emo/va", near(-0.5, 0.5, 0.05))  # the thumb that is still down
    touch(browser, "touchEnd")


def test_the_last_place_counts_though_it_was_said_without_a_connection(
    browser: "Chrome", hall: Hall, crowd: Callable[..., Crowd]
) -> None:
    one = heard(hall, crowd)
    opened(browser, hall.link())
    browser.execute_script("audience.mqtt.waitMs = 3000; audience.mqtt.drop('lost')")
    touch(browser, "touchStart", 0.6, -0.8)
    touch(browser, "touchEnd")
    state = browser.execute_script("return audience.state")

    assert state == "lost"
    one.patch.until("/emo/va", near(0.6, -0.8, 0.05))


def test_the_last_place_counts_though_the_network_did_not_take_it_at_first(
    browser: "Chrome", hall: Hall, crowd: Callable[..., Crowd]
) -> None:
    one = heard(hall, crowd)
    opened(browser, hall.link())
    browser.execute_script("audience.real = audience.mqtt.publish; audience.mqtt.publish = () => false")
    touch(browser, "touchStart", -0.6, -0.8)
    touch(browser, "touchEnd")
    browser.execute_script("audience.mqtt.publish = audience.real")

    one.patch.until("/emo/va", near(-0.6, -0.8, 0.05))


def test_what_was_said_long_ago_is_not_said_again(browser: "Chrome", hall: Hall) -> None:
    opened(browser, hall.link())
    touch(browser, "touchStart", 0.5, 0.5)
    touch(browser, "touchEnd")
    sent = browser.execute_script(
        "audience.saidMs -= 6001; let sent = 0; audience.mqtt.publish = () => { sent++; return true; };"
        "audience.sayAgain(); audience.saidMs = performance.now(); audience.sayAgain(); return sent;"
    )

    assert sent == 1


class StalledNetwork:
    """A port before the broker's that at some time lets nothing through, and says nothing."""

    def __init__(self, to: int) -> None:
        self._to = to
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        self.is_open = threading.Event()
        self.is_open.set()
        self.accepted = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near_end, _ = self.server.accept()
                self.accepted += 1
                far_end = socket.create_connection(("127.0.0.1", self._to))
                for one, other in ((near_end, far_end), (far_end, near_end)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(4096):
                self.is_open.wait()
                other.sendall(data)
            other.close()


def test_a_network_that_stalls_without_a_word_is_left_for_a_new_connection(browser: "Chrome", hall: Hall) -> None:
    network = StalledNetwork(hall.socket_port)
    opened(browser, hall.link(network.port))
    network.is_open.clear()
    browser.execute_script("audience.mqtt.heardMs -= 60000; audience.mqtt.ping()")  # a minute of silence
    state = browser.execute_script("return audience.state")
    network.is_open.set()
    wait(browser, "return audience.state === 'connected'")
    network.server.close()

    assert state == "lost"
    assert network.accepted >= 2


def test_it_asks_for_nothing_and_keeps_nothing(browser: "Chrome", hall: Hall) -> None:
    opened(browser, hall.link())
    first = browser.execute_script("return audience.id")
    browser.find_element("id", "language").click()
    kept = browser.execute_script("return [document.cookie, localStorage.length, sessionStorage.length]")
    opened(browser, hall.link())

    assert kept == ["", 0, 0]
    assert re.fullmatch("[0-9a-f]{16}", first)
    assert browser.execute_script("return audience.id") != first
    assert not re.search(r"geolocation|getUserMedia|Notification|requestPermission|wakeLock|cookie|Storage", SCRIPTS)
    assert not re.search(r"https?://|[\"'(]//|@import", HTML + SCRIPTS + (PAGE / "audience.css").read_text())


@pytest.mark.parametrize("language", ["en-GB", "ko-KR"])
def test_everything_is_within_reach_of_a_thumb(browser: "Chrome", hall: Hall, language: str) -> None:
    opened(browser, hall.link(), language)
    for width, height in ((320, 568), (390, 780), (780, 390), (568, 320)):
        size = PHONE | {"width": width, "height": height}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        wait(browser, f"return innerWidth === {width} && innerHeight === {height}")
        places = browser.execute_script(
            "return [...document.querySelectorAll('button')].map((b) => { const r = b.getBoundingClientRect();"
            "return [r.left, r.top, r.right, r.bottom, b.scrollWidth - b.clientWidth]; })"
        )
        plane = browser.execute_script(
            "const r = document.getElementById('plane').getBoundingClientRect(); return [r.width, r.height]"
        )

        assert all(0 <= left < right <= width and 0 <= top < bottom <= height for left, top, right, bottom, _ in places)
        assert all(bottom - top >= 44 and over <= 0 for _, top, _, bottom, over in places)
        assert min(plane) >= 230
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)


def test_the_instruments_own_web_server_has_the_page_and_its_policy_lets_it_speak(
    browser: "Chrome", hall: Hall, daemon: Callable[..., Daemon], crowd: Callable[..., Crowd]
) -> None:
    port = free_tcp_port()
    served, one = pad_of(daemon("--web", "--web-port", str(port)), port), heard(hall, crowd)
    opened(browser, hall.link().replace(f"{hall.url}/index.html", f"{served.url}/audience"))
    touch(browser, "touchStart", 0.4, -0.4)
    one.patch.until("/emo/va", near(0.4, -0.4, 0.05))
    touch(browser, "touchEnd")

    assert complaints(browser) == []


def test_a_link_names_the_show_and_the_broker_and_nonsense_in_it_is_left_out(browser: "Chrome", hall: Hall) -> None:
    opened(browser, hall.link())
    links = [
        "http://192.168.0.5:7780/audience/",
        "https://show.example/#show=club&broker=wss://mqtt.example/mqtt",
        "http://10.0.0.1/?show=%EB%B0%A4",
        "https://show.example/#show=club",
        "http://10.0.0.1/#show=a/b%23&broker=javascript:alert(1)",
    ]
    found = browser.execute_script(
        "const { placeOf } = await import(`${location.origin}/main.js`);"
        "return arguments[0].map((link) => placeOf(new URL(link)));",
        links,
    )

    assert found == [
        {"show": "show", "broker": "ws://192.168.0.5:9001/"},
        {"show": "club", "broker": "wss://mqtt.example/mqtt"},
        {"show": "밤", "broker": "ws://10.0.0.1:9001/"},
        {"show": "club", "broker": "wss://show.example:9001/"},
        {"show": "ab", "broker": "ws://10.0.0.1:9001/"},
    ]


@pytest.mark.parametrize("language", [ENGLISH, KOREAN], ids=["English", "Korean"])
def test_everything_the_page_shows_has_its_word(language: str) -> None:
    shown = set(re.findall(r'data-(?:word|label)="(\w+)"', HTML)) | {
        mood.id for mood in MOODS if mood.vocabulary == "moods"
    }

    assert shown | {"connecting", "connected", "lost", "refused"} <= set(re.findall(r"(\w+): \"", language))


def test_the_moods_of_the_page_are_the_nine_of_the_table() -> None:
    (listed,) = re.findall(r"MOODS = \[(.*?)\]", WORDS)

    assert re.findall(r'"(\w+)"', listed) == [mood.id for mood in MOODS if mood.vocabulary == "moods"]


def test_a_page_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")

    assert main(["crowd", "--write-page", str(tmp_path / "file" / "page")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def test_the_link_is_printed_with_its_picture(broker: Callable[..., Broker], crowd: Callable[..., Crowd]) -> None:
    one = crowd(broker().port, "--link", "http://192.168.0.5:7780/audience/")

    assert one.wait_for_line("page").endswith(f"http://192.168.0.5:7780/audience/#show={SHOW}\n")
    one.wait_for_line("█")
    one.wait_for_line("listening to")
