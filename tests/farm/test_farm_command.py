"""`emo-osc farm` before it starts Ray, and how little one machine without it pays."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from emo_osc.cli import main as cli
from emo_osc.config.preset import GeneratorSection
from emo_osc.studio.remote.token_file import token_of


def test_one_machine_imports_neither_ray_nor_the_farms_client() -> None:
    program = (
        "import sys, emo_osc.cli.main, emo_osc.studio.worker, emo_osc.supervisor.daemon; "
        "print(*[name for name in sys.modules if name == 'ray' or name.startswith(('emo_osc.studio.remote', "
        "'emo_osc.farm'))])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ, check=True)

    assert run.stdout.split() == []


def test_a_token_file_is_made_for_its_owner_alone_and_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emo_osc.cli.farm.find_spec", lambda _: None)
    path = tmp_path / "farm.token"
    assert CliRunner().invoke(cli.commands, ["farm", "--token-file", str(path)]).exit_code != 0
    assert not path.exists()
    monkeypatch.undo()
    from emo_osc.cli.farm import token_at

    made = token_at(str(path))

    assert path.stat().st_mode & 0o777 == 0o600
    assert len(made) > 20
    assert token_at(str(path)) == token_of(str(path)) == made


@pytest.mark.parametrize("host", ["127.0.0.1", "192.0.2.1", "no host", "x" * 300])
def test_where_nothing_can_listen_is_said_before_ray_starts(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = ["farm", "--host", host, "--port", str(port)]
        result = CliRunner().invoke(cli.commands, arguments, env={"EMO_OSC_STUDIO_TOKEN": "x"})

    assert str(result.exception).startswith(f"farm: {host}:{port} cannot be opened (")
    assert "--host" in str(result.exception)


@pytest.mark.parametrize("wrong", ["0", "3:2", "x", "-1:4"])
def test_replicas_are_a_number_or_bounds(wrong: str) -> None:
    result = CliRunner().invoke(cli.commands, ["farm", "--replicas", wrong], env={"EMO_OSC_STUDIO_TOKEN": "x"})

    assert "write N or N:M" in str(result.exception)


@pytest.mark.parametrize(
    "wrong", ["farm:7790", "ftp://farm", "http://user:word@farm:7790", "http://farm:7790/path", "http://:7790"]
)
def test_a_studio_is_the_address_of_a_farm(wrong: str) -> None:
    with pytest.raises(ValueError, match="must be http://HOST:PORT"):
        GeneratorSection(studio=wrong)


def test_without_a_token_nothing_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("EMO_OSC_STUDIO_TOKEN", raising=False)
    run = CliRunner().invoke(cli.commands, ["farm", "--generator", "canned"])

    assert "there is no token" in str(run.exception)
    (tmp_path / "empty").write_text("\n")
    monkeypatch.setenv("EMO_OSC_STUDIO_TOKEN", "other")
    with pytest.raises(Exception, match="first line must be the token"):
        token_of(str(tmp_path / "empty"))
