"""Presets: the shipped ones are right, and a wrong one is told in one line with its place, value and remedy."""

import sys
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from emo_osc.config.check import check
from emo_osc.config.paths import preset_files
from emo_osc.config.preset import Preset, schema_text
from emo_osc.config.preset_loading import changed, load_named_preset, load_preset, parse_preset
from emo_osc.core.affect import MOODS, Affect, Colour, Reference
from emo_osc.core.errors import EmoOscError
from tests.odd_files import ODD

PRESETS = Path(__file__).parents[2] / "presets"
SHIPPED = sorted(path.stem for path in PRESETS.glob("*.yaml"))


def test_five_presets_ship() -> None:
    assert SHIPPED == ["ambient", "cinema", "club", "default", "duet"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_preset_names_only_what_exists(name: str) -> None:
    preset = load_preset(name)

    check(preset, name)
    assert preset == load_preset(str(PRESETS / f"{name}.yaml")) == load_named_preset(name)


def test_the_default_preset_writes_out_every_default() -> None:
    written = yaml.safe_load((PRESETS / "default.yaml").read_text(encoding="utf-8"))

    assert written == Preset().model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "default"])
def test_a_preset_of_character_moves_moods_tempo_and_touch(name: str) -> None:
    preset, plain = load_preset(name), Preset()

    assert preset.moods
    assert preset.clock.tempo != plain.clock.tempo
    assert preset.performance != plain.performance


def test_the_shipped_schema_is_current() -> None:
    assert (PRESETS / "emo_osc.schema.json").read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("moods: {joy: {valance: 1, arousal: 0}}", "club.moods.joy.valance: unknown key, did you mean 'valence'?"),
        ("clokc: {}", "club.clokc: unknown key, did you mean 'clock'?"),
        ("midi: {inn: x}", "club.midi.inn: unknown key, did you mean 'in'?"),
        ("osc: {xyzzy: 1}", "club.osc.xyzzy: unknown key"),
        ("moods: {joy: {valence: 1}}", "club.moods.joy.arousal: is missing"),
        ("moods: {joy: {valence: 2, arousal: 0}}", "club.moods.joy.valence: input should be less than or equal to 1"),
        ("moods: {joy: 3}", "club.moods.joy: must be a mapping of keys to values, got 3"),
        ("osc: 3", "club.osc: must be a mapping of keys to values, got 3"),
        ("osc: {port: 0}", "club.osc.port: input should be greater than or equal to 1, got 0"),
        ("clock: {tempo: .nan}", "club.clock.tempo: "),
        (
            "mapping: {200: density}",
            "club.mapping.200: must be a controller 0..127, or cc74, note36, program5",
        ),
        ("mapping: {1: " + "a" * 65 + "}", "club.mapping.1: must be a name of at most 64 letters"),
        ("moods: {' - ': {valence: 0, arousal: 0}}", "club.moods. - : a name has 1..64 letters, got ' - '"),
        ('moods: {bright: {aliases: ["a\\e[2J"]}}', r"club.moods.bright: a name has 1..64 letters, got 'a\x1b[2J'"),
        ('moods: {bright: {aliases: ["\\ud800"]}}', r"club.moods.bright: a name has 1..64 letters, got '\ud800'"),
        ("moods: {bright: {aliases: ['']}}", "club.moods.bright: a name has 1..64 letters, got ''"),
        (
            "moods: {" + "a" * 65 + ": {valence: 0, arousal: 0}}",
            "club.moods." + "a" * 64 + ": a name has 1..64 letters",
        ),
        ("performance: {mood: brihgt}", "club.performance.mood: no mood 'brihgt', did you mean 'bright'?"),
        (
            "moods: {joy: {valence: 1, arousal: 0, colour: {scael: lydian}}}",
            "club.moods.joy.colour.scael: unknown key, did",
        ),
        (
            "moods: {bright: {colour: {register: 99}}}",
            "club.moods.bright.colour.register: input should be less than or",
        ),
        ("moods: {bright: {major: 2}}", "club.moods.bright.major: input should be less than or equal to 1, got 2"),
        ("moods: {bright: {aliases: [gloomy]}}", "club.moods.bright.aliases: 'gloomy' is a name of 'gloomy' already"),
        ("moods: {Bright: {valence: 0}}", "club.moods.Bright: 'bright' is the same name; write it so"),
        ("- bright", "club: a preset is a mapping of sections, got list"),
        ("osc: [", "club: not YAML: "),
        ("? [a]\n: b", "club: not YAML: "),
        ("!!python/object/apply:os.system [ls]", "club: not YAML: "),
        ("mapping: {20: 2024-99-99}", "club: not YAML: month must be in 1..12"),
        ("clock: {tempo: !!float fast}", "club: not YAML: "),
        ("clock: {play: !!bool maybe}", "club: not YAML: "),
        ("clock: {tempo: !!timestamp soon}", "club: not YAML: "),
        ("osc: " + "[" * 3000, "club: over 16 levels of keys in keys"),
        ("osc: [[[", "club: not YAML: "),
    ],
)
def test_a_wrong_preset_is_told_in_one_line(text: str, said: str) -> None:
    with pytest.raises(EmoOscError) as caught:
        parse_preset(text, "club")

    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 9)}]\n" for before, after in pairwise("abcdefghi")
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("".join(f"key {number}: 1\n" for number in range(60_000)), "club: over 131,072 letters"),
        ("".join(f"{number:x}: 1\n" for number in range(10_000)), "club: over 8,192 keys and values"),
        ("".join(f"{number:x}: 1\n" for number in range(4_000)), "club.a: unknown key; club.b: unknown key"),
        ("mapping: {" + ", ".join(f"cc{n % 128}@{n // 128}: next" for n in range(2048)) + "}", "club.mapping: "),
        (f"mapping: {{{', '.join(f'{n}: 1' for n in range(6144))}}}", "club: over 8,192 keys and values"),
        ("moods: {" + ", ".join(f"m{n}: {{valence: 0, arousal: 0}}" for n in range(300)) + "}", "club.moods: "),
        (LAUGHS, "club: over 8,192 keys and values"),
        ("a: &a [*a]", "club: an alias that stands inside what it stands for"),
        ("a: &a {b: *a}", "club: an alias that stands inside what it stands for"),
        ("midi: {out: " + "행복" * 1000 + "}", "club: a key or value of over 1,024 letters"),
        ("x" * 1000 + ": 1", "club." + "x" * 64 + ": unknown key"),
        ("osc: {port: 0x" + "f" * 1000 + "}", "club.osc.port: "),
        ("".join(f"{'행' * 60}{n}: 1\n" for n in range(600)), "club.행"),
    ],
)
def test_a_text_larger_than_any_preset_is_told_in_one_short_line(text: str, said: str) -> None:
    with pytest.raises(EmoOscError) as caught:
        parse_preset(text, "club")

    assert str(caught.value).startswith(said)
    assert len(str(caught.value)) < 2500


def test_an_alias_for_a_few_values_is_read() -> None:
    preset = parse_preset("moods: {a: &a {valence: 0.5, arousal: 0.5}, b: {<<: *a, arousal: 0}}", "club")

    assert preset.mood_book().find("b").affect == Affect(0.5, 0.0)


@pytest.mark.skipif(sys.platform == "win32", reason="no such files")
@pytest.mark.parametrize("reason", ODD)
def test_what_is_no_file_of_a_preset_is_told_in_one_line(reason: str, tmp_path: Path) -> None:
    ODD[reason](tmp_path / "odd.yaml")

    with pytest.raises(EmoOscError, match=rf"odd\.yaml: cannot be read \(.*{reason}.*\)"):
        load_preset(str(tmp_path / "odd.yaml"))


def test_a_folder_of_too_many_presets_is_read_in_part_and_the_shipped_ones_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emo_osc.config.paths.MAX_PRESETS", 10)
    for number in range(20):
        (tmp_path / f"mine {number}.yaml").touch()

    found = preset_files((tmp_path, PRESETS))

    assert set(SHIPPED) < found.paths.keys()
    assert len(found.paths) == 10
    assert "15 are left out" in found.faults[0]
    monkeypatch.setattr("emo_osc.config.paths.MAX_TOTAL", 20_000)
    for number in range(20):
        (tmp_path / f"mine {number}.yaml").write_text("#" * 5000)
    assert 5 < len(preset_files((tmp_path, PRESETS)).paths) < 9


def test_every_fault_is_told_unknown_keys_first() -> None:
    with pytest.raises(EmoOscError) as caught:
        parse_preset("clock: {tempo: 900, pley: true}\nosc: {port: 0}", "club")

    places = [fault.split(":")[0] for fault in str(caught.value).split("; ")]
    assert places == ["club.clock.pley", "club.osc.port", "club.clock.tempo"]


@pytest.mark.parametrize("text", ["", "# nothing yet", "clock:\nmoods:\n", "{}"])
def test_an_empty_preset_or_section_keeps_the_defaults(text: str) -> None:
    assert parse_preset(text, "club") == Preset()


def test_a_shipped_mood_keeps_what_a_preset_does_not_say() -> None:
    gloomy = parse_preset("moods: {gloomy: {arousal: 0.1, colour: {register: -12}}}", "x").mood_book().find("암울한")

    assert (gloomy.affect, gloomy.vocabulary) == (Affect(-0.8, 0.1), "moods")
    assert gloomy.colour == Colour("", -12, 0)
    assert Preset().mood_book().moods == MOODS


def test_an_alias_that_a_preset_gives_away_is_taken_from_the_shipped_mood() -> None:
    preset = parse_preset("moods: {joy: {valence: 1, arousal: 1, aliases: [Stormy]}}", "x")

    assert [preset.mood_book().find(name).id for name in ("joy", "stormy", "fierce")] == ["joy", "joy", "intense"]


def test_what_a_mood_measures_stands_at_its_point() -> None:
    preset = parse_preset("moods: {bright: {notes_per_bar: 5}, wet: {valence: 0, arousal: -1, major: 0.2}}", "x")

    assert preset.references() == (
        Reference(Affect(0.8, 0.35), notes_per_bar=5.0),
        Reference(Affect(0.0, -1.0), major=0.2),
    )


def test_a_moved_mood_keeps_its_aliases_and_a_new_one_brings_its_own() -> None:
    book = parse_preset("moods: {bright: {valence: 0.1, arousal: 0.2}, storm: {valence: -0.3, arousal: 0.9}}", "x")
    moods = book.mood_book()

    assert moods.find("밝음").affect == Affect(0.1, 0.2)
    assert moods.find("storm").affect == Affect(-0.3, 0.9)
    assert len(moods.moods) == len(MOODS) + 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("generator: {name: music_vea}", "club.generator.name: no generator 'music_vea'; generators are canned, "),
        ("performance: {key: H}", "club.performance.key: no key 'H'"),
        ("performance: {scale: dorain}", "club.performance.scale: no scale 'dorain', did you mean 'dorian'?"),
        ("moods: {clear: {colour: {scale: lydain}}}", "club.moods.clear.colour.scale: no scale 'lydain', did you mean"),
        ("mapping: {1: densty}", "club.mapping.1: no value 'densty', did you mean 'density'?"),
        ("mapping: {1: playing}", "club.mapping.1: no value 'playing'"),
        (
            "mapping: {note36@10: density}",
            "club.mapping.note36@10: density is turned, which takes a controller such as",
        ),
        ("performance: {key: c}", "club.performance.key: 'c' is written 'C'"),
        ("performance: {scale: Major}", "club.performance.scale: 'Major' is written 'major'"),
        ("moods: {clear: {colour: {scale: Lydian}}}", "club.moods.clear.colour.scale: 'Lydian' is written 'lydian'"),
    ],
)
def test_a_name_that_nobody_knows_is_told_with_its_place(text: str, said: str) -> None:
    with pytest.raises(EmoOscError) as caught:
        check(parse_preset(text, "club"), "club")

    assert str(caught.value).startswith(said)


def test_a_change_is_checked_like_a_file() -> None:
    assert changed(Preset(), {"clock.tempo": "96", "osc.port": 9000}, "x") == parse_preset(
        "{clock: {tempo: 96}, osc: {port: 9000}}", "x"
    )
    with pytest.raises(EmoOscError, match=r"command line\.clock\.tempo: .* got 900"):
        changed(Preset(), {"clock.tempo": 900}, "command line")


def test_a_preset_of_the_players_own_comes_before_a_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emo_osc.config.paths.user_preset_folder", lambda: tmp_path)
    (tmp_path / "club.yaml").write_text("clock: {tempo: 140}", encoding="utf-8")

    assert load_preset("club").clock.tempo == 140
    assert load_preset("ambient").clock.tempo == 66


@pytest.mark.parametrize("name", ["../pyproject", "/etc/passwd", "..", "club.yaml", "presets/club", ""])
def test_the_network_names_a_preset_and_never_a_path(name: str) -> None:
    with pytest.raises(EmoOscError, match="no preset"):
        load_named_preset(name)


def test_a_value_that_is_pages_long_is_told_in_short() -> None:
    lists = "".join(f"- &l{n} [{', '.join([f'*l{n - 1}'] * 10)}]\n" for n in range(1, 7))
    with pytest.raises(EmoOscError) as caught:
        parse_preset(f"osc:\n- &l0 [{'9' * 2000}]\n{lists}", "club")

    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "mine.yaml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(EmoOscError, match=r"mine\.yaml: (cannot be read|not YAML)"):
        load_preset(str(path))


def test_a_file_of_the_players_own_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emo_osc.config.paths.user_preset_folder", lambda: tmp_path)
    (tmp_path / "mine.yaml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(EmoOscError, match=r"mine\.yaml: cannot be read"):
        load_named_preset("mine")


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["osc", "midi", "clock", "moods", "mapping", "performance", "mood", "port", "x"])
                | st.integers(0, 3),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_no_yaml_crashes_the_reader(data: object) -> None:
    try:
        preset = parse_preset(yaml.safe_dump(data), "club")
    except EmoOscError as error:
        said = str(error)
    else:
        said = f"club: {preset.mood_book().find(preset.performance.mood).id}"
    assert said.startswith("club")
