"""How often the pad draws, and how long a frame takes: `make frames`. In a headless Chromium, without a GPU.

While it is measured a finger circles on the pad, the roll runs and every note leaves a ring.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from emo_osc.core.errors import EmoOscError
from emo_osc.evaluate.report import show
from tools.pad_browser import opened, pad, wait

IS_READY = "return window.emo?.isHeard && emo.roll.notes('now').length && emo.moods.size"
CIRCLE = """
const [seconds, done] = arguments, pad = document.getElementById("pad"), box = pad.getBoundingClientRect();
const finger = (type, turn) => pad.dispatchEvent(new PointerEvent(type, {pointerId: 7, bubbles: true,
  clientX: box.left + box.width * (0.5 + 0.35 * Math.cos(turn)),
  clientY: box.top + box.height * (0.5 + 0.35 * Math.sin(turn))}));
pad.setPointerCapture = () => {};
const frame = emo.frame.bind(emo), gaps = [], costs = [];
let before = 0;
emo.frame = (now, last) => {
  const from = performance.now();
  frame(now, last);
  costs.push(performance.now() - from);
};
const begun = performance.now();
finger("pointerdown", 0);
const look = (now) => {
  if (before) gaps.push(now - before);
  before = now;
  if (now - begun > seconds * 1000) { finger("pointerup", 0); done([gaps, costs]); return; }
  finger("pointermove", (now - begun) / 400);
  requestAnimationFrame(look);
};
requestAnimationFrame(look);
"""
Row = dict[str, float]


def frames(seconds: float, generator: str) -> dict[str, Row]:
    """Frames for so long: milliseconds from one to the next, what ours takes of each, and frames a second.

    Raises:
        EmoOscError: there is no Chromium, or the daemon does not start.
    """
    with TemporaryDirectory() as home, pad(Path(home), generator) as url, opened(Path(home)) as browser:
        browser.set_script_timeout(seconds + 60.0)
        browser.get(url)
        wait(browser, IS_READY)
        gaps, costs = browser.execute_async_script(CIRCLE, seconds)
    rows = {"from one to the next": spread(gaps), "drawing": spread(costs)}
    rows["from one to the next"]["frames_a_second"] = 1000.0 * len(gaps) / sum(gaps)
    return rows


def spread(values: list[float]) -> Row:
    """Middle, 95th and 99th percentile, and the most.

    >>> spread([1.0, 2.0, 3.0, 4.0])["p50_ms"]
    3.0
    """
    ordered = sorted(values)
    at = {f"p{share}_ms": ordered[min(len(ordered) - 1, len(ordered) * share // 100)] for share in (50, 95, 99)}
    return at | {"max_ms": ordered[-1]}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tools.pad_frames", description=__doc__)
    parser.add_argument("--generator", default="canned", help="who composes what is shown")
    parser.add_argument("--seconds", type=float, default=10.0)
    asked = parser.parse_args()
    try:
        show({"frames of the pad": frames(asked.seconds, asked.generator)})
    except EmoOscError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
