"""The latency that `emo-osc calibrate` keeps: a file that `serve` reads, for presets that do not name `latency_ms`."""

from pathlib import Path

from emo_osc.config.paths import MAX_BYTES, user_folder
from emo_osc.config.preset_loading import parse_preset
from emo_osc.core.errors import EmoOscError
from emo_osc.core.small_file import read_small_text, reason_of, write_whole

TEXT = """\
# Written by emo-osc calibrate. Holds where a preset does not name performance.latency_ms; delete the file to forget it.
performance:
  latency_ms: {}
"""


def calibration_path() -> Path:
    """Where this system keeps it; it may not exist yet."""
    return user_folder() / "calibration.yaml"


def read_calibration(path: Path) -> float | None:
    """The kept latency in milliseconds, -200..200; None where there is none.

    Raises:
        EmoOscError: the file cannot be read, or holds something else.
    """
    try:
        preset = parse_preset(read_small_text(path, MAX_BYTES), str(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EmoOscError(f"{path}: cannot be read ({reason_of(error)}); run emo-osc calibrate again") from None
    others = [*(preset.model_fields_set - {"performance"}), *(preset.performance.model_fields_set - {"latency_ms"})]
    if others:
        raise EmoOscError(f"{path}: {min(others)} belongs into a preset; here only performance.latency_ms counts")
    latency_ms = preset.values().get("latency_ms")
    return None if latency_ms is None else float(latency_ms)


def keep_calibration(path: Path, latency_ms: float) -> None:
    """Write a latency in milliseconds in place of what was kept.

    Raises:
        EmoOscError: the folder cannot be written, or the disk is full.
    """
    try:
        write_whole(path, TEXT.format(latency_ms).encode())
    except OSError as error:
        text = (
            f"{path}: cannot be saved ({reason_of(error)}); name it in a preset: performance.latency_ms: {latency_ms}"
        )
        raise EmoOscError(text) from None
