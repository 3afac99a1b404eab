"""Which precision is chosen: what is forced, what repeats itself, what is faster; and the file that remembers it."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.weights import measured_cache as measured
from emo_osc.weights import precision
from emo_osc.weights.precision import PRECISIONS, VARIABLE, Precision, Run, fastest, forced, settled

pytestmark = pytest.mark.torch
Write = Callable[[Path], object]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where choices are kept, nothing having been chosen yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(precision, "_CHOSEN", {})
    monkeypatch.delenv(VARIABLE, raising=False)
    return tmp_path / "emo_osc" / "precision.json"


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a process that starts afresh."""
    monkeypatch.setattr(precision, "_CHOSEN", {})


class Work:
    """Work that takes so many milliseconds at each precision, and counts how often it is prepared."""

    def __init__(self, **times_ms: float) -> None:
        self.prepared = 0
        self.trials = {name: self._trial(time_ms) for name, time_ms in times_ms.items()}

    def _trial(self, time_ms: float) -> Callable[[], Run]:
        def prepare() -> Run:
            self.prepared += 1
            if time_ms < 0:
                raise RuntimeError("could not create a primitive")
            return lambda: _busy(time_ms)

        return prepare

    def choice(self) -> precision.Choice:
        return fastest("a test", {name: self.trials[name] for name in PRECISIONS if name in self.trials})


def _busy(time_ms: float) -> None:
    until = perf_counter() + time_ms / 1000
    while perf_counter() < until:
        pass


@pytest.mark.parametrize(
    ("times_ms", "best"),
    [
        ({"float32": 1.0, "bfloat16": 5.0, "int8": 6.0}, "float32"),
        ({"float32": 6.0, "bfloat16": 1.0, "int8": 5.0}, "bfloat16"),
        ({"float32": 6.0, "bfloat16": 5.0, "int8": 1.0}, "int8"),
        ({"float32": 6.0, "bfloat16": -1.0, "int8": 1.0}, "int8"),
        ({"float32": 1.0, "bfloat16": -1.0, "int8": -1.0}, "float32"),
    ],
)
def test_the_fastest_that_this_machine_can_do_is_chosen(
    times_ms: dict[str, float], best: Precision, file: Path
) -> None:
    choice = Work(**times_ms).choice()

    assert choice.precision == best
    assert f"on {measured.processor()}: float32" in choice.why


@pytest.mark.parametrize(
    ("times_ms", "best"),
    [
        ({"float32": 1.0, "bfloat16": 0.95}, "float32"),
        ({"float32": 1.0, "bfloat16": 0.85}, "bfloat16"),
        ({"float32": 1.0, "bfloat16": 0.85, "int8": 0.8}, "bfloat16"),
        ({"float32": 1.0, "int8": 0.5}, "int8"),
    ],
)
def test_what_is_less_exact_must_be_clearly_faster(times_ms: dict[str, float], best: Precision, file: Path) -> None:
    measured.write(f"{measured.machine()}; a test", times_ms)

    assert Work().choice().precision == best


def test_a_choice_is_measured_once_and_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work, other = Work(float32=4.0, bfloat16=1.0), Work(float32=1.0, bfloat16=4.0)

    first = work.choice()
    forget(monkeypatch)
    kept = other.choice()

    assert first.precision == kept.precision == "bfloat16"
    assert (work.prepared, other.prepared) == (2, 0)
    assert "just now" in first.why
    assert "from an earlier start" in kept.why


def test_another_machine_measures_for_itself(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured.write("another processor; a test", {"float32": 9.0, "bfloat16": 1.0})

    assert Work(float32=1.0, bfloat16=4.0).choice().precision == "float32"
    assert len(json.loads(file.read_text())) == 2


DAMAGES: dict[str, Write] = {
    "empty": lambda file: file.write_bytes(b""),
    "not UTF-8": lambda file: file.write_bytes(b"\xff\xfe{"),
    "not JSON": lambda file: file.write_text('{"half": {"float32"'),
    "a list": lambda file: file.write_text("[1, 2]"),
    "deep": lambda file: file.write_text("[" * 30_000),
    "too large": lambda file: file.write_text(json.dumps({"x": "y" * 200_000})),
    "a folder": lambda file: file.mkdir(),
    "a FIFO": lambda file: os.mkfifo(file),
    "a dangling link": lambda file: file.symlink_to(file.with_name("nowhere")),
    "figures that are none": lambda file: file.write_text(
        json.dumps({f"{measured.machine()}; a test": {"float32": float("nan"), "bfloat16": 1.0}})
    ),
    "figures without float32": lambda file: file.write_text(
        json.dumps({f"{measured.machine()}; a test": {"int8": 1.0}})
    ),
    "a foreign precision": lambda file: file.write_text(
        json.dumps({f"{measured.machine()}; a test": {"float32": 2.0, "fp4": 1.0}})
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_costs_a_measurement_and_no_start(damage: str, file: Path) -> None:
    file.parent.mkdir(parents=True)
    DAMAGES[damage](file)

    assert Work(float32=1.0, bfloat16=4.0).choice().precision == "float32"


def test_a_folder_that_cannot_be_written_costs_a_measurement_and_no_start(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.parent.write_text("no folder")

    assert Work(float32=4.0, bfloat16=1.0).choice().precision == "bfloat16"
    assert Work(float32=1.0, bfloat16=4.0).choice().precision == "bfloat16", "a process never changes its mind"


def test_the_file_stays_small(file: Path) -> None:
    for number in range(measured.MOST_KEPT + 5):
        measured.write(f"work {number}", {"float32": 1.0})

    assert len(json.loads(file.read_text())) == measured.MOST_KEPT
    assert measured.read("work 0") is None
    assert measured.read(f"work {measured.MOST_KEPT + 4}") == {"float32": 1.0}


def test_a_measurement_is_short(file: Path) -> None:
    began = perf_counter()
    Work(float32=1.0, bfloat16=1.0, int8=1.0).choice()

    assert perf_counter() - began < 10 * precision.BUDGET_S


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", None),
        ("auto", None),
        ("float32", "float32"),
        ("bf16", "bfloat16"),
        (" BFloat16 ", "bfloat16"),
        ("int8", "int8"),
    ],
)
def test_the_variable_forces_a_precision(
    said: str, expected: Precision | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, said)

    assert forced() == expected


@pytest.mark.parametrize("said", ["fp8", "8", "float64", "x" * 10_000])
def test_a_word_that_is_no_precision_is_refused_in_one_line(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, said)

    with pytest.raises(EmoOscError, match=r"EMO_OSC_PRECISION: .* set it to float32, bf16, int8 or auto") as refused:
        forced()
    assert len(str(refused.value)) < 150


def test_what_is_forced_comes_before_what_repeats_itself_and_that_before_a_measurement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    by_measurement, seeded, on_gpu = settled("cpu"), settled("cpu", is_repeatable=True), settled("cuda")
    monkeypatch.setenv(VARIABLE, "int8")
    asked = settled("cpu", is_repeatable=True)

    assert by_measurement is None
    assert [choice.precision for choice in (seeded, on_gpu, asked) if choice] == ["float32", "float32", "int8"]
