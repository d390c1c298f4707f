"""Many runs on this machine; `undertow.fleet` has the same on a Dask cluster."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ._native import call, positional, text
from ._words import number_text
from .errors import CheckFailed
from .table import Table


def sweep(
    plan: str | os.PathLike[str], out: str | os.PathLike[str], *, threads: int | None = None, progress: object = None
) -> Ensemble:
    """Every point of a plan (YAML, docs/ensembles.md); resumable. A point that fails is a row.

    - threads: runs at a time; the tables do not depend on it.
    """
    words = ["sweep", positional(plan, "plan"), "--out=" + text(out, "out"), "--json"]
    if threads is not None:
        words += ["--threads", number_text(threads, "threads")]
    answer = call(words, progress, checked=False)
    if answer.code != 0 and not answer.results:
        raise CheckFailed(answer.notes)
    return Ensemble(Path(text(out, "out")), answer.json())


def calibrate(
    plan: str | os.PathLike[str], out: str | os.PathLike[str], *, threads: int | None = None, progress: object = None
) -> Ensemble:
    """Looks for parameters near recorded facts: ranked points, the posterior, which directions the facts leave open.

    Columns of `.points` that begin with `fit_` decided, those with `held_out_` did not.
    """
    words = ["calibrate", positional(plan, "plan"), "--out=" + text(out, "out"), "--json"]
    if threads is not None:
        words += ["--threads", number_text(threads, "threads")]
    return Ensemble(Path(text(out, "out")), call(words, progress).json())


class Ensemble:
    """The folder of a sweep or a calibration."""

    def __init__(self, folder: Path, result: dict[str, Any]) -> None:
        self.folder = folder
        self.result = result
        """As the command prints it with `--json`."""

    @property
    def points(self) -> Table:
        """A row a point: its keys, how it went, every figure its run printed."""
        return Table.of_csv(self.folder / "results.csv")

    def __repr__(self) -> str:
        return f"{self.folder}\n{self.points!r}"

    def _repr_html_(self) -> str:
        return self.points._repr_html_()
