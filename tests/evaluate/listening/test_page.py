"""The listening test in a browser, end to end: heard, answered by mouse and by key, reloaded, counted."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emo_osc.evaluate.listening.answers import Answer, AnswerFile, read_answers
from emo_osc.evaluate.listening.listening_test import ListeningTest, Submission
from emo_osc.evaluate.listening.trials import CHOICES, FIVE, TWO, Trial
from tests.evaluate.listening.material import canned_material
from tests.serving import TIMEOUT_S

if TYPE_CHECKING:
    from selenium.webdriver import Chrome
    from selenium.webdriver.remote.webelement import WebElement

TEMPO = 300.0  # the shorter a clip, the sooner it is rendered
WORDS = Path(__file__).parents[3] / "emo_osc" / "evaluate" / "listening" / "page" / "texts.json"


@cache
def trials() -> tuple[Trial, ...]:
    """What the served test asks: the same arguments make the same test."""
    return canned_material(tempo=TEMPO).trials


class Sitting:
    """A test that is being served, and a rater's eyes and hands."""

    def __init__(self, folder: Path, browser: "Chrome") -> None:
        self.answers = folder / "answers.jsonl"
        self.browser = browser
        small = (
            "--generator",
            "canned",
            "--latents",
            "1",
            "--pairs",
            "1",
            "--bars",
            "1",
            "--tempo",
            f"{TEMPO}",
            "--port",
            "0",
        )
        command = [sys.executable, "-m", "emo_osc", "listen-test", *small, "--out", str(self.answers)]
        alone = {key: value for key, value in os.environ.items() if key != "EMO_OSC_DATA"}  # no human clips
        pipe = subprocess.PIPE
        self._served = subprocess.Popen(command, stderr=pipe, stdout=pipe, text=True, env=alone)
        self.url = self._address()

    def _address(self) -> str:
        assert self._served.stderr
        lines = []
        for line in self._served.stderr:
            lines.append(line)
            if line.startswith("open "):
                return line.split()[1]
        raise AssertionError("".join(lines))

    def end(self) -> str:
        """What it prints when it is interrupted."""
        self._served.send_signal(signal.SIGINT)
        out, told = self._served.communicate(timeout=TIMEOUT_S)
        assert self._served.returncode == 0, told
        return out

    def close(self) -> None:
        self._served.kill()
        with suppress(ValueError):  # read to its end before
            self._served.communicate()

    def one(self, id: str) -> "WebElement":
        return self.browser.find_element("id", id)

    def all(self, selector: str) -> "list[WebElement]":
        return self.browser.find_elements("css selector", selector)

    def until(self, claim: Any) -> None:
        from selenium.webdriver.support.ui import WebDriverWait

        WebDriverWait(self.browser, TIMEOUT_S, poll_frequency=0.02).until(lambda _: claim())

    def press(self, *keys: str) -> None:
        from selenium.webdriver import ActionChains

        ActionChains(self.browser).send_keys(*keys).perform()

    def enter(self, name: str) -> None:
        self.browser.get(self.url)
        self.until(self.one("name").is_displayed)
        self.one("name").send_keys(name, "\n")
        self.until(self.one("trial").is_displayed)

    def listen(self) -> None:
        """Plays every clip of the question."""
        for number, button in enumerate(self.all("#players button")):
            button.click()
            self.until(lambda number=number: self.is_heard(number))

    def is_heard(self, number: int) -> bool:
        style = self.all("#players button")[number].get_attribute("style") or ""
        return "--heard" in style

    def written(self) -> list[Answer]:
        """Answers of another rater."""
        return [answer for answer in read_answers([self.answers], print) if answer.rater != "ann"]

    def after(self, act: Any) -> None:
        """Does something, and waits until its answer is written down and the next question is there."""
        before, place = len(self.written()), self.one("place").text
        act()
        self.until(lambda: self.one("done").is_displayed() or self.one("place").text != place)
        assert len(self.written()) == before + 1


@pytest.fixture
def sitting(browser: "Chrome", tmp_path: Path) -> Iterator[Sitting]:
    """A test that Ann has begun another day."""
    listening_test, answers = ListeningTest(trials()), AnswerFile(tmp_path / "answers.jsonl")
    for place in (1, 2):
        answers.append(listening_test.check("ann", Submission(place, "first", 1000.0, 2)))
        listening_test.record(read_answers([answers.path], print)[-1])
    served = Sitting(tmp_path, browser)
    yield served
    served.close()


def test_a_rater_goes_through_the_whole_test_reloads_and_is_counted(sitting: Sitting) -> None:
    sitting.enter("민수")
    total = len(trials()) + 2

    assert sitting.one("place").text == f"1 of {total}"
    assert not any(button.is_enabled() for button in sitting.all("#choices button"))  # nobody answers unheard
    sitting.press("1")
    assert sitting.written() == []

    sitting.listen()
    sitting.after(lambda: sitting.all("#choices button")[1].click())
    assert [(a.choice, a.rater, a.order, a.plays) for a in sitting.written()] == [("second", "민수", 1, 2)]

    sitting.press("\ue012")  # arrow left, then right: both are heard
    sitting.until(lambda: sitting.is_heard(0))
    sitting.press("\ue014")
    sitting.until(lambda: sitting.is_heard(1))
    sitting.after(lambda: sitting.press("1"))

    sitting.browser.refresh()
    sitting.until(lambda: sitting.one("trial").is_displayed())
    assert sitting.one("place").text == f"3 of {total}"

    while not sitting.one("done").is_displayed():
        sitting.listen()
        sitting.after(lambda: sitting.press("2"))
    assert f"All {total} answers" in sitting.one("total").text
    sitting.one("another").click()
    sitting.until(sitting.one("name").is_displayed)

    written = sitting.written()
    assert [answer.order for answer in written] == list(range(1, total + 1))
    assert {answer.form for answer in written} == {FIVE, TWO}
    assert sum(answer.repeat for answer in written) == 2
    assert all(answer.ms > 0 for answer in written)
    out = sitting.end()
    assert "taken for, made" in out
    assert "민수" in out


def test_the_page_speaks_korean_asks_nobody_else_and_goes_on_where_another_day_ended(sitting: Sitting) -> None:
    sitting.browser.get(sitting.url)
    sitting.until(sitting.one("name").is_displayed)
    sitting.all("[data-language=ko]")[0].click()
    assert sitting.all("html")[0].get_attribute("lang") == "ko"
    assert sitting.browser.title == "듣기 실험"
    sitting.one("name").send_keys("지은\n")
    sitting.until(sitting.one("trial").is_displayed)
    sitting.listen()

    assert sitting.one("question").text in json.loads(WORDS.read_text(encoding="utf-8"))["ko"].values()
    assert [button.text.split("\n")[0] for button in sitting.all("#choices button")] == ["첫 번째", "두 번째"]
    asked = sitting.browser.execute_script("return performance.getEntriesByType('resource').map(each => each.name)")
    assert asked
    assert all(name.startswith(sitting.url) for name in asked)

    sitting.browser.get(f"{sitting.url}?rater=ann")
    sitting.until(lambda: sitting.one("trial").is_displayed())
    assert sitting.one("place").text == f"{len(trials()) + 2}개 중 3번째"


def test_both_languages_have_every_word() -> None:
    words = json.loads(WORDS.read_text(encoding="utf-8"))
    page = (WORDS.parent / "listen.js").read_text(encoding="utf-8")

    assert set(words["en"]) == set(words["ko"])
    assert set(CHOICES[FIVE]) | set(CHOICES[TWO]) <= set(words["en"])
    assert all(text.strip() for language in words.values() for text in language.values())
    assert "https://" not in page
