"""From a case to a call: fresh arguments each time, and the bound function to call with them."""

from __future__ import annotations

import ast
import random
import types
from typing import Any, Callable, Dict, NamedTuple, Optional, Tuple

from afterburner_worker import install
from afterburner_worker.messages import CaseSpec
from afterburner_worker.thaw import compile_thaw

SEED = 20_251_121
_MISSING = object()


class Call(NamedTuple):
    """A call that is ready to run; the roots are what an observation looks at afterwards."""

    function: Callable[..., Any]
    args: Tuple[Any, ...]
    kwargs: Dict[str, Any]
    receiver: Any = _MISSING
    direct: bool = True

    @property
    def has_receiver(self) -> bool:
        return self.receiver is not _MISSING

    def roots(self) -> Dict[str, Any]:
        """Arguments by channel name."""
        if not self.direct:
            return {}
        found: Dict[str, Any] = {"args": self.args, "kwargs": self.kwargs}
        if self.has_receiver:
            found["receiver"] = self.receiver
        return found


def maker(placed: install.Placed, case: CaseSpec) -> Callable[[], Call]:
    """A function that gives a fresh `Call` of the case each time."""
    if case.graph is not None:
        return _from_graph(placed, case.graph)
    return _from_text(placed, case.expression or "", case.setup)


def from_roots(placed: install.Placed, roots: Dict[str, Any]) -> Call:
    """A call with these arguments."""
    args, kwargs = tuple(roots.get("args", ())), dict(roots.get("kwargs", {}))
    if "receiver" not in roots:
        return Call(getattr(placed.owner, placed.name), args, kwargs)
    return Call(_bound(placed, roots["receiver"]), args, kwargs, roots["receiver"])


def _from_graph(placed: install.Placed, graph: Dict[str, Any]) -> Callable[[], Call]:
    thaw = compile_thaw(graph)
    return lambda: from_roots(placed, thaw())


def _from_text(placed: install.Placed, expression: str, setup: str) -> Callable[[], Call]:
    tree = ast.parse(expression.strip(), mode="eval").body
    prepare = compile(setup, "<setup>", "exec", dont_inherit=True)

    def make() -> Call:
        random.seed(SEED)
        space = dict(vars(placed.module))
        exec(prepare, space)
        return _direct(placed, tree, space) or _driver(tree, space)

    return make


def _driver(tree: ast.expr, space: Dict[str, Any]) -> Call:
    code = compile(ast.Expression(tree), "<call>", "eval", dont_inherit=True)
    return Call(lambda: eval(code, space), (), {}, direct=False)


def _direct(placed: install.Placed, tree: ast.expr, space: Dict[str, Any]) -> Optional[Call]:
    """The call itself when the expression calls the target, else None."""
    if isinstance(tree, ast.Attribute) and tree.attr == placed.name:
        return _property_read(placed, _evaluate(tree.value, space))
    if not isinstance(tree, ast.Call):
        return None
    if isinstance(tree.func, ast.Attribute) and tree.func.attr == placed.name:
        base = _evaluate(tree.func.value, space)
        if _is_method_of(placed, base):
            return _with_arguments(_bound(placed, base), tree, space, base)
    if not _is_dotted(tree.func):
        return None
    function = _evaluate(tree.func, space)
    return _with_arguments(function, tree, space) if _reaches(placed, function) else None


def _is_dotted(tree: ast.expr) -> bool:
    """Whether an expression only names something: evaluating anything else here would run part of the case."""
    while isinstance(tree, ast.Attribute):
        tree = tree.value
    return isinstance(tree, ast.Name)


def _with_arguments(
    function: Callable[..., Any], tree: ast.Call, space: Dict[str, Any], receiver: Any = _MISSING
) -> Call:
    collect = ast.Call(ast.Name("__afterburner_collect__", ast.Load()), tree.args, tree.keywords)
    space = dict(space, __afterburner_collect__=lambda *args, **kwargs: (args, kwargs))
    args, kwargs = _evaluate(collect, space)
    return Call(function, args, kwargs, receiver)


def _property_read(placed: install.Placed, base: Any) -> Optional[Call]:
    return Call(_bound(placed, base), (), {}, base) if _is_method_of(placed, base) else None


def _is_method_of(placed: install.Placed, base: Any) -> bool:
    """True when looking the target's name up on this object leads to the target."""
    if isinstance(base, types.ModuleType):
        return False
    kind = base if isinstance(base, type) else type(base)
    for space in (vars(entry) for entry in kind.__mro__):
        if placed.name in space:
            return _reaches(placed, space[placed.name])
    return False


def _reaches(placed: install.Placed, function: Any) -> bool:
    return any(inner is placed.function for inner in install.unwrapped(function))


def _bound(placed: install.Placed, receiver: Any) -> Callable[..., Any]:
    attribute = placed.owner.__dict__.get(placed.name) if isinstance(placed.owner, type) else None
    read = _reader(placed, receiver, attribute)
    if isinstance(attribute, property) or type(attribute).__name__ == "cached_property":
        return read
    function: Callable[..., Any] = read()
    return function


def _reader(placed: install.Placed, receiver: Any, attribute: Any) -> Callable[[], Any]:
    """How to read the target's name on an object: past a subclass that overrides it, as `super()` would."""
    is_class = isinstance(receiver, type)
    lines = (receiver if is_class else type(receiver)).__mro__
    provider = next((kind for kind in lines if placed.name in kind.__dict__), None)
    if provider is None or provider is placed.owner or not hasattr(type(attribute), "__get__"):
        return lambda: getattr(receiver, placed.name)
    if is_class:
        return lambda: attribute.__get__(None, receiver)
    return lambda: attribute.__get__(receiver, type(receiver))


def _evaluate(tree: ast.expr, space: Dict[str, Any]) -> Any:
    expression = ast.fix_missing_locations(ast.Expression(tree))
    return eval(compile(expression, "<call>", "eval", dont_inherit=True), space)
