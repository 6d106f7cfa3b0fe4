"""A page at any depth of calls keeps its memory to its end."""

import resource
import sys

import pytest

from collecto.frame_room import with_room

DEEPEST = 150


def down(depth: int) -> None:
    """Call down to a depth and loop there over a call that goes a little deeper."""
    if depth:
        down(depth - 1)
    else:
        for _ in range(2_000):
            leaf()


def leaf() -> int:
    return 1


def faults(depth: int) -> int:
    """Return the page faults of a loop at a depth."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    down(depth)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def worst() -> int:
    return max(faults(depth) for depth in range(DEEPEST))


@pytest.mark.skipif(sys.platform != "linux", reason="page faults are counted as Linux counts them")
def test_no_depth_makes_the_interpreter_give_memory_back_and_take_it_again():
    assert with_room(worst)() < 500


def test_arguments_answers_and_errors_pass_through():
    @with_room
    def divided(number: int, *, by: int) -> float:
        return number / by

    assert divided(6, by=3) == 2
    assert divided.__name__ == "divided"
    with pytest.raises(ZeroDivisionError):
        divided(1, by=0)
