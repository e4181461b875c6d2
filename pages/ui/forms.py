"""A form from a config class: a widget a field, with its description, bounds and default."""

from collections.abc import Collection, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from core.config import Config


def fields(
    config: type[Config], names: Collection[str], key: str, defaults: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Draw the named fields of `config` in the order given and return their values, ready for `parse_config`."""
    chosen = defaults or {}
    values: dict[str, Any] = {}
    for name in names:
        field = config.model_fields[name]
        default = chosen.get(name, field.get_default(call_default_factory=True))
        values[name] = _widget(name, field, default, f"{key} {name}")
    return values


def _widget(name: str, field: FieldInfo, default: Any, key: str) -> Any:
    label = field.title or name.replace("_", " ").capitalize()
    kinds = [k for k in _parts(field.annotation) if k is not NoneType]
    optional = len(kinds) < len(_parts(field.annotation))
    kind = kinds[0]
    shown: dict[str, Any] = {"help": field.description, "key": key}
    if kind is bool:
        return st.toggle(label, value=bool(default), **shown)
    schema = _schema(field)
    choices = list(get_args(kind)) if get_origin(kind) is Literal else schema.get("enum", [])
    if choices:
        titles = schema.get("titles", {})
        return st.selectbox(
            label,
            choices,
            index=choices.index(default),
            format_func=lambda choice: titles.get(choice) or _spoken(choice),
            **shown,
        )
    if get_origin(kind) in (list, tuple):
        words = get_args(get_args(kind)[0])
        if words:
            return st.multiselect(label, words, default, **shown)
        typed = st.text_input(label, value=", ".join(map(str, default or ())), placeholder="word, word", **shown)
        return [part.strip() for part in typed.split(",") if part.strip()]
    if kind in (int, float):
        low, high = _bounds(field, kind)
        # Numbers like 0.00002 are shown with an exponent: where the default is one, or nothing above 0.1 is allowed.
        scale = default if default is not None else (high or 1) / 1_000
        small = kind is float and 0 < abs(scale) < (0.01 if default is not None else 0.001)
        return st.number_input(
            label,
            min_value=low,
            max_value=high,
            value=default if optional or default is not None else low,
            step=1 if kind is int else (10 ** _exponent(scale) if small else 0.05),
            format="%d" if kind is int else ("%.1e" if small else "%.2f"),
            placeholder="not set" if optional else None,
            **shown,
        )
    typed = st.text_input(label, value=default or "", **shown)
    return typed or None if optional else typed


def _schema(field: FieldInfo) -> dict[str, Any]:
    """Return what a field's JSON schema says besides: the choices there are as `enum`, and their `titles`."""
    extra = field.json_schema_extra or {}
    if not callable(extra):
        return dict(extra)
    schema: dict[str, Any] = {}
    extra(schema)
    return schema


def _spoken(choice: Any) -> str:
    """Return a choice as a person says it: same_label as Same label."""
    words = str(choice).replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]


def _exponent(value: float) -> int:
    return int(f"{value:e}".split("e")[1])


def _parts(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _bounds(field: FieldInfo, kind: type) -> tuple[Any, Any]:
    low = high = None
    for rule in field.metadata:
        low = getattr(rule, "ge", getattr(rule, "gt", None)) if low is None else low
        high = getattr(rule, "le", getattr(rule, "lt", None)) if high is None else high
    return (kind(low) if low is not None else None, kind(high) if high is not None else None)
