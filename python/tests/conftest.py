"""What tests share: the command line of the same wheel, and one run that many look at."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import undertow
from undertow._native import program

EXAMPLES = Path(os.environ.get("UNDERTOW_EXAMPLES", Path(__file__).resolve().parents[2] / "examples"))
"""The repository's, wherever the tests stand."""
QUICK = "october-2025-btc"
"""One coin on one venue: a fifth of a second."""


@pytest.fixture
def shell(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """A verb of the command line, by its `--json`, in a process of its own."""

    def ask(*words: str) -> dict[str, Any]:
        done = subprocess.run([str(program()), *words, "--json"], capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    return ask


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> undertow.Run:
    """The whole market at scale 50, to where the first are liquidated."""
    return undertow.run(
        "october-2025", seed=7, scale=50, until="2025-10-10T21:22:00Z", out=tmp_path_factory.mktemp("runs")
    )
