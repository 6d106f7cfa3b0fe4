"""What no line of the product may do, because one bank could then reach another one's things.

Each rule takes a parsed module and yields the lines that break it.
"""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Final

from tests.architecture.sources import Source

Rule = Callable[[Source], Iterator[int]]

EXECUTING: Final = {"execute", "executemany", "executescript", "raw", "RawSQL", "mogrify", "extra"}
TENANT_CONTEXTS: Final = {"schema_context", "tenant_context", "schema_rename", "get_tenant_model"}
EMPTY_MAKERS: Final = {
    "dict",
    "list",
    "set",
    "defaultdict",
    "OrderedDict",
    "Counter",
    "deque",
    "WeakKeyDictionary",
    "WeakValueDictionary",
}
SESSION_WORDS: Final = re.compile(
    r"(?:^|;)\s*(?:SET\s+(?!CONSTRAINTS\b|TRANSACTION\b)|RESET\s|DISCARD\s)|\bset_config\s*\("
)
"""``SET CONSTRAINTS`` and ``SET TRANSACTION`` say nothing about whose rows are in reach."""


def tenant_contexts(source: Source) -> Iterator[int]:
    """django-tenants' own ways into a bank: its contexts, or ``with tenant:``."""
    for node in source.nodes:
        if _comes_from(node, "django_tenants.utils") & TENANT_CONTEXTS:
            yield node.lineno  # type: ignore[attr-defined]
        if isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                if re.search(r"(^|[._])(tenant|bank)$", _dotted(item.context_expr)):
                    yield node.lineno


def built_sql(source: Source) -> Iterator[int]:
    """SQL made of pieces of text, in the call or in a name that the call uses."""
    for call in _calls(source.tree):
        if _last(call.func) in EXECUTING and call.args and _is_built(call.args[0]):
            yield call.lineno
    for function in source.functions():
        built = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and _is_built(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in _calls(function):
            if _last(call.func) in EXECUTING and call.args and _dotted(call.args[0]) in built:
                yield call.lineno


def session_words(source: Source) -> Iterator[int]:
    """SQL that changes what the session may see: ``SET``, ``RESET``, ``DISCARD``, ``set_config``."""
    yield from (line for line, text in _texts(source) if SESSION_WORDS.search(text))


def other_connections(source: Source) -> Iterator[int]:
    """A connection by a name that is neither the owner's nor the open scope's."""
    for node in source.nodes:
        if isinstance(node, ast.Subscript) and _last(node.value) == "connections":
            name = ast.unparse(node.slice)
            if not re.fullmatch(r"OWNER_DATABASE|current_scope\(\)\.(database|reads_from)", name):
                yield node.lineno


def advisory_locks(source: Source) -> Iterator[int]:
    """Advisory locks taken by hand: their numbers are shared by every bank."""
    yield from (line for line, text in _texts(source) if re.search(r"pg_(try_)?advisory", text))


def bare_storage(source: Source) -> Iterator[int]:
    """Django's storages, which know no bank."""
    for node in source.nodes:
        if _comes_from(node, "django.core.files.storage"):
            yield node.lineno  # type: ignore[attr-defined]


def remembered(source: Source) -> Iterator[int]:
    """What a process remembers between requests: ``lru_cache``, ``cache``, and containers born empty."""
    for function in source.functions():
        if any(
            _last(each.func if isinstance(each, ast.Call) else each) in {"lru_cache", "cache"}
            for each in function.decorator_list
        ):
            yield function.lineno
    for statement in source.tree.body:
        value = getattr(statement, "value", None)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and value is not None and _is_empty(value):
            yield statement.lineno


def _comes_from(node: ast.AST, module: str) -> set[str]:
    """Return the names that a statement imports from a module or from under it."""
    if not isinstance(node, ast.ImportFrom) or not f"{node.module}.".startswith(f"{module}."):
        return set()
    return {name.name for name in node.names}


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _dotted(node: ast.expr) -> str:
    """Return ``a.b.c`` for a name or attributes of one, an empty text for anything else."""
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return node.id if isinstance(node, ast.Name) else ""


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_built(node: ast.expr) -> bool:
    """Tell whether a text is put together: f-string, ``%``, ``+``, ``.format``, ``.join``, ``.replace``."""
    if isinstance(node, ast.JoinedStr):
        return True
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return any(_is_text(side) or _is_built(side) for side in (node.left, node.right))
    called = node.func if isinstance(node, ast.Call) else None
    return (
        isinstance(called, ast.Attribute)
        and called.attr in {"format", "join", "replace"}
        and (_is_text(called.value) or _is_built(called.value))
    )


def _texts(source: Source) -> Iterator[tuple[int, str]]:
    """Yield every text of a module with its line, the docstrings left out."""
    said = {
        node.value
        for node in source.nodes
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in source.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in said:
            yield node.lineno, node.value


def _is_empty(value: ast.expr) -> bool:
    if isinstance(value, ast.Dict):
        return not value.keys
    if isinstance(value, ast.List | ast.Set):
        return not value.elts
    return isinstance(value, ast.Call) and _last(value.func) in EMPTY_MAKERS and not value.args
