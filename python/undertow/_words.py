"""Arguments as they would be typed."""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._native import text
from .errors import InputError

Settings = Mapping[str, object]
Time = str | datetime.datetime


def time_text(value: Time, name: str) -> str:
    """A UTC time as the engine reads it."""
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            raise InputError(name, found=f"{value!r}, of no time zone", allowed="a datetime with a time zone")
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return text(value, name)


def setting_text(value: object, key: str) -> str:
    """A value of a key as it would be typed."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value, key) if isinstance(value, numbers.Real) else text(value, key)


def number_text(value: object, name: str) -> str:
    """A number as it would be typed, numpy's too; what has no fraction is whole."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InputError(name, found=f"{type(value).__name__} {value!r}", allowed="a number")
    if isinstance(value, numbers.Integral):
        return str(int(value))
    number = real(value, name)
    return str(int(number)) if abs(number) < 2**53 and number == int(number) else repr(number)


def real(value: object, name: str) -> float:
    """A number as a float; too large a one is infinite."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise InputError(name, found=f"{type(value).__name__} {value!r}"[:200], allowed="a number")
    try:
        return float(value)
    except OverflowError:
        return float("-inf") if str(value).startswith("-") else float("inf")


def whole(value: object, name: str, below: int, first: int = 0) -> int:
    """A whole number, numpy's too."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or not first <= int(value) < below:
        raise InputError(name, found=repr(value)[:200], allowed=f"a whole number from {first}, below {below:,}")
    return int(value)


def several(value: object, name: str) -> list[Any]:
    """The members of a list, a tuple, an array."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise InputError(name, found=f"{type(value).__name__} {value!r}"[:200], allowed="a list")
    return list(value)


def repeated(option: str, values: Sequence[str]) -> list[str]:
    """An option that may stand several times."""
    return [f"--{option}={text(value, option + 's')}" for value in several(values, option + "s")]


def assigned(set: Settings | None) -> list[str]:
    """Keys of a scenario or a rulebook with their values, as options."""
    if set is None:
        return []
    if not isinstance(set, Mapping):
        raise InputError("set", found=f"{type(set).__name__} {set!r}"[:200], allowed="a map from keys to values")
    return [f"--set={text(key, 'set')}={setting_text(value, str(key))}" for key, value in set.items()]


def check_options(call: str, options: Mapping[str, object], known: type) -> None:
    """Refuses an option that a typed dictionary does not have."""
    for key in options:
        if key not in known.__annotations__:
            allowed = list(known.__annotations__)
            raise InputError(
                call, key=key, found="an unknown option", allowed=", ".join(allowed), nearest=nearest(key, allowed)
            )


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that is most like one."""
    import difflib

    found = difflib.get_close_matches(str(name), list(known), 1, 0.5)
    return found[0] if found else None
