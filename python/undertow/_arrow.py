"""Arrow's C structures as ctypes sees them: capsules to hand out, and a reader for those who have no Arrow library."""

from __future__ import annotations

import ctypes
import datetime
import struct
from collections.abc import Callable, Iterator
from typing import Any

from ._native import lib
from .errors import UndertowError

_libc = ctypes.CDLL(None)
_libc.malloc.restype = ctypes.c_void_p
_libc.malloc.argtypes = [ctypes.c_size_t]
_libc.free.argtypes = [ctypes.c_void_p]
_new = ctypes.pythonapi.PyCapsule_New
_new.restype = ctypes.py_object
_new.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
_STREAM_NAME, _SCHEMA_NAME = b"arrow_array_stream", b"arrow_schema"
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class _Schema(ctypes.Structure):
    pass


class _Array(ctypes.Structure):
    pass


class _Stream(ctypes.Structure):
    pass


_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.POINTER(_Schema)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Schema))),
    ("private_data", ctypes.c_void_p),
]
_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.POINTER(_Array)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Array))),
    ("private_data", ctypes.c_void_p),
]
_Stream._fields_ = [
    ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Schema))),
    ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(_Stream), ctypes.POINTER(_Array))),
    ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.POINTER(_Stream))),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(_Stream))),
    ("private_data", ctypes.c_void_p),
]


def stream_capsule(fill: Callable[[int], None]) -> Any:
    """A capsule `arrow_array_stream`.

    `fill` is given the address of the structure and raises where it cannot fill it.
    """
    address = _libc.malloc(ctypes.sizeof(_Stream))
    if not address:
        raise MemoryError
    ctypes.memset(address, 0, ctypes.sizeof(_Stream))
    try:
        fill(address)
    except BaseException:
        _libc.free(address)
        raise
    end = ctypes.cast(lib.undertow_capsule_end, ctypes.c_void_p)
    return _new(address, _STREAM_NAME, end)


def schema_capsule(fill: Callable[[int], None]) -> Any:
    """A capsule `arrow_schema`, from a stream."""
    stream = _opened(fill)
    address = _libc.malloc(ctypes.sizeof(_Schema))
    try:
        stream.get_schema(ctypes.byref(stream), ctypes.cast(address, ctypes.POINTER(_Schema)))
    finally:
        stream.release(ctypes.byref(stream))
    return _new(address, _SCHEMA_NAME, ctypes.cast(lib.undertow_schema_capsule_end, ctypes.c_void_p))


def _opened(fill: Callable[[int], None]) -> _Stream:
    stream = _Stream()
    fill(ctypes.addressof(stream))
    return stream


class Field:
    """A column: its name, what its values are (`time`, `text`, `whole`, `flag`, `number`, `name`), their unit and meaning."""

    def __init__(self, name: str, kind: str, unit: str, meaning: str) -> None:
        self.name, self.kind, self.unit, self.meaning = name, kind, unit, meaning

    def __repr__(self) -> str:
        return f"{self.name}: {self.kind}" + (f", {self.unit}" if self.unit else "")


_KINDS = {b"tsm:UTC": "time", b"u": "text", b"l": "whole", b"b": "flag", b"g": "number"}


def _fields(schema: _Schema) -> list[Field]:
    fields = []
    for i in range(schema.n_children):
        child = schema.children[i].contents
        notes = _metadata(child.metadata)
        kind = "name" if child.dictionary else _KINDS[child.format]
        fields.append(Field(child.name.decode(), kind, notes.get("unit", ""), notes.get("meaning", "")))
    return fields


def _metadata(address: int | None) -> dict[str, str]:
    if not address:
        return {}
    place = address

    def number() -> int:
        nonlocal place
        value: int = struct.unpack("=i", ctypes.string_at(place, 4))[0]
        place += 4
        return value

    def words() -> str:
        nonlocal place
        size = number()
        value = ctypes.string_at(place, size).decode()
        place += size
        return value

    return {words(): words() for _ in range(number())}


def fields(fill: Callable[[int], None]) -> list[Field]:
    """The columns of a stream."""
    stream = _opened(fill)
    schema = _Schema()
    try:
        stream.get_schema(ctypes.byref(stream), ctypes.byref(schema))
        try:
            return _fields(schema)
        finally:
            schema.release(ctypes.byref(schema))
    finally:
        stream.release(ctypes.byref(stream))


def read(fill: Callable[[int], None], most: int | None = None) -> tuple[list[Field], Iterator[tuple[Any, ...]]]:
    """The columns of a stream, and its rows as Python values, batch by batch; at least `most` of them where it is said."""
    stream = _opened(fill)
    schema = _Schema()
    stream.get_schema(ctypes.byref(stream), ctypes.byref(schema))
    try:
        found = _fields(schema)
    finally:
        schema.release(ctypes.byref(schema))
    return found, _rows(stream, [one.kind for one in found], most)


def _rows(stream: _Stream, kinds: list[str], most: int | None) -> Iterator[tuple[Any, ...]]:
    try:
        while True:
            batch = _Array()
            code = stream.get_next(ctypes.byref(stream), ctypes.byref(batch))
            if code != 0:
                raise UndertowError((stream.get_last_error(ctypes.byref(stream)) or b"no more memory").decode())
            if not batch.release:
                return
            try:
                columns = [_values(batch.children[i].contents, kind, most) for i, kind in enumerate(kinds)]
            finally:
                batch.release(ctypes.byref(batch))
            yield from zip(*columns)
    finally:
        stream.release(ctypes.byref(stream))


def _values(array: _Array, kind: str, most: int | None = None) -> list[Any]:
    count = array.length if most is None else min(most, array.length)
    values: list[Any]
    if kind == "text":
        ends = (ctypes.c_int32 * (count + 1)).from_address(array.buffers[1])
        data = ctypes.string_at(array.buffers[2], ends[count]) if count else b""
        values = [data[ends[i] : ends[i + 1]].decode() for i in range(count)]
    elif kind == "name":
        names = _values(array.dictionary.contents, "text")
        values = [names[i] for i in (ctypes.c_int32 * count).from_address(array.buffers[1])]
    elif kind == "flag":
        bits = ctypes.string_at(array.buffers[1], (count + 7) // 8)
        values = [bool(bits[i // 8] >> (i % 8) & 1) for i in range(count)]
    elif kind == "number":
        values = list((ctypes.c_double * count).from_address(array.buffers[1]))
    else:
        values = list((ctypes.c_int64 * count).from_address(array.buffers[1]))
        if kind == "time":
            values = [_EPOCH + datetime.timedelta(milliseconds=one) for one in values]
    if array.buffers[0]:
        present = ctypes.string_at(array.buffers[0], (count + 7) // 8)
        values = [one if present[i // 8] >> (i % 8) & 1 else None for i, one in enumerate(values)]
    return values
