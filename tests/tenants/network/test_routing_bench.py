"""The routing bench runs, and compares rules that are really lived through."""

import json

import numpy as np
import pytest

from infra.bench import routing
from infra.bench.nation import nation


def test_one_week_of_one_seed_gives_the_figures_of_every_rule(capsys):
    assert routing.main(["--quick"]) == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {routing.NEAREST, routing.TWO, routing.RING, routing.OURS, routing.PLANNED} <= set(told["rules"])
    assert told["rules"][routing.OURS]["optimal %"] == 100


@pytest.mark.parametrize("rule", [routing.nearest, routing.rings, routing.ours(routing.SHARED)])
def test_no_rule_gives_more_than_a_lot_or_beyond_its_reach(rule):
    found = nation(1, weeks=1, per_week=12)
    kilos = routing.lived(found, rule).kilos
    assert (kilos.sum(axis=1) <= found.offers.kilos + 1e-6).all()
    assert not kilos[~found.offers.within].any()


def test_a_seed_draws_the_same_nation_each_time():
    first, again = (nation(3, weeks=1, per_week=5) for _ in range(2))
    assert np.array_equal(first.offers.km, again.offers.km)
    assert np.array_equal(first.banks.need, again.banks.need)
