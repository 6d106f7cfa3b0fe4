"""What the architecture tests read: every Python source of the product, parsed and walked once."""

import ast
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("platform/collecto", "tenants", "apps", "api")


@dataclass(frozen=True)
class Source:
    """One module: its path from the root and its text; its syntax tree when somebody asks for it."""

    path: str
    text: str

    @property
    def line_count(self) -> int:
        return self.text.count("\n")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @cached_property
    def imports(self) -> tuple[ast.Import | ast.ImportFrom, ...]:
        return tuple(node for node in self.nodes if isinstance(node, ast.Import | ast.ImportFrom))

    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [n for n in self.nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]

    def classes(self) -> list[ast.ClassDef]:
        return [n for n in self.nodes if isinstance(n, ast.ClassDef)]


@lru_cache
def sources(*tops: str) -> tuple[Source, ...]:
    """Return the parsed modules under the given folders (the product's by default), migrations left out."""
    found = []
    for top in tops or PRODUCT:
        for path in sorted((ROOT / top).rglob("*.py")):
            if "migrations" not in path.parts:
                text = path.read_text(encoding="utf-8")
                found.append(Source(str(path.relative_to(ROOT)), text))
    return tuple(found)


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function, its docstring left out."""
    first = function.body[0]
    is_doc = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    doc = (first.end_lineno or 0) - first.lineno + 1 if is_doc else 0
    return (function.end_lineno or 0) - function.lineno + 1 - doc
