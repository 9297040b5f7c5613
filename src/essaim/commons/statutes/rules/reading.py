"""Statutes from TOML or a plain dictionary: strict, so that a slip is found and not ignored."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from essaim.commons.statutes.rules.refusals import StatutesUnreadable
from essaim.commons.statutes.rules.statutes import Statutes


@lru_cache(maxsize=64)
def from_toml(text: str) -> Statutes:
    """Read statutes written in TOML.

    Raises:
        StatutesUnreadable: `details` has `where`, the line or the entry that cannot be read.
    """
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise StatutesUnreadable(where=str(problem)) from problem
    return from_dict(plain)


def from_dict(plain: Mapping[str, Any]) -> Statutes:
    """Read statutes from dictionaries, lists, numbers and texts; `"40 %"` and `"2/3"` are parts.

    Raises:
        StatutesUnreadable: an entry is unknown, missing or of another kind.
    """
    read: Statutes = _dataclass(Statutes, plain, "")
    for name, codes in (
        ("categories", [category.code for category in read.categories]),
        ("colleges", [college.code for college in read.colleges]),
    ):
        if len(codes) != len(set(codes)):
            raise StatutesUnreadable(where=f"{name}: code")
    known = {category.code for category in read.categories}
    for college in read.colleges:
        if strange := sorted(set(college.categories) - known):
            raise StatutesUnreadable(where=f"colleges.{college.code}.categories: {strange[0]}")
    return read


def _dataclass(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise StatutesUnreadable(where=where)
    hints = get_type_hints(kind)
    if strange := sorted(set(value) - set(hints)):
        raise StatutesUnreadable(where=_under(where, strange[0]))
    found = {
        field.name: _read(hints[field.name], value[field.name], _under(where, field.name))
        for field in fields(kind)
        if field.name in value
    }
    try:
        return kind(**found)
    except TypeError as problem:
        missing = [field.name for field in fields(kind) if field.name not in value]
        raise StatutesUnreadable(where=_under(where, ", ".join(missing))) from problem


def _read(kind: Any, value: Any, where: str) -> Any:
    origin = get_origin(kind)
    if origin is UnionType:
        (kind,) = (each for each in get_args(kind) if each is not NoneType)
        return _read(kind, value, where)
    if origin is tuple:
        return tuple(
            _read(get_args(kind)[0], each, f"{where}[{position}]")
            for position, each in enumerate(_of(list, value, where), start=1)
        )
    if origin is dict:
        key_kind, value_kind = get_args(kind)
        return {
            _enum(key_kind, key, where): _read(value_kind, each, _under(where, key))
            for key, each in _of(dict, value, where).items()
        }
    if is_dataclass(kind):
        return _dataclass(kind, value, where)
    return _plain(kind, value, where)


def _plain(kind: Any, value: Any, where: str) -> Any:
    if kind is Fraction:
        return _fraction(value, where)
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _enum(kind, value, where)
    found = _of(kind, value, where)
    if kind is int and found < 0:
        raise StatutesUnreadable(where=where)
    return found


def _of(kind: type, value: Any, where: str) -> Any:
    # In Python a bool is an int; in statutes « yes » is no number.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise StatutesUnreadable(where=where)
    return value


def _enum(kind: type[StrEnum], value: Any, where: str) -> StrEnum:
    try:
        return kind(value)
    except ValueError as problem:
        raise StatutesUnreadable(where=f"{where}: {value}") from problem


def _fraction(value: Any, where: str) -> Fraction:
    text = _of(str, value, where).strip()
    try:
        if text.endswith("%"):
            return Fraction(text[:-1].strip().replace(",", ".")) / 100
        return Fraction(text)
    except (ValueError, ZeroDivisionError) as problem:
        raise StatutesUnreadable(where=f"{where}: {value}") from problem


def _under(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name
