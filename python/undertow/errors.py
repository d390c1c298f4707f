"""What can be wrong, as exceptions."""

from __future__ import annotations


class UndertowError(Exception):
    """Anything this package raises of its own."""


class InputError(UndertowError, ValueError):
    """Bad input: where it is, what was found, what is allowed, the nearest known name."""

    def __init__(
        self,
        file: str,
        *,
        found: str,
        allowed: str,
        line: int | None = None,
        key: str | None = None,
        nearest: str | None = None,
    ) -> None:
        self.file = file
        """The file, or the argument or option that stands for one."""
        self.line = line
        """From 1; None where the whole file is meant."""
        self.key = key
        """The key, column or option."""
        self.found = found
        self.allowed = allowed
        self.nearest = nearest
        """The known name nearest to what was found."""
        super().__init__(file, found, allowed, line, key, nearest)

    def __str__(self) -> str:
        text = self.file + (f":{self.line}" if self.line is not None else "") + ": "
        if self.key is not None:
            text += f"`{self.key}`: "
        text += f"found {self.found}" if self.allowed else self.found
        if self.allowed:
            text += f"; allowed: {self.allowed}"
        if self.nearest is not None:
            text += f" (nearest known: `{self.nearest}`)"
        return text

    def __reduce__(self) -> tuple[object, ...]:
        return (_input_error, (self.file, self.found, self.allowed, self.line, self.key, self.nearest))


def _input_error(
    file: str, found: str, allowed: str, line: int | None, key: str | None, nearest: str | None
) -> InputError:
    return InputError(file, found=found, allowed=allowed, line=line, key=key, nearest=nearest)


class CheckFailed(UndertowError):
    """A check did not hold: an example, a replay, a ledger that does not balance."""

    def __init__(self, message: str, results: str = "") -> None:
        super().__init__(message, results)
        self.results = results
        """What was printed nevertheless."""

    def __str__(self) -> str:
        return str(self.args[0])
