"""The cache never gives one bank what another one put there, and nothing outside every scope."""

import pytest
from django.core.cache import cache, caches
from django.core.cache.utils import make_template_fragment_key
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import RequestFactory
from django.views.decorators.cache import cache_page

from apps.kernel.scope import NoScope, bank_key, current_bank_id, space_key
from collecto.settings.cache import cache_at
from tenants.crossing import Purpose, in_federation, in_owner, in_platform, in_tenant
from tenants.isolation.cache import counted, forget_entries_of
from tenants.registry.models import FoodBank


@pytest.fixture(params=["one process", "shared"])
def either_cache(request: pytest.FixtureRequest) -> None:
    """Both caches that the product runs on."""
    if request.param == "shared":
        request.getfixturevalue("shared_cache")


pytestmark = [pytest.mark.pitfall(18), pytest.mark.usefixtures("either_cache")]


@cache_page(60)
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"written for {current_bank_id()}")


def test_two_banks_never_share_an_entry(twin_a: FoodBank, twin_b: FoodBank):
    for bank in (twin_a, twin_b):
        with in_tenant(bank, Purpose.TEST):
            assert cache.add("stock", bank.slug)
    with in_tenant(twin_a, Purpose.TEST):
        assert cache.get("stock") == "twin-a"
    with in_tenant(twin_b, Purpose.TEST):
        assert cache.get_many(["stock"]) == {"stock": "twin-b"}


def test_a_bank_s_entry_is_not_the_platform_s_nor_the_federation_s(twin_a: FoodBank, federation: FoodBank):
    with in_tenant(twin_a, Purpose.TEST):
        cache.set("stock", "of A")
    for space in (in_platform(Purpose.TEST), in_federation(federation, Purpose.TEST), in_owner(Purpose.TEST)):
        with space:
            assert cache.get("stock") is None


@pytest.mark.parametrize("use", [lambda: cache.get("x"), lambda: cache.set("x", 1), lambda: cache.incr("x")])
def test_outside_every_scope_there_is_no_cache(use):
    with pytest.raises(NoScope):
        use()


def test_a_cached_page_at_the_same_address_is_each_bank_s_own(twin_a: FoodBank, twin_b: FoodBank):
    for _ in range(2):
        for bank in (twin_a, twin_b):
            with in_tenant(bank, Purpose.TEST):
                answer = page(RequestFactory(headers={"host": "same.localhost"}).get("/stock/"))
            assert answer.content.decode() == f"written for {bank.pk}"


def test_a_cached_page_is_served_again(twin_a: FoodBank):
    with in_tenant(twin_a, Purpose.TEST):
        first = page(RequestFactory().get("/stock/"))
        again = page(RequestFactory().get("/stock/"))
    assert "Age" not in first.headers or first["Expires"] == again["Expires"]
    assert again.content == first.content


def test_a_cached_part_of_a_template_is_each_bank_s_own(twin_a: FoodBank, twin_b: FoodBank):
    part = engines["django"].from_string("{% load cache %}{% cache 60 board %}{{ bank }}{% endcache %}")
    shown = []
    for bank in (twin_a, twin_b, twin_a):
        with in_tenant(bank, Purpose.TEST):
            shown.append(part.render({"bank": bank.slug}))
            assert cache.get(make_template_fragment_key("board")) == bank.slug
    assert shown == ["twin-a", "twin-b", "twin-a"]


def test_what_a_bank_leaves_in_the_cache_goes_with_it(twin_a: FoodBank, twin_b: FoodBank):
    for bank in (twin_a, twin_b):
        with in_tenant(bank, Purpose.TEST):
            cache.set_many({"one": 1, "two": 2})
    assert forget_entries_of(twin_a.pk) == 2
    with in_tenant(twin_a, Purpose.TEST):
        assert cache.get("one") is None
    with in_tenant(twin_b, Purpose.TEST):
        assert cache.get("one") == 1


def test_every_cache_of_the_settings_has_our_keys():
    assert {caches[alias].key_func.__module__ for alias in caches} == {"tenants.isolation.cache"}


def test_a_key_names_the_bank_and_nothing_is_built_outside(twin_a: FoodBank):
    with in_tenant(twin_a, Purpose.TEST):
        assert bank_key("stock", 1) == space_key("stock", 1) == f"bank:{twin_a.pk}:stock:1"
    with in_platform(Purpose.TEST):
        assert space_key("stock") == "platform:stock"
        with pytest.raises(NoScope):
            bank_key("stock")
    with pytest.raises(NoScope):
        space_key("stock")


def test_a_cache_that_is_away_is_an_empty_one(settings):
    settings.CACHES = {"default": cache_at("redis://127.0.0.1:9/0")}
    with in_platform(Purpose.TEST):
        cache.set("x", 1)
        assert cache.get("x", "nothing") == "nothing"
        assert cache.get_many(["x"]) == {}
        assert counted("x", seconds=60) == 0
