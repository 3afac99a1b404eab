"""The supervisor's part while the music plays: files that change, phrases to save, lines to tell."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from emo_osc.core.affect import Affect
from emo_osc.protocol.message_codec import encode
from emo_osc.protocol.messages import (
    LogLine,
    Mapped,
    MappingRead,
    MappingSaved,
    PhraseNotSaved,
    PhraseSaved,
    Played,
    PresetRead,
    Ready,
    Restart,
    SupervisorToStage,
)
from emo_osc.protocol.stage_setup import StagePreset
from emo_osc.supervisor.child_process import Keeper, Worker
from emo_osc.supervisor.log import Log
from emo_osc.supervisor.mapping_store import MappingStore
from emo_osc.supervisor.phrase_store import PhraseStore
from emo_osc.supervisor.preset_watch import PresetWatch
from emo_osc.supervisor.recorder import Recorder
from emo_osc.supervisor.stage_services import StageServices

MakeReady = Callable[..., Ready]


class Evening:
    """A backstage with what it sent and said."""

    def __init__(self, folder: Path, recorder: Recorder | None = None) -> None:
        self.sent: list[SupervisorToStage] = []
        self.said: list[str] = []
        self.presets = folder / "presets"
        self.presets.mkdir()
        log = Log(self.said.append)
        self.keeper = Keeper(Worker("studio", ()), log)
        self.services = StageServices(
            log,
            self.sent.append,
            {"studio": self.keeper},
            PhraseStore(folder / "phrases"),
            MappingStore(folder / "config" / "mapping.yaml"),
            recorder,
            PresetWatch(lambda: (self.presets,)),
            self.read,
        )

    def read(self, name: str) -> StagePreset:
        text = (self.presets / f"{name}.yaml").read_text()
        return StagePreset({}, fault=text) if "wrong" in text else StagePreset({"tempo": float(text)})

    def receive(self, message: LogLine | Restart | PhraseSaved | Played | Mapped) -> None:
        self.services.receive(encode(message))


def test_a_fault_of_ours_is_told_and_the_next_thing_is_done(tmp_path: Path) -> None:
    evening = Evening(tmp_path)

    evening.services.receive(b'{"kind": "no such message"}\n')
    evening.receive(LogLine("studio", "still here"))

    assert "internal error, please report it: what the stage asked for failed" in evening.said[0]
    assert "still here" in evening.said[1]


def test_a_preset_that_brings_its_reader_down_leaves_the_door_looking(tmp_path: Path) -> None:
    evening = Evening(tmp_path)
    preset = evening.presets / "club.yaml"
    preset.write_text("no number")

    async def until_told() -> None:
        looking = asyncio.create_task(evening.services.work())
        while not (evening.said and evening.sent):
            await asyncio.sleep(0)
            if evening.said and not evening.sent:
                preset.write_text("90.0")
        looking.cancel()

    asyncio.run(asyncio.wait_for(until_told(), 30.0))

    assert "a look at the presets and the mapping failed (ValueError" in evening.said[0]
    assert evening.sent == [PresetRead("club", StagePreset({"tempo": 90.0}).to_json())]


def test_many_presets_that_change_at_once_are_read_over_several_looks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emo_osc.supervisor.stage_services.LONGEST_LOOK_S", 0.0)
    evening = Evening(tmp_path)
    for number in range(3):
        (evening.presets / f"{number}.yaml").write_text("90.0")

    evening.services.look()
    assert evening.sent == []
    monkeypatch.setattr("emo_osc.supervisor.stage_services.LONGEST_LOOK_S", 60.0)
    evening.services.look()

    assert [sent.name for sent in evening.sent if isinstance(sent, PresetRead)] == ["0", "1", "2"]


def test_a_phrase_is_saved_and_handed_back_another_evening(tmp_path: Path, ready: MakeReady) -> None:
    evening, kept = Evening(tmp_path), PhraseSaved("x", ready(60), Affect(0, 0), 120.0)

    evening.receive(kept)
    (tmp_path / "other").mkdir()
    (tmp_path / "phrases").rename(tmp_path / "other" / "phrases")
    (tmp_path / "other" / "phrases" / "bad.json").write_text("?")
    later = Evening(tmp_path / "other")
    later.services.open()

    assert evening.sent == [kept]
    assert "kept 'x' in" in evening.said[0]
    assert later.sent == [MappingRead(""), kept]
    assert "bad.json: not a kept phrase" in later.said[0]


def test_a_phrase_that_cannot_be_saved_is_answered(tmp_path: Path, ready: MakeReady) -> None:
    evening = Evening(tmp_path)
    (tmp_path / "phrases").write_text("a file stands here")

    evening.receive(PhraseSaved("x", ready(60), Affect(0, 0), 120.0))

    (answer,) = evening.sent
    assert isinstance(answer, PhraseNotSaved)
    assert answer.name == "x"
    assert evening.said == [answer.text]


def test_what_was_played_reaches_the_recorder(tmp_path: Path) -> None:
    evening = Evening(tmp_path, Recorder(tmp_path / "a.mid"))
    empty = (tmp_path / "a.mid").read_bytes()

    evening.receive(Played(1.0, 120.0, "903c50"))
    evening.services.save()

    assert (tmp_path / "a.mid").read_bytes() != empty


def test_a_recording_that_cannot_be_saved_is_told_and_tried_again(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    evening = Evening(tmp_path, Recorder(tmp_path / "gone" / "a.mid"))
    (tmp_path / "gone" / "a.mid").unlink()
    (tmp_path / "gone").rmdir()

    evening.services.save()
    (tmp_path / "gone").mkdir()
    evening.services.save()

    assert "a.mid: cannot be written (No such file or directory)" in evening.said[0]
    assert (tmp_path / "gone" / "a.mid").exists()


def test_a_mapping_is_saved_and_handed_back_another_evening(tmp_path: Path) -> None:
    evening, text = Evening(tmp_path), "cc74@2\tdensity pickup\nnote36\tit's"

    evening.receive(Mapped(text))
    evening.services.look()
    (tmp_path / "presets").rmdir()
    later = Evening(tmp_path)
    later.services.open()

    assert evening.sent == [MappingSaved()], "what we wrote ourselves is no news"
    assert later.sent == [MappingRead(text)]


def test_a_mapping_that_cannot_be_saved_is_answered(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file stands here")
    evening = Evening(tmp_path)

    evening.receive(Mapped("cc74\tdensity"))

    (answer,) = evening.sent
    assert isinstance(answer, MappingSaved)
    assert "cannot be saved (File exists); it holds until the end" in answer.fault
    assert evening.said == [answer.fault]


def test_a_mapping_that_somebody_edits_is_read_again_and_a_wrong_one_told(tmp_path: Path) -> None:
    evening, path = Evening(tmp_path), tmp_path / "config" / "mapping.yaml"
    path.parent.mkdir()
    path.write_text("mapping: {20: density}")
    evening.services.look()
    path.write_text("mapping: {knob: density}")
    evening.services.look()

    assert evening.sent == [MappingRead("20\tdensity")]
    assert evening.said[0].endswith("mapping.yaml: read again")
    assert "mapping.yaml.mapping.knob: must be a controller 0..127, or cc74" in evening.said[1]


def test_lines_are_told_and_unknown_processes_left_alone(tmp_path: Path) -> None:
    evening = Evening(tmp_path)

    evening.receive(LogLine("studio", "generator ready"))
    evening.receive(Restart("nobody", "just so"))

    assert evening.said == ["generator ready"]


def test_a_preset_that_changes_is_read_again(tmp_path: Path) -> None:
    evening = Evening(tmp_path)
    changed = PresetWatch(lambda: (evening.presets,))
    assert list(changed.changed()) == []

    (evening.presets / "club.yaml").write_text("140")
    assert list(changed.changed()) == ["club"]
    assert list(changed.changed()) == []
    os.utime(evening.presets / "club.yaml", ns=(1, 1))
    assert list(changed.changed()) == ["club"]
    (evening.presets / "club.yaml").unlink()
    assert list(changed.changed()) == ["club"]


def test_a_preset_broken_on_reload_is_told_and_the_stage_knows(tmp_path: Path) -> None:
    evening = Evening(tmp_path)
    (evening.presets / "club.yaml").write_text("140")
    evening.services.look()
    (evening.presets / "club.yaml").write_text("club.tempo: wrong")
    evening.services.look()

    assert evening.said == ["preset club: read again", "preset club: wrong, what was loaded stays: club.tempo: wrong"]
    assert [message.name for message in evening.sent if isinstance(message, PresetRead)] == ["club", "club"]
    assert [StagePreset.from_json(m.text).fault for m in evening.sent if isinstance(m, PresetRead)] == [
        "",
        "club.tempo: wrong",
    ]
