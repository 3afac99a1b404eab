"""Many clients, one opinion: newest words count, fade, and weigh; nobody gains by sending more."""

import pytest

from emo_osc.core.affect import MOODS, Affect, MoodBook
from emo_osc.crowd.voices import FEW_PLACES, Manners, Opinion, Voices
from emo_osc.crowd.words import MAX_PAYLOAD_BYTES, Word, Words

UP, DOWN = Affect(0.5, 0.5), Affect(-0.5, -0.5)


def said(voices: Voices, name: str, affect: Affect, at_s: float = 0.0, mood: str = "") -> bool:
    if not voices.admits(name, at_s):
        return False
    voices.hear(name, Word(affect.valence, affect.arousal, mood), at_s)
    return True


def opinion(voices: Voices, at_s: float = 0.0) -> Opinion:
    found = voices.opinion(at_s)
    assert found is not None
    return found


def test_one_point_comes_of_many_and_spread_tells_how_far_they_are_from_it() -> None:
    voices = Voices()
    for name in "abcd":
        said(voices, name, UP)
    agreed = opinion(voices)
    for name in "efg":
        said(voices, name, DOWN)
    divided = opinion(voices)

    assert agreed == Opinion(UP, 0.0, 4)
    assert divided.affect.distance(UP) < 0.01
    assert divided.count == 7
    assert divided.spread == pytest.approx(UP.distance(DOWN) * 3 / 7, abs=0.01)


def test_only_the_newest_word_of_a_client_counts() -> None:
    voices = Voices()
    for step in range(10):
        said(voices, "loud", DOWN, step * 0.1)
    for name in "ab":
        said(voices, name, UP, 0.9)

    assert opinion(voices, 0.9).affect == UP
    assert opinion(voices, 0.9).count == 3


def test_a_word_fades_and_what_faded_comes_back_with_the_next() -> None:
    voices = Voices(Manners(fade_s=6.0))
    said(voices, "early", DOWN, 0.0)
    for name in "ab":
        said(voices, name, UP, 4.5)

    assert opinion(voices, 4.5).count == 3
    assert opinion(voices, 5.9).affect.distance(UP) < 0.01
    assert opinion(voices, 6.0).count == 2
    assert voices.opinion(11.0) is None
    assert said(voices, "early", DOWN, 11.0)
    assert opinion(voices, 11.0) == Opinion(DOWN, 0.0, 1)


def test_half_faded_counts_half() -> None:
    voices = Voices(Manners(fade_s=6.0))
    for name in "abc":
        said(voices, name, DOWN, 0.0)
    for name in "de":
        said(voices, name, UP, 4.0)

    assert opinion(voices, 1.9).affect == DOWN
    assert opinion(voices, 4.1).affect.distance(UP) < 0.01  # three halves against two


def test_a_performers_hand_counts_as_many() -> None:
    voices = Voices(Manners(weights={"performer": 4.0}))
    for name in "abc":
        said(voices, name, UP)
    said(voices, "performer", DOWN)

    assert opinion(voices).affect.distance(DOWN) < 0.01
    assert opinion(voices).count == 4


def test_whoever_floods_is_read_at_the_rate_and_not_above_it() -> None:
    voices = Voices(Manners(rate_hz=10.0, burst=20.0))
    read = sum(said(voices, "flood", UP, step / 1000) for step in range(2000))

    assert read == pytest.approx(20 + 2.0 * 10, abs=1)
    assert said(voices, "calm", UP, 1.999)


def test_whoever_floods_with_what_is_no_word_is_read_at_the_rate_too() -> None:
    voices = Voices(Manners(rate_hz=10.0, burst=20.0))
    read = sum(voices.admits("flood", step / 1000) for step in range(2000))

    assert read == pytest.approx(20 + 2.0 * 10, abs=1)
    assert voices.opinion(2.0) is None
    assert said(voices, "calm", UP, 2.0)
    assert opinion(voices, 2.0) == Opinion(UP, 0.0, 1)


def test_in_a_full_room_a_flood_of_no_words_keeps_its_rate() -> None:
    voices = Voices(Manners(fade_s=60.0, rate_hz=10.0, burst=20.0, most=10))
    for number in range(9):
        said(voices, f"{number}", UP)
    read = 0
    for step in range(5000):
        read += voices.admits("flood", step / 1000)
        voices.admits("late", step / 1000)  # has no room and makes the others' places be looked at

    assert read == pytest.approx(20 + 5.0 * 10, abs=1)


def test_clients_without_a_word_take_no_more_than_the_room_and_give_it_back() -> None:
    voices = Voices(Manners(fade_s=2.0, most=1000))
    admitted = sum(voices.admits(f"troll{number}", 0.0) for number in range(5000))

    assert admitted == len(voices) == 1000
    assert said(voices, "late", UP, 1.5)
    assert len(voices) == 1


def test_a_phone_that_was_cut_off_may_send_what_it_kept() -> None:
    voices = Voices(Manners(rate_hz=10.0, burst=20.0))

    assert all(said(voices, "late", UP, 5.0) for _ in range(20))
    assert not said(voices, "late", UP, 5.0)


def test_invented_clients_fill_the_room_and_leave_it_with_their_last_word() -> None:
    voices = Voices(Manners(fade_s=2.0, most=1000))
    taken = sum(said(voices, f"troll{number}", DOWN, 0.0) for number in range(5000))

    assert taken == len(voices) == 1000
    assert not said(voices, "late", UP, 1.5)
    assert said(voices, "late", UP, 2.6)
    assert opinion(voices, 2.6) == Opinion(UP, 0.0, 1)


def test_places_of_those_who_left_are_given_back_while_others_speak() -> None:
    voices = Voices(Manners(fade_s=2.0))
    for second in range(40):
        for number in range(FEW_PLACES // 4):
            said(voices, f"{second}.{number}", UP, float(second))
        opinion(voices, float(second))

    assert len(voices) <= 3 * FEW_PLACES


def test_more_than_half_name_a_mood_and_less_are_points_of_it() -> None:
    voices = Voices()
    bright = MoodBook(MOODS).find("bright").affect
    for name in "abc":
        said(voices, name, bright, mood="bright")
    said(voices, "d", DOWN)
    named = opinion(voices)
    for name in "ef":
        said(voices, name, DOWN)
    divided = opinion(voices)

    assert (named.mood, named.affect) == ("bright", bright)
    assert divided.mood == ""


@pytest.mark.parametrize("payload", [b"0.25 -1", b"[0.25, -1]", b" 0.25,-1.0\n", b"0.25 -7", b"0.25 -inf"])
def test_two_numbers_are_read_however_they_are_written(payload: bytes) -> None:
    assert Words(MoodBook(MOODS)).read("va", payload) == Word(0.25, -1.0)


@pytest.mark.parametrize("name", ["bright", "밝음", '"Bright"', "SUNNY", " 밝은 "])
def test_a_mood_is_read_by_any_of_its_names(name: str) -> None:
    assert Words(MoodBook(MOODS)).read("mood", name.encode()).mood == "bright"


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        ("va", b""),
        ("va", b"0.5"),
        ("va", b"1 2 3"),
        ("va", b"nan 0"),
        ("va", b"0 NaN"),
        ("va", b"a b"),
        ("va", b"\xff\xfe 1"),
        ("va", b"0.5 0.5" + b" " * MAX_PAYLOAD_BYTES),
        ("mood", b"\xff\xfe"),
        ("mood", b"no such mood"),
        ("mood", b""),
        ("colour", b"0.5 0.5"),
    ],
)
def test_what_is_no_word_is_refused(kind: str, payload: bytes) -> None:
    with pytest.raises(ValueError, match=r"bytes|kind|mood|number|values|unpack|float|utf-8"):
        Words(MoodBook(MOODS)).read(kind, payload)
