"""The guards of the ledger, and the smallest change that would take each away.

``before`` stands exactly once in its file: a guard that is rewritten must be named anew here.
"""

from tests.mutation.mutants import Mutant

STOCK = "tests/apps/stock"
GUARANTEES = f"{STOCK}/test_guarantees.py"
ENTERED = "apps/stock/migrations/0007_programmes_apart.py"
POSTED = "apps/stock/migrations/0006_workshop_and_returns.py"
BOOKS = "tests/tenants/federation/test_books.py"

LEDGER_MUTANTS = (
    Mutant(
        guard="a retry finds its first result: it is counted twice",
        path="apps/stock/services/posting.py",
        before="    return movements_under(op_key) or post(actor, op_key=op_key, legs=legs, document=document)\n",
        after="    return post(actor, op_key=UUID(int=op_key.int ^ 1), legs=legs, document=document)\n",
        noticed_by=f"{STOCK}/test_keep.py::test_a_repeated_loss_is_the_first_one",
    ),
    Mutant(
        guard="a key is used once, whoever writes",
        path="apps/stock/migrations/0001_initial.py",
        before='fields=("op_key", "leg"), name="movement_once"',
        after='fields=("op_key", "leg", "id"), name="movement_once"',
        noticed_by=f"{GUARANTEES}::test_a_key_is_used_once",
    ),
    Mutant(
        guard="the CHECK of balances: more is released than was reserved",
        path="apps/stock/migrations/0001_initial.py",
        before='models.Q(("is_inside", False), ("grams__gte", 0), _connector="OR")',
        after='models.Q(("is_inside", False), ("grams__gte", -(10**15)), _connector="OR")',
        noticed_by=f"{STOCK}/test_release_and_deliver.py::test_no_more_is_released_than_was_reserved",
    ),
    Mutant(
        guard="both legs: what a movement takes is not taken away",
        path=POSTED,
        before="    WHERE account_id IN (NEW.source_id, NEW.destination_id);\n"
        "    GET DIAGNOSTICS kept = ROW_COUNT;\n    IF kept <> 2 THEN\n",
        after="    WHERE account_id = NEW.destination_id;\n"
        "    GET DIAGNOSTICS kept = ROW_COUNT;\n    IF kept <> 1 THEN\n",
        noticed_by=f"{GUARANTEES}::test_the_accounts_of_a_lot_add_up_to_zero",
    ),
    Mutant(
        guard="the sign of a leg",
        path=POSTED,
        before="grams = grams + CASE account_id WHEN NEW.destination_id THEN NEW.grams ELSE -NEW.grams END,\n",
        after="grams = grams - CASE account_id WHEN NEW.destination_id THEN NEW.grams ELSE -NEW.grams END,\n",
        noticed_by=f"{GUARANTEES}::test_the_accounts_of_a_lot_add_up_to_zero",
    ),
    Mutant(
        guard="the sign of a count in the national figures",
        path=POSTED,
        before="('', 'count', 'count', '', -1)",
        after="('', 'count', 'count', '', 1)",
        noticed_by=f"{STOCK}/test_keep.py::test_a_count_is_counted_with_its_sign",
    ),
    Mutant(
        guard="the last day of use by, in the database: a day early",
        path=ENTERED,
        before="sides.expires_on < NEW.occurred_on AND sides.date_kind = 'USE_BY'",
        after="sides.expires_on <= NEW.occurred_on AND sides.date_kind = 'USE_BY'",
        noticed_by=f"{STOCK}/test_release_and_deliver.py::test_on_its_use_by_day_food_may_still_leave",
    ),
    Mutant(
        guard="the last day of use by, in the rules: a day early",
        path="apps/stock/rules.py",
        before="    return last is not None and on > last\n",
        after="    return last is not None and on >= last\n",
        noticed_by=f"{STOCK}/test_rules.py::test_the_use_by_day_is_the_last_one_whatever_the_grace",
    ),
    Mutant(
        guard="the check at commit of what a transaction moved",
        path="apps/stock/migrations/0004_quick_commit.py",
        before="    IF holds IS FALSE THEN\n",
        after="    IF false THEN\n",
        noticed_by=f"{GUARANTEES}::test_a_balance_that_says_more_than_its_movement_is_refused_at_commit",
    ),
    Mutant(
        guard="the check at commit of a balance that nobody moved",
        path="apps/stock/migrations/0002_ledger.py",
        before="    IF holds IS NOT TRUE THEN\n",
        after="    IF false THEN\n",
        noticed_by=f"{GUARANTEES}::test_a_one_sided_change_of_a_balance_is_refused_at_commit",
    ),
    Mutant(
        guard="lots are locked before they are read",
        path="apps/stock/locks.py",
        before='Lot.objects.select_for_update(of=("self",), no_key=True).filter(',
        after="Lot.objects.filter(",
        noticed_by="tests/concurrency/test_ledger_races.py"
        "::test_of_many_who_want_a_kilogram_exactly_as_many_get_one_as_there_are",
    ),
    Mutant(
        guard="blocked lots stay, whatever the door",
        path=ENTERED,
        before="        IF sides.status = 'blocked' THEN\n",
        after="        IF false THEN\n",
        noticed_by=f"{GUARANTEES}::test_what_may_not_leave_is_refused_at_every_door",
    ),
    Mutant(
        guard="goods in quarantine stay, whatever the door",
        path=ENTERED,
        before="        ELSIF sides.purpose = 'quarantine' THEN\n",
        after="        ELSIF false THEN\n",
        noticed_by=f"{GUARANTEES}::test_what_may_not_leave_is_refused_at_every_door",
    ),
    Mutant(
        guard="movements are append-only",
        path="apps/stock/migrations/0002_ledger.py",
        before="    RAISE EXCEPTION 'ledger rows are append-only'\n",
        after="    RETURN coalesce(NEW, OLD);\n    RAISE EXCEPTION 'ledger rows are append-only'\n",
        noticed_by=f"{GUARANTEES}::test_even_the_owner_does_not_rewrite_the_ledger",
    ),
    Mutant(
        guard="a bank's role writes no balance",
        path="apps/stock/models/ledger.py",
        before='    DATABASE_RIGHTS: ClassVar[str] = "SELECT"\n\n    account = models.OneToOneField(',
        after='    DATABASE_RIGHTS: ClassVar[str] = "SELECT, INSERT, UPDATE"\n\n    account = models.OneToOneField(',
        noticed_by=f"{GUARANTEES}::test_a_banks_role_has_no_right_to",
    ),
    Mutant(
        guard="a reversal takes back what was moved, to the gram",
        path=ENTERED,
        before="            AND made.grams = NEW.grams AND made.transfer_line_id",
        after="            AND made.transfer_line_id",
        noticed_by=f"{GUARANTEES}::test_a_reversal_mirrors_its_movement",
    ),
    Mutant(
        guard="a reversed delivery frees its goods",
        path="apps/stock/services/correction.py",
        before="    if made.kind == MovementKind.DELIVER and made.source.location is not None:\n",
        after="    if made.source.location is not None and not made.pk:\n",
        noticed_by=f"{STOCK}/test_reverse.py::test_goods_of_a_reversed_delivery_are_free_again",
    ),
    Mutant(
        guard="both accounts of a movement belong to its lot",
        path=ENTERED,
        before="giver.id = NEW.source_id AND giver.lot_id = lot.id\n",
        after="giver.id = NEW.source_id\n",
        noticed_by=f"{GUARANTEES}::test_grams_do_not_pass_from_one_lot_to_another",
    ),
    Mutant(
        guard="a split gives every gram: rounded to ten",
        path="apps/stock/rules.py",
        before="        part = min(wanted, grams)\n",
        after="        part = min(wanted, grams) // 10 * 10\n",
        noticed_by=f"{STOCK}/test_rules.py::test_as_much_as_there_is_in_the_order_given",
    ),
    Mutant(
        guard="a count includes what orders have reserved",
        path="apps/stock/models/counting.py",
        before="        return self.counted_grams - self.book_grams\n",
        after="        return self.counted_grams - self.on_hand_grams\n",
        noticed_by=f"{STOCK}/test_keep.py::test_a_count_puts_the_books_right_reserved_goods_included",
    ),
    Mutant(
        guard="what leaves for another bank is on the road",
        path=POSTED,
        before="        PERFORM public.transit_leg_append(bank, NEW.transfer_line_id, 'out', counted);\n",
        after="        NULL;\n",
        noticed_by=f"{STOCK}/test_surplus.py::test_shipped_goods_leave_the_stock_and_are_on_the_road",
    ),
    Mutant(
        guard="the proof compares balances with movements",
        path="apps/stock/selectors/proof.py",
        before="WHERE balance.grams IS DISTINCT FROM coalesce(moved.grams, 0)\n",
        after="WHERE false\n",
        noticed_by=f"{BOOKS}::test_twenty_grams_hidden_one_by_one_are_all_found_and_named",
    ),
    Mutant(
        guard="the proof compares reservations with what is reserved",
        path="apps/delivery/selectors.py",
        before="    WHERE coalesce(promised.grams, 0) <> coalesce(kept.grams, 0)\n",
        after="    WHERE false\n",
        noticed_by=f"{BOOKS}::test_a_gram_reserved_for_nobody_is_found_though_the_ledger_adds_up",
    ),
)
