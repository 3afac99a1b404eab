import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.supervisor.log import Log, Repeats
from emo_osc.supervisor.log_writer import MAX_WAITING, LogFile, Outlet
from emo_osc.supervisor.output_relay import relayed
from tests.odd_files import ODD
from tests.supervisor.test_phrase_store import a_disk_of

needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="pipes and devices as Linux has them")


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("emo_osc", logging.INFO, "", 0, text, None, None)


def test_lines_go_to_people_and_to_a_file(tmp_path: Path) -> None:
    said: list[str] = []
    log = Log(said.append, tmp_path / "log.jsonl")

    log.tell("midi", "the port 신스 has gone", logging.WARNING)
    log.close()

    (line,) = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert said == ["the port 신스 has gone"]
    assert (line["level"], line["part"], line["text"]) == ("warning", "midi", "the port 신스 has gone")
    assert line["time"].endswith("+00:00")


def test_a_line_that_comes_again_and_again_is_counted() -> None:
    now_s = [0.0]
    repeats = Repeats(lambda: now_s[0])
    told = []
    for tick in range(1000):
        now_s[0] = tick * 0.1
        again = record("late")
        if repeats.filter(again):
            told.append(again.getMessage())

    assert told[0] == "late"
    assert told[1:] == ["late (99 times more before)"] * 9


def test_other_lines_are_not_held_back() -> None:
    repeats = Repeats(lambda: 0.0)

    assert all(repeats.filter(record(f"line {number}")) for number in range(1000))
    assert not repeats.filter(record("line 999"))


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(EmoOscError, match=r"--log: .*log\.jsonl cannot be written"):
        Log(None, tmp_path / "nowhere" / "log.jsonl")


@needs_linux
@pytest.mark.parametrize("reason", ["a FIFO", "Is a directory", "symbolic links"])
def test_what_no_line_can_be_added_to_is_named(tmp_path: Path, reason: str) -> None:
    ODD[reason.replace("Is a directory", "a folder")](tmp_path / "log.jsonl")

    with pytest.raises(EmoOscError, match=rf"--log: .*log\.jsonl cannot be written \(.*{reason}"):
        Log(None, tmp_path / "log.jsonl")


def test_an_output_that_is_blocked_delays_nobody_and_what_is_missing_is_counted() -> None:
    is_flowing, has_begun, written = Event(), Event(), list[str]()

    def write(line: str) -> None:
        has_begun.set()
        is_flowing.wait()
        written.append(line)

    outlet = Outlet(write, "{} missing".format)
    outlet.put("first")
    has_begun.wait()
    for number in range(MAX_WAITING + 100):
        outlet.put(str(number))

    assert not outlet.close(0.01), "it is left behind while it is blocked"
    is_flowing.set()
    assert outlet.close(60.0)
    assert written == ["first", *map(str, range(MAX_WAITING)), "100 missing"]


def test_lines_that_cannot_be_written_are_counted_when_others_can() -> None:
    written, faults = list[str](), list[str]()
    answers = iter([True, False, False, True])

    def write(line: str) -> None:
        if "missing" not in line and not next(answers):
            raise OSError(28, "No space left on device")
        written.append(line)

    outlet = Outlet(write, "{} missing".format, lambda error: faults.append(str(error.strerror)))
    for line in "abcd":
        outlet.put(line)

    assert outlet.close(60.0)
    assert written == ["a", "d", "2 missing"]
    assert faults == ["No space left on device"]


@needs_linux
def test_a_log_file_on_a_full_disk_is_told_and_the_lines_for_people_go_on() -> None:
    said: list[str] = []
    log = Log(said.append, Path("/dev/full"))

    for number in range(100):
        log.tell("midi", f"line {number}")
    log.close()

    assert [line for line in said if line.startswith("line")] == [f"line {number}" for number in range(100)]
    (told,) = (line for line in said if line.startswith("--log"))
    assert told == "--log: /dev/full cannot be written (No space left on device); lines are missing from it"


@needs_linux
def test_a_line_cut_short_by_a_full_disk_spoils_no_other(tmp_path: Path) -> None:
    file = LogFile(tmp_path / "log.jsonl")
    file.write("one")
    with a_disk_of(6), pytest.raises(OSError, match=r"No space left|File too large"):
        file.write("two and more")
    file.write("three")
    file.close()

    assert (tmp_path / "log.jsonl").read_text() == "one\ntw\nthree\n"


def test_a_log_file_is_turned_over_and_three_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emo_osc.supervisor.log_writer.MAX_FILE_BYTES", 10)
    file = LogFile(tmp_path / "log")
    for number in range(12):
        file.write(f"{number:04}")
    file.close()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["log", "log.1", "log.2", "log.3"]
    assert [(tmp_path / name).read_text() for name in ("log", "log.3")] == ["0010\n0011\n", "0004\n0005\n"]


def test_a_line_is_bounded_and_nothing_in_it_is_obeyed_by_a_terminal() -> None:
    said: list[str] = []

    Log(said.append).tell("midi", "a port \x1b[2J\udcff " + "x" * 100_000)

    assert said[0].startswith("a port \\x1b[2J\\udcff xxx")
    assert len(said[0]) < 9000


def test_what_a_child_says_is_told_as_it_comes() -> None:
    told, is_over = list[str](), Event()

    def tell(line: str) -> None:
        told.append(line)
        if line.endswith("last"):
            is_over.set()

    log = Log(tell)
    program = "from os import write; write(1, b'a\\nb\\n'); write(1, b'x' * 200_000 + b'\\n'); write(2, b'last')"

    with relayed("web", log) as writing:
        done = subprocess.run([sys.executable, "-c", program], stdout=writing, stderr=writing, check=True)
    assert is_over.wait(60.0)

    assert done.returncode == 0
    assert told[0] == "a\nb"
    assert max(map(len, told)) < 9000


def test_a_child_that_cannot_be_relayed_leaves_no_descriptor_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    before = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
    monkeypatch.setattr("threading.Thread.start", refuse)

    with pytest.raises(OSError, match="temporarily unavailable"), relayed("web", Log(print)):
        pass

    assert (len(os.listdir("/proc/self/fd")) if before else 0) == before


@pytest.mark.parametrize(("encoding", "line"), [("cp1252", b"\\ubc1d\\uc74c"), ("utf-8", "밝음".encode())])
def test_letters_that_the_terminal_lacks_are_spelled_out(encoding: str, line: bytes) -> None:
    program = "from emo_osc.supervisor.log import Log; log = Log(); log.tell('midi', '\\ubc1d\\uc74c'); log.close()"
    environment = {**os.environ, "PYTHONIOENCODING": encoding}

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, env=environment, check=True)

    assert (done.stdout.strip(), done.stderr) == (line, b"")
