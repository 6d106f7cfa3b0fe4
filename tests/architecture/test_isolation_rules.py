"""No line of the product can take one bank's things for another's; each rule finds a planted mistake."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import isolation_rules as rules
from tests.architecture.isolation_rules import Rule
from tests.architecture.sources import ROOT, Source, sources

pytestmark = pytest.mark.pitfall(14)

ALLOWED: dict[Rule, dict[str, str]] = {
    rules.tenant_contexts: {},
    rules.built_sql: {},
    rules.session_words: {
        "tenants/isolation/": "the only place that tells a session whose rows it may see",
    },
    rules.other_connections: {
        "tenants/isolation/": "the guarded connections themselves",
        "platform/collecto/scope_watch.py": "compares each open connection with what its server says",
        "platform/collecto/metrics.py": "reads the size of a pool, no row",
    },
    rules.advisory_locks: {
        "tenants/isolation/locks.py": "every kind of lock, its numbers and its order",
        "tenants/isolation/backend/base.py": "frees whatever a connection holds before it is used again",
    },
    rules.bare_storage: {
        "tenants/isolation/files.py": "keeps each bank under its prefix",
        "tenants/registry/exports.py": "a bank's whole export, kept beside its files by the platform",
        "apps/kernel/files.py": "asks the storage of the settings, which is the one above",
    },
    rules.remembered: {},
}
REMEMBERED = {
    "apps/kernel/facts.py": {"_wiring", "_facts", "_later", "_hint"},
    "apps/kernel/jobs/kinds.py": {"_kinds"},
    "apps/kernel/papers/__init__.py": {"_fonts"},
    "platform/collecto/demo/files.py": {"rows"},
    "platform/collecto/local_server.py": {"_parted"},
    "platform/collecto/settings/base.py": {"SILENCED_SYSTEM_CHECKS"},
    "platform/collecto/health.py": {"_known_migrations", "_allowed"},
    "tenants/isolation/blueprint.py": {"blueprint", "history_table"},
    "tenants/registry/territory.py": {"_by_code"},
    "tenants/registry/versions.py": {"present"},
}
"""What a process remembers, by name: code, settings and packaged data, never a row of a bank."""

PLANTED: list[tuple[Rule, str]] = [
    (rules.tenant_contexts, "from django_tenants.utils import schema_context"),
    (rules.tenant_contexts, "from django_tenants.utils import tenant_context as entered"),
    (rules.tenant_contexts, "with tenant:\n    pass"),
    (rules.tenant_contexts, "with request.bank as here:\n    pass"),
    (rules.built_sql, "cursor.execute(f'SELECT {x}')"),
    (rules.built_sql, "cursor.execute('SELECT %s' % x)"),
    (rules.built_sql, "cursor.execute('SELECT ' + x)"),
    (rules.built_sql, "cursor.execute('SELECT ' + x + ' FROM y')"),
    (rules.built_sql, "cursor.execute('SELECT {}'.format(x))"),
    (rules.built_sql, "cursor.execute(' '.join(parts))"),
    (rules.built_sql, "cursor.executemany(f'INSERT {x}', rows)"),
    (rules.built_sql, "Lot.objects.raw(f'SELECT {x}')"),
    (rules.built_sql, "def ask(cursor, x):\n    query = f'SELECT {x}'\n    cursor.execute(query)"),
    (rules.session_words, "cursor.execute('SET search_path = x')"),
    (rules.session_words, "cursor.execute('SET LOCAL ROLE x')"),
    (rules.session_words, "cursor.execute('SELECT 1; RESET ROLE')"),
    (rules.session_words, "cursor.execute('DISCARD ALL')"),
    (rules.session_words, "cursor.execute('SELECT set_config(%s, %s, true)', pair)"),
    (rules.other_connections, "connections['default'].cursor()"),
    (rules.other_connections, "db.connections[alias].cursor()"),
    (rules.advisory_locks, "cursor.execute('SELECT pg_advisory_lock(1)')"),
    (rules.advisory_locks, "cursor.execute('SELECT pg_try_advisory_xact_lock(%s)', [1])"),
    (rules.bare_storage, "from django.core.files.storage import default_storage"),
    (rules.bare_storage, "from django.core.files.storage.filesystem import FileSystemStorage"),
    (rules.remembered, "@lru_cache\ndef partners(): ..."),
    (rules.remembered, "@functools.cache\ndef partners(): ..."),
    (rules.remembered, "@functools.lru_cache(maxsize=9)\ndef partners(): ..."),
    (rules.remembered, "_seen: dict[str, int] = {}"),
    (rules.remembered, "_seen = defaultdict()"),
]
HARMLESS: list[tuple[Rule, str]] = [
    (rules.tenant_contexts, "with in_tenant(bank, Purpose.REQUEST):\n    pass"),
    (rules.built_sql, "cursor.execute(sql.SQL('DROP ROLE {}').format(sql.Identifier(x)))"),
    (rules.built_sql, "cursor.execute('SELECT %s', [x])"),
    (rules.session_words, "cursor.execute('UPDATE lot SET grams = 0')"),
    (rules.session_words, "cursor.execute('SET CONSTRAINTS ALL IMMEDIATE')"),
    (rules.session_words, '"""SET search_path is what the backend sends."""'),
    (rules.other_connections, "connections[OWNER_DATABASE].cursor()"),
    (rules.other_connections, "connections[current_scope().database].cursor()"),
    (rules.remembered, "KINDS = {'a': 1}"),
]


def parsed(text: str, path: str = "planted.py") -> Source:
    return Source(path, text)


def named_at(source: Source, line: int) -> str:
    """Return the name that a function or an assignment on a line gives."""
    for node in source.nodes:
        if getattr(node, "lineno", 0) == line:
            if isinstance(node, ast.FunctionDef):
                return node.name
            if isinstance(node, ast.Assign | ast.AnnAssign):
                target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                return ast.unparse(target)
    return ""


def is_allowed(rule: Rule, source: Source, line: int) -> bool:
    if rule is rules.remembered:
        return named_at(source, line) in REMEMBERED.get(source.path, set())
    return source.path.startswith(tuple(ALLOWED[rule]))


@pytest.mark.parametrize("rule", ALLOWED, ids=lambda rule: rule.__name__)
def test_no_line_of_the_product_breaks_the_rule(rule):
    broken = [
        f"{source.path}:{line}"
        for source in sources()
        for line in rule(source)
        if not is_allowed(rule, source, line)
    ]
    assert broken == []


@pytest.mark.parametrize(("rule", "text"), PLANTED)
def test_a_planted_mistake_is_found(rule, text):
    assert list(rule(parsed(text)))


@pytest.mark.parametrize(("rule", "text"), HARMLESS)
def test_what_is_harmless_passes(rule, text):
    assert list(rule(parsed(text))) == []


def test_every_rule_has_a_planted_mistake():
    assert {rule for rule, _text in PLANTED} == set(ALLOWED)


@pytest.mark.parametrize("rule", ALLOWED, ids=lambda rule: rule.__name__)
def test_no_exception_outlives_its_reason(rule):
    used = {place for place in ALLOWED[rule] for s in sources() if s.path.startswith(place) and any(rule(s))}
    assert used == set(ALLOWED[rule])


def test_what_is_remembered_is_still_there():
    found = {
        (source.path, named_at(source, line)) for source in sources() for line in rules.remembered(source)
    }
    assert {(path, name) for path, names in REMEMBERED.items() for name in names} <= found


BANNED = [
    "from django.core.cache import cache",
    "from django.core.cache import caches",
    "from django.core import cache",
    "from django.core import signing",
    "from django.core.signing import TimestampSigner",
    "import django.core.signing",
    "from django.core.files.storage import default_storage",
    "from django_tenants.utils import schema_context",
]


def complaints(text: str, path: str) -> str:
    """Return what the style check says of a module with this text at this place."""
    ruff = Path(sys.executable).parent / "ruff"
    done = subprocess.run(
        [ruff, "check", "--select", "TID251", "--stdin-filename", path, "-"],
        input=f"{text}\n",
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.mark.parametrize("text", BANNED)
def test_the_style_check_refuses_keys_and_signatures_made_elsewhere(text):
    assert "TID251" in complaints(text, "apps/stock/services/planted.py")


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("from django.core.cache import cache", "tenants/isolation/cache.py"),
        ("from django.core import signing", "apps/kernel/signing.py"),
    ],
)
def test_they_are_made_in_one_place(text, home):
    assert "TID251" not in complaints(text, home)
