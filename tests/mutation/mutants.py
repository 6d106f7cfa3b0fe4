"""The guards that keep banks apart, and the smallest change that would take each away.

``before`` stands exactly once in its file: a guard that is rewritten must be named anew here.
"""

from dataclasses import dataclass

ISOLATION = "tests/tenants/isolation"


@dataclass(frozen=True)
class Mutant:
    """One guard taken away, and the test that must notice."""

    guard: str
    path: str
    before: str
    after: str
    noticed_by: str


MUTANTS = (
    Mutant(
        guard="role of each bank: its tables are open to every bank's role",
        path="tenants/isolation/rights.py",
        before='grants.append(_grant(getattr(model, "DATABASE_RIGHTS", ALL), schema, table, schema))',
        after="grants += [_on_schema(schema, BANKS), _grant(ALL, schema, table, schema), _grant(ALL, schema, table, BANKS)]",
        noticed_by=f"{ISOLATION}/test_rights.py::test_reading_any_table_of_another_bank_is_refused",
    ),
    Mutant(
        guard="role of the open scope: every session keeps the platform's",
        path="tenants/isolation/backend/base.py",
        before="        return Applied((scope.schema, PUBLIC_SCHEMA), scope.role)",
        after="        return Applied((scope.schema, PUBLIC_SCHEMA), scope.role and scope.role.split(':')[0] + ':platform')",
        noticed_by=f"{ISOLATION}/test_connection.py::test_every_connection_follows_the_open_bank",
    ),
    Mutant(
        guard="policy on the shared rows",
        path="tenants/isolation/rights.py",
        before="    if rows is None:\n        return\n",
        after="    return\n",
        noticed_by="tests/tenants/network/test_transit_guard.py"
        "::test_the_two_parties_see_the_transfer_and_no_other_bank_does",
    ),
    Mutant(
        guard="pool reset",
        path="tenants/isolation/backend/base.py",
        before="    connection.execute(FORGET)\n",
        after="    return\n",
        noticed_by=f"{ISOLATION}/test_connection.py::test_a_reused_connection_of_the_pool_knows_no_bank",
    ),
    Mutant(
        guard="forgetting what was applied when a transaction is undone",
        path="tenants/isolation/backend/base.py",
        before='        """Forget what was applied."""\n        self._applied = None\n',
        after='        """Forget what was applied."""\n',
        noticed_by=f"{ISOLATION}/test_connection.py::test_a_switch_that_a_rollback_takes_back_is_made_again",
    ),
    Mutant(
        guard="refusal of statements that change role or schema",
        path="tenants/isolation/backend/base.py",
        before='    if SUSPECT.search(text) and SWITCH.search(ASIDE.sub(" ", text).replace(\'"\', " ")):\n',
        after="    if False:\n",
        noticed_by=f"{ISOLATION}/test_connection.py::test_code_that_changes_role_or_schema_is_refused",
    ),
    Mutant(
        guard="set_config taken from everybody",
        path="tenants/isolation/rights.py",
        before="        _close_set_config(cursor)\n",
        after="",
        noticed_by=f"{ISOLATION}/test_connection.py"
        "::test_a_function_that_changes_role_or_schema_is_refused_by_the_database",
    ),
    Mutant(
        guard="one statement per message",
        path="platform/collecto/settings/database.py",
        before='            "server_side_binding": True,\n',
        after="",
        noticed_by=f"{ISOLATION}/test_connection.py::test_two_statements_in_one_with_a_parameter_are_refused",
    ),
    Mutant(
        guard="the owner's connection serves the owner alone",
        path="tenants/isolation/backend/base.py",
        before="        if (scope.kind is ScopeKind.OWNER) is not self._is_owner:\n",
        after="        if False:\n",
        noticed_by=f"{ISOLATION}/test_connection.py"
        "::test_the_owner_s_connection_serves_nobody_else_and_no_other_serves_the_owner",
    ),
    Mutant(
        guard="no scope by default",
        path="apps/kernel/scope.py",
        before='        raise NoScope("no scope is open: enter one through tenants.crossing")\n',
        after="        return Scope(kind=ScopeKind.PLATFORM)\n",
        noticed_by=f"{ISOLATION}/test_connection.py"
        "::test_without_a_scope_there_are_no_rows_neither_of_a_bank_nor_shared",
    ),
    Mutant(
        guard="scope around a stream",
        path="tenants/registry/middleware.py",
        before='    if isinstance(response, StreamingHttpResponse) and not hasattr(response, "scope"):\n',
        after="    if False:\n",
        noticed_by=f"{ISOLATION}/test_async.py::test_two_streams_read_turn_by_turn_stay_apart",
    ),
    Mutant(
        guard="start-up refusal of a login with powers",
        path="tenants/isolation/startup.py",
        before="    reasons = _pooled(parameters) + _powers(parameters)\n",
        after="    reasons = _pooled(parameters)\n",
        noticed_by=f"{ISOLATION}/test_startup.py::test_a_login_with_powers_of_its_own_is_refused",
    ),
    Mutant(
        guard="bank check in tasks",
        path="tenants/tasks/base.py",
        before='            raise NoBank(f"{self.name} has come without a bank")\n',
        after="            opened.enter_context(in_platform(Purpose.TASK))\n",
        noticed_by="tests/tenants/tasks/test_sending.py"
        "::test_a_worker_refuses_a_message_without_a_bank_and_runs_nothing",
    ),
    Mutant(
        guard="state of the bank in tasks",
        path="tenants/crossing.py",
        before='        raise BankUnavailable(f"{bank.slug} is {bank.status}")\n',
        after="        pass\n",
        noticed_by="tests/tenants/tasks/test_sending.py::test_a_worker_refuses_a_bank_that_is_not_at_work",
    ),
    Mutant(
        guard="bank of a callback after the commit",
        path="tenants/isolation/backend/callbacks.py",
        before="    if scope is None:\n        return callback\n",
        after="    return callback\n",
        noticed_by="tests/tenants/tasks/test_commits.py"
        "::test_a_callback_runs_in_the_bank_that_registered_it_though_another_s_transaction_commits",
    ),
    Mutant(
        guard="space in the cache's keys",
        path="tenants/isolation/cache.py",
        before="    return space_key(key_prefix, version, key)\n",
        after='    return f"{key_prefix}:{version}:{key}"\n',
        noticed_by=f"{ISOLATION}/test_cache_keys.py::test_two_banks_never_share_an_entry",
    ),
    Mutant(
        guard="space in the numbers of locks",
        path="tenants/isolation/locks.py",
        before='    digest = blake2b(space_key("lock", *name).encode(), digest_size=_NUMBER_BYTES).digest()\n',
        after='    digest = blake2b(":".join(map(str, name)).encode(), digest_size=_NUMBER_BYTES).digest()\n',
        noticed_by=f"{ISOLATION}/test_locks.py::test_the_same_name_in_another_bank_does_not_wait",
    ),
    Mutant(
        guard="prefix of a bank's files",
        path="tenants/isolation/files.py",
        before='        return self.inner.save(f"{ROOT}/{current_bank_id()}/{token_hex(RANDOM_BYTES)}", content)\n',
        after='        return self.inner.save(f"{ROOT}/{UUID(int=0)}/{token_hex(RANDOM_BYTES)}", content)\n',
        noticed_by=f"{ISOLATION}/test_files.py"
        "::test_a_file_goes_under_the_prefix_of_the_open_bank_with_a_random_name",
    ),
    Mutant(
        guard="refusal of another bank's file",
        path="tenants/isolation/files.py",
        before="    return _checked(current_bank_id(), name)\n",
        after="    return name\n",
        noticed_by=f"{ISOLATION}/test_files.py::test_another_bank_s_name_is_refused",
    ),
    Mutant(
        guard="row guard",
        path="apps/kernel/guard.py",
        before="    if scope is not None and scope.schema != home:\n",
        after="    if False:\n",
        noticed_by=f"{ISOLATION}/test_row_guard.py::test_a_row_of_one_bank_refuses_in_the_other_to_be",
    ),
    Mutant(
        guard="space in the salt of signed values",
        path="apps/kernel/signing.py",
        before="from apps.kernel.scope import space_key\n",
        after='def space_key(*parts: object) -> str:\n    return ":".join(map(str, parts))\n',
        noticed_by=f"{ISOLATION}/test_signing.py::test_another_space_refuses_what_a_bank_signed",
    ),
    Mutant(
        guard="a session stays on its host",
        path="tenants/accounts/middleware.py",
        before="        return bool(request.session.get(SPACE) != space_of(bank))\n",
        after="        return False\n",
        noticed_by="tests/tenants/accounts/test_spaces.py::test_a_session_of_one_bank_opens_nothing_in_another",
    ),
    Mutant(
        guard="a token stays in its bank",
        path="tenants/accounts/selectors.py",
        before="        .filter(digest=token_digest(secret), bank=bank, revoked_at__isnull=True, user__is_active=True)\n",
        after="        .filter(digest=token_digest(secret), revoked_at__isnull=True, user__is_active=True)\n",
        noticed_by="tests/tenants/accounts/test_spaces.py::test_a_token_of_one_bank_opens_nothing_in_another",
    ),
)
