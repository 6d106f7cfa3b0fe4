"""What one bank signs means nothing in another, nor for another purpose."""

import pytest

from apps.kernel.scope import NoScope
from apps.kernel.signing import NotSigned, signed, unsigned
from tenants.crossing import Purpose, in_federation, in_platform, in_tenant
from tenants.network.links import account_behind, declaration_word
from tenants.network.services import link_ensure
from tests.making.network import make_account

VALUE = ["0190a0b0-0000-7000-8000-000000000001", 1]


@pytest.fixture
def word(twin_a) -> str:
    """A value that bank A signed."""
    with in_tenant(twin_a, Purpose.TEST):
        return signed(VALUE, purpose="download")


def test_a_signed_value_comes_back(twin_a, word):
    with in_tenant(twin_a, Purpose.TEST):
        assert unsigned(word, purpose="download", max_age=60) == VALUE


def test_another_space_refuses_what_a_bank_signed(twin_b, federation, word):
    for space in (
        in_tenant(twin_b, Purpose.TEST),
        in_federation(federation, Purpose.TEST),
        in_platform(Purpose.TEST),
    ):
        with space, pytest.raises(NotSigned):
            unsigned(word, purpose="download")


def test_another_purpose_refuses_it(twin_a, word):
    with in_tenant(twin_a, Purpose.TEST), pytest.raises(NotSigned):
        unsigned(word, purpose="invitation")


def test_a_changed_or_old_value_is_refused(twin_a, word):
    with in_tenant(twin_a, Purpose.TEST):
        with pytest.raises(NotSigned):
            unsigned(word[:-1] + ("A" if word[-1] != "A" else "B"), purpose="download")
        with pytest.raises(NotSigned):
            unsigned(word, purpose="download", max_age=-1)


def test_outside_every_scope_nothing_is_signed(word):
    with pytest.raises(NoScope):
        signed(VALUE, purpose="download")
    with pytest.raises(NoScope):
        unsigned(word, purpose="download")


def test_a_former_secret_stays_valid_until_it_is_dropped(settings, twin_a, word):
    former, settings.SECRET_KEY = settings.SECRET_KEY, "a new secret"
    with in_tenant(twin_a, Purpose.TEST):
        with pytest.raises(NotSigned):
            unsigned(word, purpose="download")
        settings.SECRET_KEY_FALLBACKS = [former]
        assert unsigned(word, purpose="download") == VALUE


def test_a_donor_s_link_is_the_platform_s_wherever_it_is_made(db, twin_a):
    account = link_ensure(make_account())
    with in_tenant(twin_a, Purpose.TEST):
        link = declaration_word(account)
    assert account_behind(link) == account
