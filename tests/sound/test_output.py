import pytest

from emo_osc.core.errors import EmoOscError
from emo_osc.sound.output import choose_device


def api(name: str, device: int) -> dict[str, object]:
    return {"name": name, "default_output_device": device}


@pytest.mark.parametrize(
    ("systems", "device"),
    [
        ([api("Core Audio", 1)], 1),
        ([api("ALSA", 0), api("JACK Audio Connection Kit", 9)], 0),
        ([api("ALSA", -1), api("OSS", -1), api("JACK Audio Connection Kit", 9)], 9),
        ([api("MME", 3), api("Windows DirectSound", 5), api("Windows WASAPI", 8), api("Windows WDM-KS", 11)], 8),
        ([api("MME", 3), api("Windows WASAPI", -1)], 3),
    ],
)
def test_the_best_system_with_an_output_is_chosen(systems: list[dict[str, object]], device: int) -> None:
    assert choose_device(systems) == device


def test_no_output_anywhere_is_one_clear_line() -> None:
    with pytest.raises(EmoOscError, match="no audio device: the built-in synth is off, MIDI output is not affected; "):
        choose_device([api("ALSA", -1), api("OSS", -1)])
