"""What is packed: sdist and image hold what it takes to run, workflows and forms are what GitHub understands."""

import re
import shutil
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hatchling.builders.sdist import SdistBuilder
from platformdirs import user_cache_path

from emo_osc.cli import main as cli
from emo_osc.config.paths import user_preset_folder
from emo_osc.config.preset import Preset
from emo_osc.stage.loop import PRIORITY
from emo_osc.supervisor.mapping_store import mapping_path
from emo_osc.supervisor.phrase_store import phrase_folder

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FORMS = {
    "vendor.github-workflows": WORKFLOWS,
    "vendor.github-issue-config": [ROOT / ".github" / "ISSUE_TEMPLATE" / "config.yml"],
    "vendor.github-issue-forms": [ROOT / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml" for name in ("fault", "wish")],
    "vendor.compose-spec": [ROOT / "compose.yaml", ROOT / "deploy" / "compose.farm.yaml"],
}
BIN = Path(sys.executable).parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def tool(name: str) -> str:
    """A program that came with the test extra; where there is none for this system the test is skipped."""
    found = shutil.which(name, path=BIN)
    if not found:
        pytest.skip(f"no {name} for this system")
    return found


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, cwd=cwd, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def installed(source: Path, folder: Path) -> str:
    """What `emo-osc check` says once it is installed from there, and nothing else is."""
    site = folder / "site"
    options = ("-q", "--no-deps", "--no-build-isolation", "--no-compile")
    run(sys.executable, "-m", "pip", "install", *options, "--target", site, source)
    told = run(sys.executable, "-c", f"import sys; sys.path.insert(0, {str(site)!r}); import emo_osc.cli.main as c; "
               "print(c.__file__); sys.exit(c.main(['check', 'default', 'club']))", cwd=folder)  # fmt: skip
    assert str(site) in told
    assert (site / "emo_osc" / "checkpoints" / "shelf.jsonl").is_file()
    return told


def test_the_source_archive_installs_and_finds_its_presets(tmp_path: Path) -> None:
    (archive,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])

    assert "default: good\nclub: good" in installed(Path(archive), tmp_path)


def test_what_the_image_is_built_from_is_enough(tmp_path: Path) -> None:
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert rules[0] == "*"
    sent = tmp_path / "sent"
    sent.mkdir()
    for name in (rule[1:] for rule in rules if rule.startswith("!")):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, sent / name)

    assert "default: good" in installed(sent, tmp_path)


def test_the_image_starts_what_the_daemon_understands_and_opens_its_ports() -> None:
    words = re.search(r"^CMD \[(.+)\]", DOCKERFILE, re.MULTILINE)
    assert words
    arguments = [word.strip(' "') for word in words[1].split(",")]
    known = {option for parameter in cli.commands.commands["serve"].params for option in parameter.opts}
    known |= {option for parameter in cli.commands.commands["serve"].params for option in parameter.secondary_opts}
    preset = Preset()

    assert arguments[0] == "serve"
    assert {word for word in arguments if word.startswith("--")} <= known
    assert f"EXPOSE {preset.osc.port}/udp {preset.web.port}/tcp" in DOCKERFILE
    ports = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["emo_osc"]["ports"]
    assert ports == [f"{port}:{port}/{kind}" for port, kind in ((preset.osc.port, "udp"), (preset.web.port, "tcp"))]


def test_the_image_may_ask_for_the_priority_of_the_stage() -> None:
    service = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["emo_osc"]

    assert re.search(r"^USER (?!0|root)", DOCKERFILE, re.MULTILINE)
    assert service["ulimits"]["rtprio"] >= PRIORITY, "capabilities are not given to a user who is not root"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="folders as the image has them")
def test_whatever_the_image_keeps_lies_in_its_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    (volume,) = re.findall(r"^VOLUME (\S+)$", DOCKERFILE, re.MULTILINE)
    for name, value in re.findall(r"(XDG_\w+)=(\S+)", DOCKERFILE):
        monkeypatch.setenv(name, value)
    kept = [phrase_folder(), mapping_path(), user_preset_folder(), user_cache_path("emo_osc")]

    assert [path for path in kept if not path.is_relative_to(volume)] == []


def test_the_image_has_no_fault_that_a_linter_knows() -> None:
    run(tool("hadolint"), "Dockerfile")


@pytest.mark.parametrize(("schema", "files"), FORMS.items(), ids=str)
def test_forms_are_what_their_readers_expect(schema: str, files: list[Path]) -> None:
    assert files
    run(tool("check-jsonschema"), "--builtin-schema", schema, *files)


def test_workflows_give_nobody_more_than_they_need() -> None:
    run(tool("zizmor"), "--offline", "--no-progress", ".github/workflows")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit(path: Path) -> None:
    used = re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8"))

    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action) for action in used)


def test_the_linux_workflow_runs_what_everybody_runs() -> None:
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8"))["jobs"]

    assert [step["run"] for step in jobs["linux"]["steps"] if "run" in step] == [".ci/run"]
    (tests,) = [step["run"] for step in jobs["windows"]["steps"] if "pytest" in step.get("run", "")]
    assert all((ROOT / word).exists() for word in tests.split() if fnmatch(word, "tests/*"))
    lines = [step["run"] for step in jobs["windows"]["steps"] if step.get("run", "").startswith("emo-osc ")]
    for line in lines:
        help_of = CliRunner().invoke(cli.commands, [line.split()[1], "--help"])
        assert all(word in help_of.output for word in line.split() if word.startswith("--")), line
