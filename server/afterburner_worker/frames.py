"""pandas' tables, columns and indexes as nodes, and back; pandas is only ever found, never imported.

A table is written by its parts: columns as arrays of numpy where their dtype is one of its own, else as what that kind
of column is made of. What is made of other things (Arrow, periods, intervals, sparse columns) has no data form here.
"""

from __future__ import annotations

import sys
import types
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from afterburner_worker.arrays import numpy
from afterburner_worker.graph import Node, ThawError

Parts = Tuple[List[Tuple[Any, Any]], Dict[str, Any]]
"""Labelled columns, and the other parts by name."""


def pandas() -> Any:
    """The module where the program has imported it, or None."""
    module = sys.modules.get("pandas")
    return module if type(module) is types.ModuleType and hasattr(module, "DataFrame") else None


def node(walk: Any, thing: Any) -> Optional[Node]:
    """The node of a table, a column, an index or a single time of pandas; None for all else, and without a data form.

    `walk` is the pass of `freeze` that meets it.
    """
    pd = pandas()
    if pd is None:
        return None
    if thing is pd.NA or thing is pd.NaT:
        return ["value", "pandas:NA" if thing is pd.NA else "pandas:NaT", []]
    kind = type(thing)
    if kind is pd.Timestamp or kind is pd.Timedelta:
        return _moment(walk, pd, thing)
    for name, (take, _) in _FORMS.items():
        if kind is _class(pd, name):
            parts = take(pd, thing)
            if parts is None:
                return None
            pairs = [[walk.value(label), walk.value(column)] for label, column in parts[0]]
            return ["table", "pandas:" + name, pairs, [[key, walk.value(part)] for key, part in parts[1].items()]]
    return None


def maker(name: str) -> Callable[[List[Tuple[Any, Any]], Mapping[str, Any]], Any]:
    """What makes a table of columns and parts; `ThawError` where pandas is missing or the name is none of ours."""
    pd = pandas()
    form = _FORMS.get(name.partition(":")[2])
    if pd is None or form is None or not name.startswith("pandas:"):
        raise ThawError("%s cannot be rebuilt here." % name)
    known = form[1]
    return lambda pairs, parts: known(pd, pairs, parts)


def _class(pd: Any, name: str) -> Any:
    return getattr(pd, name, None) or getattr(pd.arrays, name, None)


def _moment(walk: Any, pd: Any, thing: Any) -> Optional[Node]:
    count = walk.value(int(getattr(thing, "_value", thing.value)))  # in its own unit, from pandas 2 on
    parts = [count, getattr(thing, "unit", "ns")]
    if type(thing) is pd.Timedelta:
        return ["value", "pandas:Timedelta", parts]
    zone = None if thing.tzinfo is None else str(thing.tzinfo)
    if zone is not None and _zoned(pd, zone) is None:
        return None
    return ["value", "pandas:Timestamp", [*parts, zone]]


def _make_timestamp(value: int, unit: str, zone: Optional[str]) -> Any:
    made = pandas().Timestamp(numpy().datetime64(value, unit))
    return made if zone is None else made.tz_localize("UTC").tz_convert(zone)


def _make_timedelta(value: int, unit: str) -> Any:
    return pandas().Timedelta(numpy().timedelta64(value, unit))


def _zoned(pd: Any, zone: str) -> Any:
    try:
        return pd.Timestamp(0, tz=zone)
    except Exception:  # zone libraries raise errors of their own
        return None


VALUES: Dict[str, Callable[..., Any]] = {
    "pandas:NA": lambda: pandas().NA,
    "pandas:NaT": lambda: pandas().NaT,
    "pandas:Timestamp": _make_timestamp,
    "pandas:Timedelta": _make_timedelta,
}
"""Makers of what is written as a value."""


def _held(column: Any) -> Any:
    """A column's content as a fresh array of numpy, or as its own kind of array."""
    np = numpy()
    return np.array(column.to_numpy(), copy=True) if isinstance(column.dtype, np.dtype) else column.array


def _frame(pd: Any, frame: Any) -> Parts:
    columns = [(label, _held(frame.iloc[:, place])) for place, label in enumerate(frame.columns)]
    parts = {"index": frame.index, "columns": frame.columns}
    return columns, {**parts, **({"attrs": dict(frame.attrs)} if frame.attrs else {})}


def _make_frame(pd: Any, pairs: List[Tuple[Any, Any]], parts: Mapping[str, Any]) -> Any:
    made = pd.DataFrame({place: column for place, (_, column) in enumerate(pairs)}, index=parts["index"])
    made.columns = parts["columns"]
    made.attrs.update(parts.get("attrs", {}))
    return made


def _series(pd: Any, series: Any) -> Parts:
    parts = {"values": _held(series), "index": series.index, "name": series.name}
    return [], {**parts, **({"attrs": dict(series.attrs)} if series.attrs else {})}


def _make_series(pd: Any, pairs: Any, parts: Mapping[str, Any]) -> Any:
    made = pd.Series(parts["values"], index=parts["index"], name=parts["name"], dtype=parts["values"].dtype)
    made.attrs.update(parts.get("attrs", {}))
    return made


def _index(pd: Any, index: Any) -> Parts:
    return [], {"values": _held(index), "name": index.name}


def _make_index(pd: Any, pairs: Any, parts: Mapping[str, Any]) -> Any:
    return pd.Index(parts["values"], name=parts["name"], dtype=parts["values"].dtype, tupleize_cols=False)


def _range_index(pd: Any, index: Any) -> Parts:
    return [], {"values": range(index.start, index.stop, index.step), "name": index.name}


def _make_range_index(pd: Any, pairs: Any, parts: Mapping[str, Any]) -> Any:
    return pd.RangeIndex(parts["values"], name=parts["name"])


def _multi_index(pd: Any, index: Any) -> Parts:
    np = numpy()
    codes = [np.array(one, copy=True) for one in index.codes]
    return [], {"levels": list(index.levels), "codes": codes, "names": list(index.names)}


def _make_multi_index(pd: Any, pairs: Any, parts: Mapping[str, Any]) -> Any:
    return pd.MultiIndex(levels=parts["levels"], codes=parts["codes"], names=parts["names"])


def _time_index(pd: Any, index: Any) -> Parts:
    return [], {"values": _held(index), "name": index.name, "freq": index.freqstr}


def _make_time_index(pd: Any, pairs: Any, parts: Mapping[str, Any]) -> Any:
    made = pd.Index(parts["values"], name=parts["name"])
    if parts["freq"] is not None:
        made.freq = parts["freq"]
    return made


def _categorical(pd: Any, array: Any) -> Parts:
    codes = numpy().array(array.codes, copy=True)
    return [], {"codes": codes, "categories": array.categories, "ordered": bool(array.ordered)}


def _make_categorical(pd: Any, pairs: Any, parts: Mapping[str, Any]) -> Any:
    return pd.Categorical.from_codes(parts["codes"], categories=parts["categories"], ordered=parts["ordered"])


def _masked(pd: Any, array: Any) -> Parts:
    np = numpy()
    return [], {"data": np.array(array._data, copy=True), "mask": np.array(array._mask, copy=True)}


def _make_masked(pd: Any, pairs: Any, parts: Mapping[str, Any]) -> Any:
    names = {"b": "BooleanArray", "f": "FloatingArray"}
    return _class(pd, names.get(parts["data"].dtype.kind, "IntegerArray"))(parts["data"], parts["mask"])


def _zoned_times(pd: Any, array: Any) -> Optional[Parts]:
    zone = str(array.tz)
    found = _zoned(pd, zone)
    if found is None or str(found.tz) != zone:
        return None
    return [], {"utc": numpy().array(array.tz_convert("UTC").tz_localize(None).to_numpy(), copy=True), "zone": zone}


def _make_zoned_times(pd: Any, pairs: Any, parts: Mapping[str, Any]) -> Any:
    return pd.DatetimeIndex(parts["utc"]).tz_localize("UTC").tz_convert(parts["zone"]).array


def _texts(pd: Any, array: Any) -> Parts:
    text = str(array.dtype)
    name = "string[%s]" % array.dtype.storage if text == "string" else text
    return [], {"values": array.to_numpy(dtype=object).tolist(), "dtype": name}


def _make_texts(pd: Any, pairs: Any, parts: Mapping[str, Any]) -> Any:
    return pd.array(parts["values"], dtype=parts["dtype"])


_Take = Callable[[Any, Any], Optional[Parts]]
_Make = Callable[[Any, Any, Mapping[str, Any]], Any]
_FORMS: Dict[str, Tuple[_Take, _Make]] = {
    "DataFrame": (_frame, _make_frame),
    "Series": (_series, _make_series),
    "Index": (_index, _make_index),
    "RangeIndex": (_range_index, _make_range_index),
    "MultiIndex": (_multi_index, _make_multi_index),
    "DatetimeIndex": (_time_index, _make_time_index),
    "TimedeltaIndex": (_time_index, _make_time_index),
    "CategoricalIndex": (_index, _make_index),
    "Categorical": (_categorical, _make_categorical),
    "IntegerArray": (_masked, _make_masked),
    "FloatingArray": (_masked, _make_masked),
    "BooleanArray": (_masked, _make_masked),
    "DatetimeArray": (_zoned_times, _make_zoned_times),
    "StringArray": (_texts, _make_texts),
    "ArrowStringArray": (_texts, _make_texts),
}
