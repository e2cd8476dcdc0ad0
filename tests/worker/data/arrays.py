"""Run by a Python with numpy and pandas: freezes samples, thaws them, and prints what came out as JSON.

With texts on stdin (name → expression), it evaluates those instead and prints the graphs of their values.
"""

from __future__ import annotations

import json
import random
import sys
import typing

import numpy
import numpy.typing
import pandas

sys.path.insert(0, sys.argv[1])

from afterburner_worker.freeze import freeze
from afterburner_worker.graph import canonical
from afterburner_worker.hints import parse
from afterburner_worker.key import key
from afterburner_worker.mutate import leaves, mutate
from afterburner_worker.palette import values
from afterburner_worker.scalars import Pool
from afterburner_worker.scale import dimensions, scaled
from afterburner_worker.thaw import compile_thaw, thaw

DAYS = ["2020-01-01", "2021-06-01"]

SAMPLES = {
    "int": lambda: numpy.arange(6).reshape(2, 3),
    "columns": lambda: numpy.asfortranarray(numpy.ones((2, 3))),
    "none": lambda: [numpy.empty((0, 3)), numpy.array(3.5)],
    "small": lambda: [numpy.array([True, False]), numpy.array([2**64 - 1], dtype="u8"), numpy.array([0.1], dtype="f4")],
    "nan": lambda: numpy.array([numpy.nan, -0.0, numpy.inf]),
    "complex": lambda: numpy.array([1 + 2j]),
    "texts": lambda: [numpy.array([b"ab"]), numpy.array(["a", "bé"])],
    "times": lambda: [numpy.array(["2020-01-01", "NaT"], dtype="M8[D]"), numpy.array([5], dtype="m8[us]")],
    "objects": lambda: numpy.array([1, "a", None], dtype=object),
    "swapped": lambda: numpy.arange(3, dtype=">i4"),
    "records": lambda: numpy.array([(1, "a", 2.5)], dtype=[("x", "i4"), ("y", "U3"), ("z", "f8")]),
    "matrix": lambda: numpy.matrix([[1, 2]]),
    "scalars": lambda: [numpy.float64(1.5), numpy.int8(3), numpy.bool_(True), numpy.datetime64("2020-01-01")],
    "names": lambda: [numpy.dtype("f4"), numpy.add, numpy.sum, numpy.ndarray],
    "frame": lambda: pandas.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": [1.5, float("nan")]}),
    "extended": lambda: pandas.DataFrame(
        {
            "i": pandas.array([1, None], dtype="Int64"),
            "b": pandas.array([True, None], dtype="boolean"),
            "c": pandas.Categorical(["x", "y"], ordered=True),
            "t": pandas.to_datetime(DAYS),
            "z": pandas.to_datetime(DAYS).tz_localize("Europe/Berlin"),
            "s": pandas.array(["a", None], dtype="string"),
        },
        index=pandas.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["k", None]),
    ),
    "series": lambda: pandas.Series([1, 2], name="n", index=["x", "y"]),
    "indexes": lambda: [
        pandas.RangeIndex(1, 5, 2),
        pandas.date_range("2020-01-01", periods=3, freq="D"),
        pandas.to_timedelta([1, 2], unit="s"),
        pandas.CategoricalIndex(["a", "b"]),
        pandas.Index([1, "a"], dtype=object),
    ],
    "moments": lambda: [
        pandas.Timestamp("2020-01-01 12:00", tz="UTC"),
        pandas.Timestamp("2020"),
        pandas.Timedelta("1s"),
        pandas.NaT,
        pandas.NA,
    ],
    "empty": lambda: pandas.DataFrame(),
}
"""What is written as data."""

NOT_AS_CODE = {
    "strided": lambda: numpy.arange(10)[::2],
    "read only": lambda: numpy.broadcast_to(numpy.arange(3), (2, 3)),
    "same names": lambda: pandas.DataFrame([[1, 2]], columns=["a", "a"]),
}
SEALED = {
    "period": lambda: pandas.period_range("2020", periods=2, freq="M"),
    "generator": lambda: numpy.random.default_rng(1),
    "masked": lambda: numpy.ma.masked_array([1, 2], [True, False]),
}
"""What only a pickle holds."""


GROWN = {
    "distinct": lambda: numpy.array([3, 1, 2]),
    "sorted": lambda: numpy.array([1.5, 2.5, 4.0]),
    "narrow": lambda: numpy.array([1, 2], dtype="i2"),
    "rows": lambda: numpy.ones((2, 3)),
    "frame": lambda: pandas.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
    "series": lambda: pandas.Series([1, 2], index=["x", "y"]),
}


def _grown(value):
    """The length of a value when grown to 50 rows, whether its type stayed, and the dimensions that it has."""
    [made] = scaled((value,), {}, "0", 50, "same", 1)[0]
    return [len(made), type(made) is type(value), dimensions((value,), {})]


HINTS = {
    "np.ndarray": numpy.ndarray,
    "npt.NDArray[np.float32]": numpy.ndarray,
    "pd.DataFrame": pandas.DataFrame,
    "pd.Series": pandas.Series,
}


def _made_up():
    """For each hint: whether all values are of its type, and what occurs among them."""
    rng, out = random.Random(1), {}
    for text, kind in HINTS.items():
        found = [values(text, rng) for _ in range(200)]
        lengths = {min(len(one), 3) for one in found if numpy.ndim(one)}
        out[text] = [{type(one) for one in found} == {kind}, sorted(lengths)]
    floats = [values("npt.NDArray[np.float32]", rng) for _ in range(200)]
    out["float32"] = [{str(one.dtype) for one in floats} == {"float32"}, any(numpy.isnan(one).any() for one in floats)]
    live = typing.get_type_hints(_hinted)["x"]
    out["live"] = [parse(live).kind, parse(live).of[0]]
    return out


def _hinted(x: "numpy.typing.NDArray[numpy.int64]"): ...


def _form(value):
    types = value.dtypes if hasattr(value, "columns") else value.dtype
    return type(value).__name__, str(types)


def _mutated():
    """For each sample: whether type and dtypes stay, and how many different ones come out of 100 mutations."""
    pool, out = Pool(random.Random(1)), {}
    for name, make in GROWN.items():
        found = [mutate(make(), pool, leaves(make())) for _ in range(100)]
        same = {_form(one) for one in found} == {_form(make())}
        out[name] = [same, len({key(one) for one in found}) > 20, {len(one) for one in found} >= {0, 1, 2}]
    return out


def main():
    texts = json.loads(sys.stdin.read() or "{}")
    if texts:
        space = {"numpy": numpy, "pandas": pandas}
        print(json.dumps({name: freeze({"x": eval(text, space)}) for name, text in texts.items()}))
        return
    out = {"same": {}, "graphs": {}, "sealed": {}, "spelled": sorted(SAMPLES)}
    for name, make in {**SAMPLES, **NOT_AS_CODE}.items():
        graph = freeze({"x": make()})
        copies = compile_thaw(graph)
        found = [canonical(freeze(copy)) for copy in (thaw(graph), copies(), copies())]
        out["same"][name] = found == [canonical(graph)] * 3
        out["graphs"][name] = graph
    for name, make in SEALED.items():
        graph, plain = freeze({"x": make()}, carry=True), freeze({"x": make()})
        out["sealed"][name] = [graph["nodes"][0][0], plain["nodes"][0][0], type(thaw(graph)["x"]) is type(make())]
    out["grown"] = {name: _grown(make()) for name, make in GROWN.items()}
    out["made up"], out["mutated"] = _made_up(), _mutated()
    base = numpy.arange(4)
    out["graphs"]["views"] = freeze({"args": (base, base[1:]), "result": base[2:]})
    again = thaw(freeze({"x": [base.reshape(2, 2), base[::2], base[1:]], "base": base}))
    again["base"][:] = 7
    out["views"] = [one.tolist() for one in again["x"]]
    print(json.dumps(out))


if __name__ == "__main__":
    main()
