"""The page in a real browser, before a real daemon: what is touched is played, what is played is shown."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import rtmidi

from emo_osc.core.affect import MOODS
from tests.conftest import chromium
from tests.serving import TIMEOUT_S
from tests.surface.conftest import Served

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

IS_READY = "return window.emo?.isHeard && emo.roll.notes('now').length && emo.moods.size"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Chrome"]:
    """One browser for the tests of this file; each opens the page anew."""
    with chromium(tmp_path_factory.mktemp("chromium")) as opened_browser:
        yield opened_browser


def find(browser: "Chrome", selector: str) -> "WebElement":
    return browser.find_element("css selector", selector)


def wait(browser: "Chrome", script: str, *arguments: object) -> Any:
    """Wait until a script answers something true."""
    from selenium.webdriver.support.wait import WebDriverWait

    return WebDriverWait(browser, TIMEOUT_S, 0.05).until(lambda page: page.execute_script(script, *arguments))


def opened(browser: "Chrome", served: Served, language: str = "en") -> None:
    browser.get(served.url)
    browser.execute_script("localStorage.setItem('emo_osc.language', arguments[0])", language)
    browser.refresh()
    wait(browser, IS_READY)


def drag(browser: "Chrome", *points: tuple[float, float]) -> None:
    """Press on the pad at the first point, go by way of the others, and let go; each as shares of the half sizes."""
    from selenium.webdriver import ActionChains

    pad = find(browser, "#pad")
    wide, high = pad.size["width"] / 2, pad.size["height"] / 2
    places = [(int(x * wide), int(-y * high)) for x, y in points]
    chain = ActionChains(browser, duration=40).move_to_element_with_offset(pad, *places[0]).click_and_hold()
    for place in places[1:]:
        chain = chain.move_to_element_with_offset(pad, *place)
    chain.release().perform()


def touch(browser: "Chrome", kind: str, **fingers: tuple[float, float]) -> None:
    """What a touch screen says of fingers `a`, `b`: they come, move or go; shares of the half sizes from the middle."""
    box = browser.execute_script("const b = document.getElementById('pad').getBoundingClientRect(); "
                                 "return [b.left, b.top, b.width, b.height]")  # fmt: skip
    points = [
        {"x": box[0] + box[2] * (1 + x) / 2, "y": box[1] + box[3] * (1 - y) / 2, "id": ord(name)}
        for name, (x, y) in fingers.items()
    ]
    browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def affect(served: Served, wanted: Callable[[float, float], bool]) -> tuple[float, float]:
    """The affect as the stage tells it, once it is where it is wanted."""
    message = served.daemon.receive_until(
        lambda message: message.address == "/emo/state/va" and wanted(*map(float, message.arguments))  # type: ignore[arg-type]
    )
    valence, arousal = message.arguments
    assert isinstance(valence, float)
    assert isinstance(arousal, float)
    return valence, arousal


def velocity(served: Served) -> int:
    """How hard the next note is struck."""
    message = served.daemon.receive_until(lambda message: message.address == "/emo/note")
    assert isinstance(message.arguments[1], int)
    return message.arguments[1]


def test_a_drag_moves_the_feeling_and_the_next_notes_with_it(browser: "Chrome", served: Served) -> None:
    opened(browser, served)
    for topic in ("va", "note"):
        served.daemon.send(f"/emo/start_listen/{topic}")
    drag(browser, (-0.3, -0.2), (-0.5, -0.6), (-0.6, -0.8))
    valence, arousal = affect(served, lambda v, a: v < -0.55 and a < -0.75)
    soft = max(velocity(served) for _ in range(4))
    drag(browser, (0.3, 0.2), (0.5, 0.6), (0.6, 0.8))
    right, up = affect(served, lambda v, a: v > 0.55 and a > 0.75)
    hard = min(velocity(served) for _ in range(4))

    wait(browser, "return emo.field.point.arousal > 0.75")  # it is drawn there too
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]  # selenium says no types for it
    assert (valence, arousal) == pytest.approx((-right, -up), abs=0.03)
    assert hard > soft


def test_two_fingers_pull_on_one_point(browser: "Chrome", served: Served) -> None:
    opened(browser, served)
    served.daemon.send("/emo/start_listen/va")
    left, right, raised = (-0.6, 0.2), (0.6, 0.2), (0.6, 0.8)

    touch(browser, "touchStart", a=left)
    affect(served, lambda v, _: v < -0.5)
    touch(browser, "touchStart", a=left, b=right)
    both = affect(served, lambda v, _: abs(v) < 0.1)
    touch(browser, "touchMove", a=left, b=raised)
    middle = affect(served, lambda _, a: a > 0.4)
    touch(browser, "touchEnd", a=left)
    touch(browser, "touchMove", b=right)
    alone = affect(served, lambda v, _: v > 0.5)
    touch(browser, "touchEnd")

    assert both == pytest.approx((0.0, 0.2), abs=0.1)
    assert middle == pytest.approx((0.0, 0.5), abs=0.1)
    assert alone == pytest.approx((0.6, 0.2), abs=0.1)
    wait(browser, "return emo.field.fingers.size === 0")


def test_two_pads_agree_and_one_tap_on_a_mood_calls_it(browser: "Chrome", served: Served) -> None:
    opened(browser, served)
    first = browser.current_window_handle
    browser.switch_to.new_window("tab")
    opened(browser, served)
    browser.execute_script("emo.link.send('/emo/mood', 'gloomy'); emo.link.send('/emo/set/density', 0)")
    wait(browser, "return emo.controls.state.mood?.[0] === 'gloomy' && emo.controls.state.density?.[0] === 0")
    serene = next(mood.affect for mood in MOODS if mood.id == "peaceful")
    width, height, margin = browser.execute_script("return [emo.field.width, emo.field.height, emo.field.margin]")
    drag(browser, (serene.valence * (1 - 2 * margin / width), serene.arousal * (1 - 2 * margin / height)))
    is_there = "emo.controls.state.mood?.[0] === 'peaceful' && Math.abs(emo.va[0] - arguments[0]) < 1e-6 && emo.va"
    here = wait(browser, f"return {is_there}", serene.valence)  # where the mood is, not where the finger was
    browser.execute_script("emo.link.send('/emo/set/density', 0.5)")
    browser.switch_to.window(first)
    there = wait(browser, f"return emo.controls.state.density?.[0] === 0.5 && {is_there}", serene.valence)

    assert here == there == pytest.approx([serene.valence, serene.arousal])
    assert "on" in str(find(browser, "[data-mood=peaceful]").get_attribute("class"))
    assert find(browser, "[data-value=density] output").text == "0.5"


def test_the_keyboard_plays_it_all_and_says_what_it_does(browser: "Chrome", served: Served) -> None:
    from selenium.webdriver.common.keys import Keys

    opened(browser, served)
    pad = find(browser, "#pad")
    pad.send_keys("w")  # the second mood
    wait(browser, "return emo.controls.state.mood?.[0] === 'bright'")
    pad.send_keys(Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_UP)
    wait(
        browser,
        "return Math.abs(emo.controls.state.va[0] - 0.7) < 1e-5 && Math.abs(emo.controls.state.va[1] - 0.4) < 1e-5",
    )
    pad.send_keys(" ")
    wait(
        browser,
        "return emo.controls.state.playing?.[0] === 0 && document.getElementById('play').textContent === 'Play'",
    )
    pad.send_keys(" ")
    wait(browser, "return emo.controls.state.playing?.[0] === 1")
    spoken = wait(
        browser, "const said = document.getElementById('spoken').textContent; return said.includes('0.70') && said"
    )
    pad.send_keys("l")

    assert spoken.endswith("valence 0.70, arousal 0.40")
    assert wait(browser, "return document.documentElement.lang === 'ko'")
    assert find(browser, "[data-mood=bright] b").text == "밝음"
    browser.refresh()
    assert wait(browser, f"{IS_READY} && document.documentElement.lang") == "ko"


def test_a_knob_is_learned_by_touching_a_slider_and_forgotten_by_touching_its_badge(
    browser: "Chrome", serve: Callable[..., Served], jack: str
) -> None:
    served = serve("--midi-in", "virtual:keys")
    hands = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="hands")
    hands.open_port(next(n for n, found in enumerate(hands.get_ports()) if "keys" in found))
    opened(browser, served)
    find(browser, "#learn").click()
    find(browser, "[data-value=density] .name").click()
    wait(browser, "return document.querySelector('[data-value=density]').classList.contains('waiting')")
    hands.send_message((0xB1, 74, 10))
    badge = wait(browser, "return document.querySelector('[data-value=density] .badge:not([hidden])')?.textContent")
    told = wait(browser, "const told = document.getElementById('told').textContent; return told.includes('is') && told")
    hands.send_message((0xB1, 74, 127))
    wait(browser, "return emo.controls.state.density[0] === 1")
    find(browser, "#learn").click()
    find(browser, "[data-send='/emo/next']").click()
    hands.send_message((0x99, 36, 90))
    wait(browser, "return emo.controls.state.mapping.includes('note36@10 next')")
    find(browser, "[data-value=density] .badge").click()
    wait(browser, "return document.querySelector('[data-value=density] .badge').hidden")
    hands.close_port()
    hands.delete()

    assert badge == "cc74"
    assert told == "Density is moved by cc74@2"


NAMELESS = """
return [...document.querySelectorAll("button, input, select, summary, [role=application], [role=img], canvas")]
  .filter((each) => !each.closest("[hidden], [aria-hidden=true]"))
  .filter((each) => {
    const label = each.closest("label")?.textContent.trim();
    const isNamed = each.getAttribute("aria-label") || each.textContent.trim() || label;
    return !isNamed || (each.tabIndex < 0 && !each.matches("canvas"));
  })
  .map((each) => each.outerHTML.slice(0, 80));
"""
OVERFLOWING = "return document.documentElement.scrollWidth > innerWidth + 1"
SMALL = """
return [...document.querySelectorAll("button:not(.mood):not(.badge), .chips label, select, summary, #keep input")]
  .filter((each) => each.offsetParent)
  .map((each) => [each.textContent, each.getBoundingClientRect()])
  .filter(([, box]) => box.height < 44 || box.width < 36)
  .map(([text]) => text);
"""
UNSEEN = """
return [...document.querySelectorAll("#play, [data-send='/emo/panic'], .score h2")]
  .map((each) => [each.textContent, each.getBoundingClientRect(), each])
  .filter(([, box, each]) => box.top < 0 || box.bottom > innerHeight || each.scrollWidth > each.clientWidth)
  .map(([text]) => text);
"""
COVERED = """
return emo.field.moods.filter((mood) => {
  const at = emo.field.placeOf(mood.valence, mood.arousal), { x, y, w, h } = mood.box;
  const right = Math.max(x - at.x, 0, at.x - x - w), down = Math.max(y - at.y, 0, at.y - y - h);
  return Math.hypot(right, down) < 13;
}).map((mood) => mood.id);
"""


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_control_has_a_name_and_room_on_every_screen(browser: "Chrome", served: Served, language: str) -> None:
    opened(browser, served, language)
    faults = []
    for width, height in ((360, 640), (390, 844), (820, 1180), (1280, 800), (844, 390), (667, 375), (1280, 625)):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 900}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        wait(
            browser,
            "return innerWidth === arguments[0] && emo.field.width === document.getElementById('pad').clientWidth",
            width,
        )
        for script in (NAMELESS, SMALL, UNSEEN, COVERED):
            faults += [(width, text) for text in browser.execute_script(script)]
        faults += [(width, "is wider than its screen")] if browser.execute_script(OVERFLOWING) else []

    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert not faults
    assert browser.execute_script("return document.querySelectorAll('[aria-live]').length") >= 2


def test_on_a_low_laptop_every_slider_is_in_sight(browser: "Chrome", served: Served) -> None:
    opened(browser, served)
    metrics = {"width": 1280, "height": 625, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    wait(browser, "return innerHeight === 625")
    lowest = browser.execute_script(
        "return Math.max(...[...document.querySelectorAll('#values > .rows .value')]"
        ".map((each) => each.getBoundingClientRect().bottom))"
    )
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    assert 0 < lowest <= 605


def test_a_feeling_is_reached_over_bars_where_that_is_chosen(browser: "Chrome", served: Served) -> None:
    opened(browser, served)
    browser.execute_script("emo.link.send('/emo/tempo', 300); emo.link.send('/emo/mood', 'gloomy')")
    wait(browser, "return emo.controls.state.mood?.[0] === 'gloomy' && emo.controls.state.playing?.[0] === 1")
    served.daemon.send("/emo/start_listen/va")
    (bright,) = (mood.affect for mood in MOODS if mood.id == "bright")
    find(browser, "#goto option[value='2']").click()
    find(browser, "#pad").send_keys("w")
    affect(served, lambda v, _: -0.5 < v < 0.5)
    affect(served, lambda v, a: (v, a) == pytest.approx((bright.valence, bright.arousal), abs=1e-4))
    drag(browser, (-0.3, -0.2), (-0.6, -0.6))
    affect(served, lambda v, _: -0.3 < v < 0.5)
    valence, arousal = affect(served, lambda v, _: v < -0.55)

    assert (valence, arousal) == pytest.approx((-0.6, -0.6), abs=0.1)


def test_the_music_goes_on_where_it_stopped_and_learns_a_phrase(
    browser: "Chrome", serve: Callable[..., Served], jack: str
) -> None:
    served = serve("--midi-in", "keys")
    opened(browser, served)
    find(browser, "#play").click()
    resume = find(browser, "#continue")
    wait(browser, "return !document.getElementById('continue').hidden && emo.controls.state.playing?.[0] === 0")
    resume.click()
    wait(browser, "return document.getElementById('continue').hidden && emo.controls.state.playing?.[0] === 1")
    find(browser, "#phrase-learn").click()
    learning = wait(
        browser, "return emo.controls.state.learning?.[0] && document.getElementById('phrase-learn').textContent"
    )
    find(browser, "[data-send='/emo/forget']").click()

    assert learning == "Learning, 16 bars"


def test_the_page_comes_back_by_itself_after_the_daemon_was_started_again(
    browser: "Chrome", serve: Callable[..., Served]
) -> None:
    before = serve()
    opened(browser, before)
    browser.execute_script("window.marked = true")
    before.daemon.close()
    wait(browser, "return !document.getElementById('notice').hidden && !emo.isHeard")
    after = serve(port=before.port)
    after.daemon.send("/emo/tempo", 123)
    shown = wait(browser, "return emo.isHeard && emo.controls.tempo === 123 && document.getElementById('tempo').value")

    assert shown == "123"
    assert browser.execute_script("return window.marked")
    assert not find(browser, "#notice").is_displayed()
