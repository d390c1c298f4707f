"""Questions that need no run of the market: each answers as the verb of its name does with `--json`."""

from __future__ import annotations

import numbers
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._native import call, positional, text
from ._words import Settings, assigned, number_text, several
from .errors import InputError
from .table import Table

PathLike = str | os.PathLike[str]


def scenarios() -> Table:
    """The built-in events: name, title, start, end."""
    return Table.of_rows(
        call(["scenarios", "list", "--json"]).json()["scenarios"], first=["name", "title", "start_utc"]
    )


def venues(name: PathLike | None = None, *, day: str | None = None, set: Settings | None = None) -> Table:
    """The rulebooks, or the rules of one in force on a day, each with its source and confidence.

    Confidence: A official text or code read, B seen in part or republished, C our choice.
    """
    if name is None:
        return Table.of_rows(call(["venues", "list", "--json"]).json()["venues"], first=["name", "title"])
    words = ["venues", "show", positional(name, "name"), "--json"]
    if day is not None:
        words.append("--on=" + text(day, "day"))
    words += assigned(set)
    return Table.of_rows(call(words).json()["rules"], first=["rule", "words", "settings"])


def check(examples: PathLike) -> dict[str, Any]:
    """Worked examples against the rulebooks: `passed`, `failed`, `unsupported`, and `rows` with got and expected."""
    found: dict[str, Any] = call(["check", positional(examples, "examples"), "--json"], checked=False).json()
    return found


def cascade(triggers: PathLike, *, impact: str, shock: float | Iterable[float]) -> Table:
    """The one-mechanism model: drawdown, amplification and branching ratio for each shock.

    - triggers: CSV with drawdown_from, drawdown_to, notional_per_log.
    - impact: `linear:DEPTH` or `sqrt:Y,SIGMA,V`.
    - shock: log returns down, as 0.05.
    """
    shocks = [shock] if isinstance(shock, numbers.Real) else several(shock, "shock")
    words = ["cascade", "--triggers=" + text(triggers, "triggers"), "--impact=" + text(impact, "impact")]
    words += ["--shock=" + ",".join(number_text(one, "shock") for one in shocks), "--json"]
    return Table.of_rows(call(words).json()["results"])


def adl(event: PathLike | Sequence[Mapping[str, Any]], *, budget: float, unit: float | None = None) -> dict[str, Any]:
    """One deleveraging event under every allocation rule: `allocations`, a map from rule to account to dollars.

    - event: a CSV, or rows, with account, pnl_usd, effective_leverage, cap, score.
    - budget: dollars to be taken.
    """
    if isinstance(event, (str, os.PathLike)):
        return _adl(event, budget, unit)
    import csv
    import tempfile

    columns = ["account", "pnl_usd", "effective_leverage", "cap", "score"]
    rows = several(event, "event")
    if not all(isinstance(row, Mapping) for row in rows):
        raise InputError("event", found=repr(event)[:200], allowed="rows, each a map of columns")
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "event.csv")
        with open(file, "w", newline="", encoding="utf-8") as out:
            writer = csv.DictWriter(out, columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        return _adl(file, budget, unit)


def _adl(event: PathLike, budget: float, unit: float | None) -> dict[str, Any]:
    words = ["adl", positional(event, "event"), "--budget=" + number_text(budget, "budget"), "--json"]
    if unit is not None:
        words.append("--unit=" + number_text(unit, "unit"))
    found: dict[str, Any] = call(words).json()
    return found


def _reduced(
    scenario: PathLike,
    seeds: int | None,
    seed: int | None,
    shock_pct: float | None,
    leverage: float | None,
    depth: float | None,
) -> list[str]:
    words = [positional(scenario, "scenario"), "--json"]
    options = {"seeds": seeds, "seed": seed, "shock-pct": shock_pct, "leverage": leverage, "depth": depth}
    return words + [f"--{key}={number_text(value, key)}" for key, value in options.items() if value is not None]


def attribute(
    scenario: PathLike,
    *,
    seeds: int | None = None,
    seed: int | None = None,
    shock_pct: float | None = None,
    leverage: float | None = None,
    depth: float | None = None,
    progress: object = None,
) -> dict[str, Any]:
    """Shapley shares of eight causes on the reduced form, with interactions and 5-95 % intervals.

    - seeds: how many, from `seed` on.
    - shock_pct: the news in per cent of Bitcoin's price; leverage, depth: factors.
    """
    found: dict[str, Any] = call(
        ["attribute", *_reduced(scenario, seeds, seed, shock_pct, leverage, depth)], progress
    ).json()
    return found


def fragility(
    scenario: PathLike,
    *,
    seeds: int | None = None,
    seed: int | None = None,
    shock_pct: float | None = None,
    leverage: float | None = None,
    depth: float | None = None,
    indicators: int | None = None,
    progress: object = None,
) -> dict[str, Any]:
    """Drawdown against shock and depth, and the distance to the cliff, on the reduced form."""
    words = ["fragility", *_reduced(scenario, seeds, seed, shock_pct, leverage, depth)]
    if indicators is not None:
        words.append("--indicators=" + number_text(indicators, "indicators"))
    found: dict[str, Any] = call(words, progress).json()
    return found


def reverse(
    scenario: PathLike,
    *,
    limit: str,
    seeds: int | None = None,
    seed: int | None = None,
    shock_pct: float | None = None,
    leverage: float | None = None,
    depth: float | None = None,
    progress: object = None,
) -> dict[str, Any]:
    """The smallest shock, loss of depth, or both that breaks a limit such as `fall_pct=20`."""
    words = ["reverse", *_reduced(scenario, seeds, seed, shock_pct, leverage, depth), "--limit=" + text(limit, "limit")]
    found: dict[str, Any] = call(words, progress).json()
    return found


def command(arguments: Sequence[str], *, progress: object = None) -> str:
    """Any verb of the command line, in this process: what it would print.

    Raises InputError where the command ends with code 2, CheckFailed with 1.
    """
    if isinstance(arguments, str):
        raise InputError("arguments", found=f"the text {arguments!r}", allowed="a list of texts")
    return call(arguments, progress).results
