"""The pages tell the truth: tables are current, links lead somewhere, and every command line in them can be typed."""

import re
import shlex
from pathlib import Path

import click
import pytest

from emo_osc.cli import main as cli
from emo_osc.clients.send import exchange
from emo_osc.config.clocks import CLOCKS
from emo_osc.config.preset_loading import parse_preset
from emo_osc.core.affect import MOODS, PLAIN, Mood
from emo_osc.core.errors import EmoOscError
from emo_osc.protocol.commands import ROUTES
from emo_osc.protocol.parameters import PUSHES, VALUES
from emo_osc.protocol.parsing import parse
from emo_osc.stage.session.studio_client import StudioState
from tests.serving import free_port
from tools import manual
from tools.patches import touchosc

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.glob("docs/**/*.md")}
PAGES |= {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")

COMMAND = re.compile(r"(?:^ {4}|`)(?:\.venv/bin/)?emo-osc ([^`#\n]+)", re.MULTILINE)
COMMANDS = [(page, line.strip()) for page, text in PAGES.items() for line in COMMAND.findall(text.replace("\\\n", ""))]
LINKS = [(page, link) for page, text in PAGES.items() for link in re.findall(r"\]\((?!http)([^)#]+)", text)]
FAULTS = re.findall(r"`((?:\w+/)+test_\w+)(?: -k (\"[^\"]+\"|\w+))?`", PAGES["docs/faults.md"])
READERS = ("performers", "patchers", "technicians", "researchers", "developers")
TARGETS = sorted(
    {word for text in PAGES.values() for word in re.findall(r"(?:^ {4}|`)make ([a-z]+)", text, re.MULTILINE)}
)


def test_the_osc_page_is_current() -> None:
    assert PAGES["docs/osc.md"] == manual.osc_page()


def test_the_readme_has_the_daemons_own_table() -> None:
    assert manual.readme(README) == README


def test_the_page_on_clocks_has_the_table_of_clocks() -> None:
    assert manual.clock_page(PAGES["docs/clock.md"]) == PAGES["docs/clock.md"]


def test_the_shipped_preset_names_every_clock_beside_its_choice() -> None:
    preset = (ROOT / "presets" / "default.yaml").read_text(encoding="utf-8")
    (line,) = re.findall(r"^  source: .*#(.+): who owns the tempo$", preset, re.MULTILINE)

    assert re.findall(r"\w+", line.replace(" or ", " ")) == list(CLOCKS)


@pytest.mark.parametrize("mood", MOODS, ids=lambda mood: mood.id)
def test_the_page_on_moods_names_each_with_its_point_and_colour(mood: Mood) -> None:
    start = f"| `{mood.id}` | {', '.join(mood.aliases)} | {mood.affect.valence:+.2f} | {mood.affect.arousal:+.2f} |"
    (row,) = [line for line in PAGES["docs/moods.md"].splitlines() if line.startswith(start)]

    assert mood.colour.scale in row
    assert ("brightness" in row) is (mood.colour != PLAIN)


def test_a_readme_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the marks"):
        manual.readme("# emo_osc")


def test_every_address_is_in_the_readme_or_stands_for_a_family_that_is() -> None:
    families = {f"/emo/{family}/{name}" for family in manual.FAMILIES for name in (*VALUES, *PUSHES)}
    told = set(re.findall(r"`(/emo/[\w/]+)`", README))

    assert ROUTES.keys() - families <= told
    assert all(f"/emo/{family}/NAME" in README for family in manual.FAMILIES)


def test_every_mood_and_value_is_on_the_osc_page() -> None:
    page = PAGES["docs/osc.md"]

    assert all(f"| `{mood.id}` |" in page and all(alias in page for alias in mood.aliases) for mood in MOODS)
    assert all(f"| `{name}` |" in page for name in VALUES)
    assert all(mood.id in README for mood in MOODS)


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_a_link_leads_somewhere(page: str, link: str) -> None:
    assert (ROOT / page).parent.joinpath(link).exists()


@pytest.mark.parametrize("page", sorted(name for name in PAGES if re.fullmatch(r"docs/(?!index)\w+\.md", name)))
def test_a_page_says_first_what_it_is_for_and_for_whom(page: str) -> None:
    title, aim, *_ = PAGES[page].split("\n\n")

    assert title.startswith("# ")
    assert any(reader in aim for reader in READERS)
    assert len(aim.split()) <= 45


@pytest.mark.parametrize(("file", "chosen"), FAULTS)
def test_a_fault_names_tests_that_exist(file: str, chosen: str) -> None:
    names = re.findall(r"def (test_\w+)", (ROOT / "tests" / f"{file}.py").read_text(encoding="utf-8"))

    assert all(any(word in name for name in names) for word in chosen.strip('"').split(" or "))


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_a_command_line_can_be_typed(page: str, line: str) -> None:
    words = [word for word in shlex.split(line) if word != ".."]
    command: click.Command = cli.commands
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        assert words[0] in command.commands, f"{page}: emo-osc {line}"
        command = command.commands[words.pop(0)]
    options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}

    assert {word for word in words if word.startswith("--")} <= options, f"{page}: emo-osc {line}"


@pytest.mark.parametrize("line", re.findall(r"emo-osc send (/emo/[^\n`]+)", README))
def test_the_daemon_understands_what_the_readme_sends(line: str) -> None:
    address, *arguments = line.split()

    assert parse(address, tuple(arguments)) is not None


@pytest.mark.parametrize("target", TARGETS)
def test_a_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


def test_the_example_preset_is_right() -> None:
    example = PAGES["docs/presets.md"].split("```yaml\n")[1].split("```")[0]
    preset = parse_preset(example, "example")

    assert preset.mood_book().find(preset.performance.mood).id == "storm"
    assert preset.mood_book().find("밝음").affect.valence == 0.9


def test_troubleshooting_quotes_what_is_told() -> None:
    page = PAGES["docs/troubleshooting.md"]
    states = set(re.findall(r"`studio (\w+)`", page))
    with pytest.raises(EmoOscError) as refused:
        list(exchange("127.0.0.1", free_port(), "/emo/ping", (), 1.0))

    assert states
    assert states <= {state.value for state in StudioState}
    assert any(quoted in str(refused.value) for quoted in re.findall(r"\*([a-z ]+)\*", page))
    assert f"receive port {touchosc.REPLY_PORT}" in page


def test_ci_runs_what_the_readme_says() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert script.rstrip().endswith("exec make --no-print-directory test")
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    assert "\n    make test " in README


def test_the_changelog_begins_with_what_is_unreleased() -> None:
    headings = re.findall(r"^## (.+)$", PAGES["CHANGELOG.md"], re.MULTILINE)

    assert headings[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", heading) for heading in headings[1:])


def test_nothing_is_promised_that_no_package_index_has() -> None:
    sources = {path.as_posix(): path.read_text(encoding="utf-8") for path in (ROOT / "emo_osc").rglob("*.py")}
    promised = [name for name, text in (PAGES | sources).items() if re.search(r"pip install [\\\"']*emo_osc\b", text)]

    assert promised == []


def test_the_start_says_in_which_folder_it_begins() -> None:
    start = README.split("## Start")[1].split("##")[0]

    assert start.index("cd emo_osc") < start.index("make play") < start.index("pip install .")
