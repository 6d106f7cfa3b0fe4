"""Budgets that keep the code readable: lengths, docstrings, imports where a reader looks for them."""

import ast
from statistics import median, quantiles

from tests.architecture.sources import length, sources


def test_no_function_is_longer_than_60_lines():
    long = [f"{s.path}:{f.lineno} {f.name}" for s in sources() for f in s.functions() if length(f) > 60]
    assert long == []


def test_functions_are_short_as_a_rule():
    lengths = [length(f) for s in sources() for f in s.functions()]
    assert median(lengths) <= 10
    assert quantiles(lengths, n=20)[-1] <= 35


def test_no_module_nor_test_is_longer_than_500_lines():
    long = [s.path for s in (*sources(), *sources("tests")) if s.line_count > 500]
    assert long == []


def test_modules_are_short_as_a_rule():
    assert quantiles([s.line_count for s in sources()], n=20)[-1] <= 300


def test_every_module_class_and_public_function_says_what_it_is():
    bare = [s.path for s in sources() if s.text.strip() and not ast.get_docstring(s.tree)]
    for source in sources():
        nested = _nested(source.tree)
        bare += [
            f"{source.path}:{node.lineno} {node.name}"
            for node in (*source.classes(), *source.functions())
            if not node.name.startswith("_")
            and node.name not in {"Meta", "Media"}
            and node not in nested
            and not _overrides(node)
            and not ast.get_docstring(node)
        ]
    assert bare == []


def test_nothing_is_imported_inside_a_function():
    hidden = [
        f"{s.path}:{node.lineno}"
        for s in sources()
        for f in s.functions()
        for node in ast.walk(f)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_no_signal_receiver_hides_a_flow():
    listening = [
        f"{s.path}:{node.lineno}"
        for s in sources()
        for node in s.nodes
        if (isinstance(node, ast.ImportFrom) and (node.module or "").endswith(("dispatch", "signals")))
    ]
    assert listening == []


def test_only_the_crossing_opens_scopes():
    allowed = {
        "apps/kernel/scope.py",
        "tenants/crossing.py",
        "tenants/isolation/owning.py",
        "tenants/registry/middleware.py",
        "tenants/isolation/backend/base.py",
        "tenants/isolation/backend/callbacks.py",
    }
    opening = {
        s.path
        for s in sources()
        for node in s.nodes
        if isinstance(node, ast.Name) and node.id in {"scope_opened", "schema_context", "tenant_context"}
    }
    assert opening <= allowed


NO_WRITES = {
    "apps/stock/services/correction.py is_reversible": "a question asked by the page and by the service",
    "apps/stock/services/lots.py lot_from_line": "makes the row that a service then saves",
    "apps/stock/services/lots.py lot_from_origin": "makes the row that a service then saves",
    "apps/stock/services/posting.py posted": "the single step that all services of the ledger share",
}


def test_services_name_their_actor_first_and_take_keywords():
    wrong = [
        f"{source.path}:{f.lineno} {f.name}"
        for source in sources("apps")
        if "/services" in source.path
        for f in source.tree.body
        if isinstance(f, ast.FunctionDef) and not f.name.startswith("_")
        if f"{source.path} {f.name}" not in NO_WRITES
        if [argument.arg for argument in f.args.args] != ["actor"]
    ]
    assert wrong == []


def _nested(tree: ast.Module) -> set[ast.AST]:
    """Return the functions and classes that stand inside a function."""
    outer = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {inner for function in outer for inner in ast.walk(function) if inner is not function}


def _overrides(node: ast.AST) -> bool:
    """Tell whether a method only overrides a framework's (its meaning is the framework's)."""
    decorators = getattr(node, "decorator_list", [])
    is_override = any(isinstance(d, ast.Name) and d.id == "override" for d in decorators)
    return is_override or getattr(node, "name", "") in {"clean", "save", "get_queryset", "get", "post"}
