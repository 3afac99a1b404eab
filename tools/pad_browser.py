"""A pad that plays, and a headless Chromium before it: for pictures and for measuring."""

import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.bench.instance import serving

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

PRESET = """
osc: {{port: {osc}}}
midi: {{out: emo_osc pictures}}
clock: {{tempo: 112}}
generator: {{name: {generator}, seed: 5}}
sound: {{enabled: false}}
web: {{port: {web}}}
"""
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync")
PATIENCE_S = 90.0


def wait(browser: "Chrome", script: str) -> None:
    """Waits until a script answers something true."""
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(browser, PATIENCE_S, 0.02).until(lambda page: page.execute_script(script))


@contextmanager
def pad(home: Path, generator: str) -> Iterator[str]:
    """A daemon of our own, with nobody's phrases; the address of its pad.

    Raises:
        EmoOscError: it does not start.
    """
    osc, web = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
    preset = PRESET.format(osc=osc, web=web, generator=generator)
    with serving(preset, "web pad   http", home):
        yield f"http://127.0.0.1:{web}/"


@contextmanager
def opened(home: Path) -> Iterator["Chrome"]:
    """A headless Chromium with a profile in `home`.

    Raises:
        EmoOscError: there is none, or not its driver.
    """
    driver, chromium = shutil.which("chromedriver"), next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if not driver or not chromium:
        raise EmoOscError("no Chromium with its driver here: apt-get install chromium chromium-driver")
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={home / 'profile'}"):
        options.add_argument(flag)
    browser = Chrome(options, ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()


def free_port(kind: socket.SocketKind) -> int:
    """A port of this computer that nobody has."""
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
