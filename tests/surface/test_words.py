"""The page's words: whatever it names, it names in English and in Korean, and nothing it loads lies elsewhere."""

import re
from pathlib import Path

import pytest

from emo_osc.protocol.parameters import QUANTIZE, VALUES
from emo_osc.stage.session.latency import DELAYS

STATIC = Path(__file__).parents[2] / "emo_osc" / "surface" / "static"
WORDS = (STATIC / "words.js").read_text(encoding="utf-8")
ENGLISH, KOREAN = WORDS.split("  ko: {")
PAGE = (STATIC / "index.html").read_text(encoding="utf-8")
SCRIPTS = "".join(path.read_text(encoding="utf-8") for path in sorted(STATIC.glob("*.js")))


def keys(text: str) -> set[str]:
    quoted = re.sub(r'"[^"]*"(?=[,\s}])(?!:)', "", text)  # the words themselves
    return set(re.findall(r'(?:^|[\s{,])"?([\w/]+)"?:', quoted))


def shown() -> set[str]:
    rows = {
        value.name
        for value in VALUES.values()
        if value.is_settable and len(value.arguments) == 1 and value.arguments[0].range_text
    }
    marked = set(re.findall(r'data-(?:word|label)="(\w+)"', PAGE))
    called = set(re.findall(r'\bword\("(\w+)"', SCRIPTS))
    return rows | marked | called | set(QUANTIZE) | set(DELAYS)


@pytest.mark.parametrize("language", [ENGLISH, KOREAN], ids=["English", "Korean"])
def test_everything_that_is_shown_has_its_word(language: str) -> None:
    assert shown() <= keys(language)


def test_korean_words_are_korean() -> None:
    texts = re.findall(r': "([^"]+)"', KOREAN)

    assert all(re.search("[가-힣]", text) for text in texts if re.search("[A-Za-z]{3,}", text.replace("MIDI", "")))


@pytest.mark.parametrize("path", sorted(STATIC.iterdir()), ids=lambda path: path.name)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")  # a name, not a place

    assert not re.search(r"https?://|[\"'(]//|@import", text)


def test_the_page_has_no_script_or_style_of_its_own_which_the_policy_would_refuse() -> None:
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=", PAGE)
