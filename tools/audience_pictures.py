"""Pictures of the audience's page for people who read, in a headless Chromium before a broker: `make screenshots`."""

import argparse
import socket
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.bench.bench_crowd import CONF, broker
from tools.pad_browser import free_port, opened, pad, wait
from tools.screenshots import IMAGES

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

SCREEN = {"width": 360, "height": 700, "deviceScaleFactor": 1.25, "mobile": True}
SCENES = {
    "audience_en.png": ("en", "audience.finger = 1; audience.move(0.5, 0.45)"),
    "audience_ko.png": ("ko", "audience.vote('peaceful')"),
}
"""A picture's file -> the language, and what happens on the page."""


def take(folder: Path) -> list[Path]:
    """Take every picture; the files.

    Raises:
        EmoOscError: there is no Chromium or no mosquitto, or the daemon does not start.
    """
    port = free_port(socket.SOCK_STREAM)
    conf = f"{CONF}listener {port} 127.0.0.1\nprotocol websockets\n"  # mosquitto 2.0.11 does not start with this alone
    with TemporaryDirectory() as home, broker(conf), pad(Path(home), "canned") as url:
        link = f"{url}audience/#show=club&broker=ws://127.0.0.1:{port}"
        with opened(Path(home)) as browser:
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", SCREEN)
            for name, (language, scene) in SCENES.items():
                _show(browser, link, language, scene)
                browser.save_screenshot(str(folder / name))
    return [folder / name for name in SCENES]


def _show(browser: "Chrome", link: str, language: str, scene: str) -> None:
    agent = browser.execute_script("return navigator.userAgent")
    browser.execute_cdp_cmd("Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": language})
    browser.get("about:blank")
    browser.get(link)
    wait(browser, "return window.audience?.state === 'connected'")
    browser.execute_script(scene)


def main() -> int:
    """Take the pictures and say where they are."""
    parser = argparse.ArgumentParser(prog="python -m tools.audience_pictures", description=__doc__)
    parser.add_argument("--out", type=Path, default=IMAGES, help="the folder to write to")
    asked = parser.parse_args()
    try:
        sys.stdout.writelines(f"{path}\n" for path in take(asked.out))
    except EmoOscError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
