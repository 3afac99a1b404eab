"""Pictures of the pad for people who read, taken in a headless Chromium of a pad that plays: `make screenshots`."""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from emo_osc.core.errors import EmoOscError
from tools.pad_browser import opened, pad, wait

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

IMAGES = Path(__file__).parents[1] / "docs" / "images"
IS_READY = "return window.emo?.isHeard && emo.controls.state.studio?.[0].startsWith('ready')"
SCENE = """
for (const [address, ...values] of [["/emo/quantize", "bar"], ["/emo/mood", "peaceful"], ["/emo/keep", "harbour"],
  ["/emo/keep", "first light"], ["/emo/set/chords", 0.5], ["/emo/set/bass", 0.4], ["/emo/set/swing", 0.2]])
  emo.link.send(address, ...values);
"""
LATER = "return emo.controls.state.kept?.length === 2 && emo.roll.position(performance.now()) % 16 > 4.3"
TURN = "emo.link.send('/emo/quantize', '4bars'); emo.callMood('lively')"
IS_WAITING = (
    "return emo.roll.coming && emo.roll.notes('next').length && emo.field.point.arousal > 0.69 && " + IS_READY[7:]
)


@dataclass(frozen=True, slots=True)
class Screen:
    """A picture: its file, the size of the screen in CSS pixels, how many of the screen's own each is, the language."""

    name: str
    width: int
    height: int
    ratio: float
    language: str


SCREENS = (
    Screen("pad.png", 1440, 860, 1.0, "en"),
    Screen("pad_phone.png", 390, 844, 1.5, "ko"),
)


def take(folder: Path, generator: str) -> list[Path]:
    """Take every picture; the files.

    Raises:
        EmoOscError: there is no Chromium, or the daemon does not start.
    """
    with TemporaryDirectory() as home, pad(Path(home), generator) as url, opened(Path(home)) as browser:
        taken = []
        for screen in SCREENS:
            _show(browser, url, screen)
            browser.save_screenshot(str(folder / screen.name))
            taken.append(folder / screen.name)
        return taken


def _show(browser: "Chrome", url: str, screen: Screen) -> None:
    """A pad in the middle of things: two phrases kept, the next one waiting."""
    metrics = {
        "width": screen.width,
        "height": screen.height,
        "deviceScaleFactor": screen.ratio,
        "mobile": screen.width < 700,
    }
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(url)
    browser.execute_script("localStorage.setItem('emo_osc.language', arguments[0])", screen.language)
    browser.refresh()
    wait(browser, IS_READY)
    browser.execute_script(SCENE)
    wait(browser, LATER)
    browser.execute_script(TURN)
    wait(browser, IS_WAITING)


def main() -> int:
    """Take the pictures and say where they are."""
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots", description=__doc__)
    parser.add_argument("--generator", default="music_vae", help="who composes what is shown")
    parser.add_argument("--out", type=Path, default=IMAGES, help="the folder to write to")
    asked = parser.parse_args()
    try:
        sys.stdout.writelines(f"{path}\n" for path in take(asked.out, asked.generator))
    except EmoOscError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
