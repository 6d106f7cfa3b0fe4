"""A line of production says what stands in the code; what was computed stays out of it."""

import json
import logging
from uuid import UUID

import pytest

from collecto.logs import JsonFormatter, LineFormatter
from collecto.withholding import sql_shape
from tenants.crossing import Purpose, in_platform, in_tenant

NAME = "Jeanne Morel"
NOBODY: dict[str, str] = {}
SOME_ID = UUID("01890000-0000-7000-8000-000000000001")


class Kept(logging.Handler):
    """Formats while the call runs, as a handler on a stream does."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self.setFormatter(formatter)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def logger():
    yield from spoken(JsonFormatter())


@pytest.fixture
def readable():
    yield from spoken(LineFormatter())


def spoken(formatter):
    made = logging.getLogger("collecto.spoken")
    made.handlers, made.propagate = [Kept(formatter)], False
    yield made
    made.handlers, made.propagate = [], True


def line_of(logger):
    return json.loads(logger.handlers[0].lines[-1])


def test_the_text_of_the_code_is_said_and_words_are_withheld(logger):
    logger.warning("%s asked for %d kg, %r then %s", NAME, 12, NAME, SOME_ID)
    assert line_of(logger)["message"] == f"… asked for 12 kg, … then {SOME_ID}"


def test_named_words_are_withheld_too(logger):
    logger.warning("%(who)s waits %(days)d days", {"who": NAME, "days": 3})
    assert line_of(logger)["message"] == "… waits 3 days"


@pytest.mark.parametrize("say", [NAME, f"no {NAME}", ValueError(NAME)])
def test_a_text_that_was_computed_is_withheld_whole(say, logger):
    logger.error(say)
    assert line_of(logger)["message"] == "(text withheld)"


def test_a_format_that_does_not_fit_says_its_template():
    record = logging.makeLogRecord({"msg": "%d kg", "args": (NAME,)})
    assert json.loads(JsonFormatter().format(record))["message"] == "%d kg"


def test_only_known_fields_are_added(logger):
    logger.info("moved", extra={"ms": 4, "outcome": "done", "who": NAME})
    line = line_of(logger)
    assert (line["ms"], line["outcome"]) == (4, "done")
    assert NAME not in str(line)


def failing_deeply():
    try:
        NOBODY[NAME]
    except KeyError as cause:
        raise ExceptionGroup(NAME, [ValueError(NAME), OSError(NAME)]) from cause


def test_errors_are_told_by_type_and_place_with_their_causes_and_members(logger):
    try:
        failing_deeply()
    except ExceptionGroup:
        logger.exception("import failed")
    line = line_of(logger)
    assert {error["type"] for error in line["errors"]} == {
        "builtins.ExceptionGroup",
        "builtins.ValueError",
        "builtins.OSError",
        "builtins.KeyError",
    }
    module, function, number = line["errors"][0]["frames"][-1].split(":")
    assert (module, function) == (__name__, "failing_deeply")
    assert int(number) > 0
    assert NAME not in str(line)


def test_a_cycle_of_causes_ends(logger):
    first, second = ValueError(NAME), ValueError(NAME)
    first.__cause__, second.__cause__ = second, first
    logger.error("failed", exc_info=first)
    assert len(line_of(logger)["errors"]) == 2


def test_people_read_the_whole_text_in_development(readable):
    try:
        int(NAME)
    except ValueError:
        readable.exception("no %s", NAME, extra={"ms": 4})
    assert f"ERROR collecto.spoken: no {NAME} ms=4\nTraceback" in readable.handlers[0].lines[0]


def test_the_bank_of_an_error_is_remembered_when_its_scope_is_closed(twin_a, logger):
    try:
        with in_tenant(twin_a, Purpose.TEST), in_platform(Purpose.TEST):
            int(NAME)
    except ValueError:
        logger.exception("failed")
    assert line_of(logger)["bank"] == "twin-a"


def test_an_error_of_the_shared_tables_says_so(logger):
    try:
        with in_platform(Purpose.TEST):
            int(NAME)
    except ValueError:
        logger.exception("failed")
    assert line_of(logger)["bank"] == "(platform)"


@pytest.mark.parametrize(
    ("statement", "shape"),
    [
        ("SELECT * FROM lot WHERE id = %s AND grams > 12.5", "SELECT * FROM lot WHERE id = %s AND grams > ?"),
        ("SELECT 'O''Brien', E'a\\'b', $1", "SELECT ?, ?, $1"),
        ("SELECT $x$ Jeanne $x$, $$Luc$$", "SELECT ?, ?"),
        ('SELECT 1 -- Jeanne\nFROM "table1"', 'SELECT ? ?\nFROM "table1"'),
        ("SELECT /* Jeanne */ t1.a FROM t1", "SELECT ? t1.a FROM t1"),
        ("SELECT 'never closed Jeanne", "SELECT ?"),
        ("INSERT INTO p VALUES ('Jeanne', 7, NULL)", "INSERT INTO p VALUES (?, ?, NULL)"),
    ],
)
def test_a_statement_is_shown_without_its_literals(statement, shape):
    assert sql_shape(statement) == shape
