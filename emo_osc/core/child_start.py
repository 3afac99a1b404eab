"""Starts modules as child processes of the same Python.

Every user of the machine can read a command line, so nothing secret stands there: a setup goes to standard input.
"""

import os
import subprocess
import sys
from collections.abc import Mapping

ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""For a child that computes beside the stage: more threads would take the processors from the music."""
OWN_GROUP: int = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""The creation flag by which Windows keeps Ctrl-C from a child; elsewhere a session of its own does."""


def python(*arguments: str) -> list[str]:
    """The command line of this Python with arguments.

    >>> python("-m", "emo_osc.sound")[1:]
    ['-m', 'emo_osc.sound']
    """
    return [sys.executable, *arguments]


def environment(*changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of this process with changes, of which a later one wins."""
    changed = dict(os.environ)
    for each in changes:
        changed.update(each)
    return changed


def start(
    module: str,
    *arguments: str,
    stdin: int = subprocess.DEVNULL,
    stdout: int | None = None,
    stderr: int | None = None,
    changes: Mapping[str, str] | None = None,
    pass_fds: tuple[int, ...] = (),
    start_new_session: bool = False,
) -> subprocess.Popen[str]:
    """Start a module as `python -m` does; `changes` are those of its environment, the rest is `subprocess.Popen`'s.

    Raises:
        OSError: it cannot be started.
    """
    return subprocess.Popen(
        python("-m", module, *arguments),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        text=True,
        env=environment(changes or {}),
        pass_fds=pass_fds,
        start_new_session=start_new_session,
    )


def start_with(setup: str, module: str, changes: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start a module whose setup stands on its standard input.

    Raises:
        OSError: it cannot be started, or has ended without reading.
    """
    process = start(module, stdin=subprocess.PIPE, changes=changes)
    assert process.stdin is not None  # a pipe was asked for
    with process.stdin as pipe:
        pipe.write(setup)
    return process
