"""Dataclasses to JSON values and back, by their own annotations: no schema is written twice.

Unknown fields are ignored on the way in, missing ones take their defaults, so that a journal of
another release still folds. Numbers keep their kind; tuples travel as lists.
"""

import dataclasses
import typing
from collections.abc import Callable, Mapping
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar

T = TypeVar("T")


def encode(value: Any) -> Any:
    """`value` as JSON-ready dicts, lists and scalars; dataclass fields keep their order."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if (names := _names(value.__class__)) is not None:
        return {name: encode(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(encode(item) for item in value)
    return value


@cache
def _names(cls: type[Any]) -> tuple[str, ...] | None:
    """The fields of a dataclass; None for any other type."""
    if not dataclasses.is_dataclass(cls):
        return None
    return tuple(field.name for field in dataclasses.fields(cls))


def decode(cls: type[T], data: Mapping[str, Any]) -> T:
    """An instance of dataclass `cls` from a JSON object. TypeError when a required field lacks."""
    convert, known = _plan(typing.cast(Any, cls))
    if convert:
        data = {k: (convert[k](v) if k in convert else v) for k, v in data.items() if k in known}
    elif not data.keys() <= known:
        data = {k: v for k, v in data.items() if k in known}
    return cls(**data)


@cache
def _plan(cls: type[Any]) -> tuple[dict[str, Callable[[Any], Any]], frozenset[str]]:
    hints = typing.get_type_hints(cls)
    fields = dataclasses.fields(cls)
    converters = {f.name: _converter(hints[f.name]) for f in fields}
    return (
        {name: convert for name, convert in converters.items() if convert is not None},
        frozenset(f.name for f in fields),
    )


def _converter(hint: Any) -> Callable[[Any], Any] | None:
    """What turns a JSON value into `hint`; None where the value is right as it is."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return lambda value: decode(hint, value)
    if origin is tuple:
        item = _converter(args[0])
        return tuple if item is None else lambda value: tuple(item(v) for v in value)
    if origin is set:
        return set
    if origin is dict:
        key = int if args[0] is int else str
        inner = _converter(args[1])
        return lambda value: {key(k): inner(v) if inner else v for k, v in value.items()}
    if origin in (typing.Union, UnionType) and NoneType in args:
        inner = _converter(next(arg for arg in args if arg is not NoneType))
        return None if inner is None else lambda value: None if value is None else inner(value)
    return None
