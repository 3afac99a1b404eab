"""`emo-osc crowd` before a real broker: many hands in, one point out, and nothing that a client sends ends it."""

import re
import signal
import socket
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from hashlib import pbkdf2_hmac
from pathlib import Path

import pytest

from emo_osc.cli.main import main
from emo_osc.core.affect import Affect
from emo_osc.protocol.osc import encode
from tests.crowd.conftest import SHOW, Broker, Crowd, Patch
from tests.serving import TIMEOUT_S, Daemon, free_port

Opens = Callable[..., Broker]
Hears = Callable[..., Crowd]
FIGURES = re.compile(r"([\d,]+) (messages|dropped|above --rate|retained|too long|not understood)")
VA, MOOD = f"emo/{SHOW}/va/", f"emo/{SHOW}/mood/"


def near(valence: float, arousal: float, within: float = 0.02) -> Callable[..., bool]:
    return lambda v, a: Affect(v, a).distance(Affect(valence, arousal)) < within


def listening(broker: Broker, crowd: Hears, *arguments: str, **options: object) -> Crowd:
    """A crowd that hears the broker."""
    opened = crowd(broker.port, "--glide", "0", *arguments, **options)
    opened.wait_for_line("listening to")
    return opened


def test_many_hands_become_one_point_and_patches_are_told_how_far_they_agree(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    heard = listening(opened, crowd, "--fade", "60")
    phones = [opened.phone(f"p{number}") for number in range(12)]
    for number, phone in enumerate(phones[:9]):
        phone.say(f"{VA}p{number}", b"0.5 -0.25")
    for number, phone in enumerate(phones[9:]):
        phone.say(f"{VA}t{number}", b"-1 1")

    heard.patch.until("/emo/crowd/count", lambda count: count == 12)
    heard.patch.until("/emo/va", near(0.5, -0.25))
    spread = heard.patch.until("/emo/crowd/spread").arguments[0]

    assert spread == pytest.approx(3 / 12 * Affect(0.5, -0.25).distance(Affect(-1, 1)), abs=0.01)


def test_voices_fade_and_when_all_have_nothing_more_is_asked_for(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    heard = listening(opened, crowd, "--fade", "1")
    opened.phone("p").say(f"{VA}p", b"0.5 0.5")

    heard.patch.until("/emo/crowd/count", lambda count: count == 1)
    heard.patch.until("/emo/crowd/count", lambda count: count == 0)
    first = heard.patch.until("/emo/crowd/spread").arguments
    next_is_silent = heard.patch.until("/emo/crowd/count").arguments

    assert (first, next_is_silent) == ((0.0,), (0,))


def test_votes_for_a_mood_call_it_with_its_name(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    heard = listening(opened, crowd, "--fade", "60")
    phone = opened.phone("p")
    for number, name in enumerate(["밝음", "bright", "sunny"]):
        phone.say(f"{MOOD}{number}", name.encode())
    phone.say(f"{VA}other", b"-1 -1")

    assert heard.patch.until("/emo/mood").arguments == ("bright",)


def test_a_performers_hand_counts_as_many_as_it_is_given(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    heard = listening(opened, crowd, "--fade", "60", "--weight", "performer=5")
    phone = opened.phone("p")
    for number in range(4):
        phone.say(f"{VA}{number}", b"0.5 0.5")
    heard.patch.until("/emo/va", near(0.5, 0.5))
    phone.say(f"{VA}performer", b"-0.5 0.1")

    heard.patch.until("/emo/va", near(-0.5, 0.1))


def test_a_performers_hand_comes_by_osc_too_and_goes_when_it_lets_go(broker: Opens, crowd: Hears) -> None:
    opened, port = broker(), free_port()
    heard = listening(opened, crowd, "--fade", "3", "--hand", str(port), "--hand-weight", "5")
    phone = opened.phone("p")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as hand:
        for step in range(50):  # a fader that is moved, faster than any phone may
            for number in range(4):
                phone.say(f"{VA}{number}", b"0.5 0.5")
            hand.sendto(encode("/emo/va", -0.5, step / 100), ("127.0.0.1", port))
        for odd in (b"junk", encode("/emo/va", "x"), encode("/emo/nothing"), encode("/emo/mood", "no such")):
            hand.sendto(odd, ("127.0.0.1", port))
        heard.patch.until("/emo/va", near(-0.5, 0.49))
        hand.sendto(encode("/emo/mood", "밝음"), ("127.0.0.1", port))
        named = heard.patch.until("/emo/mood").arguments
    heard.patch.until("/emo/crowd/count", lambda count: count == 0)

    assert named == ("bright",)


def test_a_preset_brings_its_own_moods(broker: Opens, crowd: Hears, tmp_path: Path) -> None:
    opened, preset = broker(), tmp_path / "storm.yaml"
    preset.write_text("moods: {storm: {valence: -0.3, arousal: 0.9, aliases: [폭풍]}}", encoding="utf-8")
    heard = listening(opened, crowd, "--preset", str(preset))
    opened.phone("p").say(f"{MOOD}p", "폭풍".encode())

    assert heard.patch.until("/emo/mood").arguments == ("storm",)


def test_the_instrument_plays_what_the_crowd_wants(broker: Opens, crowd: Hears, daemon: Callable[..., Daemon]) -> None:
    opened, served = broker(), daemon()
    served.wait_for_line("generator ready")
    served.send("/emo/start_listen/va")
    served.send("/emo/start_listen/mood")
    listening(opened, crowd, "--fade", "60", instrument=served.port)
    opened.phone("p").say(f"{VA}a", b"0.7 -0.6")
    served.receive_until(lambda m: m.address == "/emo/state/va" and m.arguments == pytest.approx((0.7, -0.6), abs=0.01))
    opened.phone("q").say(f"{MOOD}a", b"mysterious")

    served.receive_until(lambda m: m.address == "/emo/state/mood" and m.arguments[0] == "mysterious")


def test_a_patch_that_listens_to_the_instrument_is_told_how_many_speak_and_how_far_they_agree(
    broker: Opens, crowd: Hears, daemon: Callable[..., Daemon]
) -> None:
    opened, served = broker(), daemon()
    served.wait_for_line("generator ready")
    served.send("/emo/start_listen/crowd_count")
    served.send("/emo/start_listen/crowd_spread")
    heard = listening(opened, crowd, "--fade", "60", instrument=served.port)
    phone = opened.phone("p")
    for voice, point in (("a", b"1 0"), ("b", b"-1 0")):
        phone.say(VA + voice, point)
    count = ("/emo/state/crowd_count", (2,))
    served.receive_until(lambda m: (m.address, m.arguments) == count)
    served.receive_until(lambda m: m.address == "/emo/state/crowd_spread" and m.arguments == pytest.approx((1.0,)))
    heard.end()

    served.receive_until(lambda m: (m.address, m.arguments) == ("/emo/state/crowd_count", (0,)))


def test_an_instrument_that_does_not_answer_is_told_and_one_that_comes_too(
    broker: Opens, crowd: Hears, daemon: Callable[..., Daemon]
) -> None:
    port = free_port()
    heard = listening(broker(), crowd, instrument=port)
    heard.wait_for_line(f"the instrument at 127.0.0.1:{port} does not answer")
    daemon(port=port)

    heard.wait_for_line("answers again")


def test_what_no_client_should_send_changes_nothing(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    heard = listening(opened, crowd, "--fade", "60")
    honest = opened.phone("honest")
    honest.say(f"{VA}honest", b"0.5 0.5")
    heard.patch.until("/emo/va", near(0.5, 0.5))
    liar = opened.phone("liar")
    for payload in (b"nan nan", b"inf", b"", b"\xff\xfe\xfd", b"1 2 3", b"x" * 100_000, b"{}", b"\0" * 30):
        liar.say(f"{VA}liar", payload)
        liar.say(f"{MOOD}liar", payload)
    liar.say(f"{VA}{'x' * 1000}", b"-1 -1")
    liar.say(f"emo/{SHOW}/va/liar/more", b"-1 -1")
    liar.say(f"emo/{SHOW}/other/liar", b"-1 -1")
    liar.say("emo/elsewhere/va/liar", b"-1 -1")
    liar.say(f"{VA}honest", b"0.25 0.25")  # comes after all of these

    heard.patch.until("/emo/va", near(0.25, 0.25))
    assert heard.patch.until("/emo/crowd/count").arguments == (1,)


def test_a_topic_that_is_no_utf8_throws_out_whoever_sent_it_and_no_other(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    heard = listening(opened, crowd)
    liar, honest = opened.phone("liar"), opened.phone("honest")
    liar.say(VA.encode() + b"\xff\xfe", b"-1 -1")
    is_out = liar.is_thrown_out()
    honest.say(f"{VA}honest", b"0.5 0.5")

    heard.patch.until("/emo/va", near(0.5, 0.5))
    assert is_out


def test_a_huge_payload_costs_memory_for_a_moment_and_no_more(broker: Opens, crowd: Hears) -> None:
    opened = broker()  # without the limit that docs/audience.md sets
    heard = listening(opened, crowd)
    liar, honest = opened.phone("liar"), opened.phone("honest")
    liar.say(f"{VA}liar", b"1 " * 16_000_000)
    liar.say(f"{VA}after", b"-0.5 -0.5")  # behind it in the same stream
    heard.patch.until("/emo/va", near(-0.5, -0.5))
    honest.say(f"{VA}after", b"0.5 0.5")

    heard.patch.until("/emo/va", near(0.5, 0.5))
    assert heard.patch.until("/emo/crowd/count").arguments == (1,)


def test_a_retained_message_is_nobodys_word(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    opened.phone("gone").say(f"{VA}gone", b"-1 -1", is_retained=True)
    heard = listening(opened, crowd)
    opened.phone("here").say(f"{VA}here", b"0.5 0.5")

    heard.patch.until("/emo/crowd/count", lambda count: count == 1)
    heard.patch.until("/emo/va", near(0.5, 0.5))


def test_a_client_that_floods_is_one_voice_among_others(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    heard = listening(opened, crowd, "--fade", "60")
    for name in "ab":
        opened.phone(name).say(f"{VA}{name}", b"0.5 0.5")
    flood = opened.phone("flood")
    for _ in range(5_000):
        flood.say(f"{VA}flood", b"-1 -1")
    opened.phone("a2").say(f"{VA}a", b"0.4 0.4")
    opened.phone("b2").say(f"{VA}b", b"0.4 0.4")

    heard.patch.until("/emo/va", near(0.4, 0.4))
    assert heard.patch.until("/emo/crowd/count").arguments == (3,)


def test_the_report_says_how_many_messages_were_dropped_and_why(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    opened.phone("gone").say(f"{VA}gone", b"0 0", is_retained=True)
    heard = listening(opened, crowd, "--fade", "60")
    flood = opened.phone("flood")
    for _ in range(1_000):
        flood.say(f"{VA}flood", b"0 0")
    flood.say(f"{VA}huge", b"1 " * 1_000)
    flood.say(f"{VA}liar", b"nan nan")
    flood.say(f"{VA}{'x' * 100}", b"0 0")
    told: Counter[str] = Counter()
    while told["messages"] + told["dropped"] < 1_004:  # in one report, or two
        for count, what in FIGURES.findall(heard.wait_for_line("; in 10 s ")):
            told[what] += int(count.replace(",", ""))

    assert told["above --rate"] > 900
    assert told["dropped"] == told["above --rate"] + 4
    assert [told[why] for why in ("retained", "too long", "not understood")] == [1, 1, 2]


def test_the_broker_may_die_and_come_back(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    heard = listening(opened, crowd, "--fade", "1")
    opened.phone("p").say(f"{VA}p", b"0.5 0.5")
    heard.patch.until("/emo/va", near(0.5, 0.5))
    opened.kill()
    heard.wait_for_line("trying again, the instrument plays on")
    heard.patch.until("/emo/crowd/count", lambda count: count == 0)
    opened.start()
    heard.wait_for_line("listening to")
    opened.phone("q").say(f"{VA}q", b"-0.5 0.5")

    heard.patch.until("/emo/va", near(-0.5, 0.5))
    assert heard.end() == (0, "")


def test_a_broker_that_keeps_sessions_and_messages_brings_back_nothing_old(
    broker: Opens, crowd: Hears, tmp_path: Path
) -> None:
    opened = broker(settings=f"persistence true\npersistence_location {tmp_path}/\nqueue_qos0_messages true")
    heard = listening(opened, crowd, "--fade", "1")
    phone = opened.phone("p")
    phone.say(f"{VA}p", b"0.5 0.5")
    phone.say(f"{VA}kept", b"0.5 0.5", is_retained=True)
    heard.patch.until("/emo/crowd/count", lambda count: count == 2)
    opened.process.terminate()  # it saves what it keeps
    opened.process.wait(TIMEOUT_S)
    heard.patch.until("/emo/crowd/count", lambda count: count == 0)
    opened.start()
    heard.wait_for_line("listening to")
    opened.phone("q").say(f"{VA}q", b"-0.5 -0.5")

    assert heard.patch.until("/emo/crowd/count", lambda count: count > 0).arguments == (1,)
    heard.patch.until("/emo/va", near(-0.5, -0.5))
    heard.wait_for_line("retained")


def test_two_shows_on_one_broker_hear_their_own_audience_alone(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    other_patch = Patch()
    ours = listening(opened, crowd, "--fade", "60")
    theirs = listening(opened, crowd, "--fade", "60", "--show", "clubs", "--osc-out", f"127.0.0.1:{other_patch.port}")
    phone = opened.phone("p")
    phone.say(f"emo/{SHOW}/va/p", b"0.5 0.5")
    phone.say("emo/clubs/va/p", b"-0.5 -0.5")
    phone.say("emo/clubs/va/q", b"-0.5 -0.5")
    other_patch.until("/emo/crowd/count", lambda count: count == 2)
    other_patch.until("/emo/va", near(-0.5, -0.5))
    theirs.end()  # it told our patch as well

    ours.patch.until("/emo/crowd/count", lambda count: count == 1)
    ours.patch.until("/emo/va", near(0.5, 0.5))
    other_patch.socket.close()


@pytest.mark.slow
def test_a_broker_that_stands_still_is_left_and_found_again(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    heard = listening(opened, crowd)
    opened.process.send_signal(signal.SIGSTOP)
    heard.wait_for_line("trying again")
    opened.process.send_signal(signal.SIGCONT)
    heard.wait_for_line("listening to")
    opened.phone("p").say(f"{VA}p", b"0.5 0.5")

    heard.patch.until("/emo/va", near(0.5, 0.5))


def test_a_broker_that_starts_later_is_waited_for(broker: Opens, crowd: Hears) -> None:
    opened = broker()
    opened.kill()
    heard = crowd(opened.port)
    heard.wait_for_line("trying again")
    opened.start()

    heard.wait_for_line("listening to")


def test_a_password_is_taken_from_the_environment_or_a_file_and_a_wrong_one_is_one_line(
    broker: Opens, crowd: Hears, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text(hashed("hall", "secret"))
    opened = broker(f"allow_anonymous false\npassword_file {passwords}\n")
    secret = tmp_path / "secret"
    secret.write_text("secret\n")
    monkeypatch.delenv("EMO_OSC_MQTT_PASSWORD", raising=False)

    crowd(opened.port, user="hall", password="secret").wait_for_line("listening to")
    crowd(opened.port, "--password-file", str(secret), user="hall").wait_for_line("listening to")
    monkeypatch.setenv("EMO_OSC_MQTT_PASSWORD", "wrong")
    code = main(["crowd", "--mqtt", f"mqtt://hall@127.0.0.1:{opened.port}"])
    (line,) = capsys.readouterr().err.splitlines()

    assert code == 2
    assert "the broker refuses the login" in line


def hashed(user: str, password: str) -> str:
    """A line of mosquitto's password file: PBKDF2 with SHA-512, 101 rounds."""
    salt = bytes(12)
    digest = pbkdf2_hmac("sha512", password.encode(), salt, 101)
    return f"{user}:$7$101${b64encode(salt).decode()}${b64encode(digest).decode()}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--mqtt", "http://127.0.0.1"), "no broker's address"),
        (("--mqtt", "mqtt://"), "no broker's address"),
        (("--mqtt", "mqtt://host:99999"), "Port out of range"),
        (("--mqtt", "mqtt://a:b@host"), "no password in a URL"),
        (("--mqtt", "mqtt://host", "--show", "a/b"), "--show a/b"),
        (("--mqtt", "mqtt://host", "--weight", "performer"), "write ID=N"),
        (("--mqtt", "mqtt://host", "--weight", "performer=-1"), "write ID=N"),
        (("--mqtt", "mqtt://host", "--osc-out", "9000x"), "write HOST:PORT"),
        (("--mqtt", "mqtt://host", "--hand", "x"), "--hand x: no address"),
        (("--mqtt", "mqtt://host", "--hand", "192.0.2.1:7771"), "cannot be opened"),
        (("--mqtt", "mqtt://u@host", "--password-file", "/nowhere"), "cannot be read"),
        (("--mqtt", "mqtt://host", "--host", "nowhere.invalid"), "cannot be reached"),
    ],
)
def test_a_wrong_option_is_one_line(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EMO_OSC_MQTT_PASSWORD", raising=False)

    assert main(["crowd", *arguments]) == 2
    assert said in capsys.readouterr().err


def test_without_the_extra_a_line_says_how_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emo_osc.cli.crowd.find_spec", lambda _: None)

    assert main(["crowd", "--mqtt", "mqtt://host"]) == 2
    assert "pip install 'emo-osc[crowd]'" in capsys.readouterr().err
