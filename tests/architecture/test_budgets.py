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
        named = [n for n in (*source.classes(), *source.functions()) if not n.name.startswith("_")]
        bare += [
            f"{source.path}:{n.lineno} {n.name}"
            for n in named
            if not ast.get_docstring(n) and n.name not in {"Meta", "Media"} and not _is_nested(source.tree, n)
            and not _overrides(n)
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
        for node in ast.walk(s.tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").endswith(("dispatch", "signals")))
    ]
    assert listening == []


def test_raw_sql_is_never_built_from_strings():
    """An f-string, ``%`` or ``+`` given to ``execute`` could carry somebody's input."""
    built = []
    for source in sources():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "execute":
                if node.args and isinstance(node.args[0], ast.JoinedStr | ast.BinOp):
                    built.append(f"{source.path}:{node.lineno}")
    assert built == []


def test_only_the_crossing_opens_scopes():
    allowed = {
        "apps/kernel/scope.py",
        "tenants/crossing.py",
        "tenants/isolation/schemas.py",
        "tenants/registry/middleware.py",
        "tenants/isolation/backend/base.py",
    }
    opening = {
        s.path
        for s in sources()
        for node in ast.walk(s.tree)
        if isinstance(node, ast.Name) and node.id in {"scope_opened", "schema_context", "tenant_context"}
    }
    assert opening <= allowed


def test_services_name_their_actor_first_and_take_keywords():
    wrong = []
    for source in sources("apps"):
        if not source.path.endswith("services.py"):
            continue
        for f in source.tree.body:
            if isinstance(f, ast.FunctionDef) and not f.name.startswith("_"):
                if [a.arg for a in f.args.args] != ["actor"]:
                    wrong.append(f"{source.path}:{f.lineno} {f.name}")
    assert wrong == []


def _is_nested(tree: ast.Module, node: ast.AST) -> bool:
    """Tell whether a node stands inside a function."""
    return any(
        node is not outer and any(inner is node for inner in ast.walk(outer))
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def _overrides(node: ast.AST) -> bool:
    """Tell whether a method only overrides a framework's (its meaning is the framework's)."""
    decorators = getattr(node, "decorator_list", [])
    return any(isinstance(d, ast.Name) and d.id in {"override", "property"} for d in decorators) or (
        getattr(node, "name", "") in {"clean", "save", "get_queryset", "get_context_data", "dispatch", "get", "post"}
    )
