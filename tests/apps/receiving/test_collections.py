"""A national collection: weighed shop by shop from a telephone, sorted family by family for weeks."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client

from apps.donors.states import SupplySource
from apps.kernel.abilities import Actor, Role
from apps.kernel.errors import Forbidden
from apps.kernel.facts import Fact
from apps.kernel.history import history_of
from apps.receiving import errors
from apps.receiving.facts import GoodsReceived
from apps.receiving.models import CollectionShop, Container, GoodsReceipt, NationalCollection, Weighing
from apps.receiving.selectors import progress_of, weighings_of
from apps.receiving.services import (
    collection_archive,
    collection_sort,
    container_update,
    weighing_record,
    weighing_undo,
)
from apps.stock.handlers import on_goods_received
from apps.stock.models import Lot
from tenants.registry.models import FoodBank
from tests.making.catalogue import make_family
from tests.making.facts import facts_told
from tests.making.offers import TESTER
from tests.making.pages import queries_of
from tests.making.receiving import (
    make_collection,
    make_container,
    make_receipt,
    make_receipt_line,
    make_shop,
    make_sorted,
    make_weighing,
)
from tests.making.sites import make_location, make_site
from tests.people import SignIn

pytestmark = pytest.mark.usefixtures("bank")


@pytest.fixture
def told() -> Iterator[list[Fact]]:
    """The facts told; what is received becomes stock."""
    with facts_told(inside={GoodsReceived: on_goods_received}) as caught:
        yield caught


@pytest.fixture
def phone(bank: FoodBank, sign_in: SignIn) -> Client:
    """The browser of a volunteer at the scale."""
    return sign_in(bank, Role.VOLUNTEER)


def weighed(grams: int = 100_000) -> NationalCollection:
    """Return a collection of which one shop weighed so much."""
    collection = make_collection()
    make_weighing(make_shop(collection), grams=grams)
    return collection


def sort(collection: NationalCollection, *lines, comment: str = "") -> GoodsReceipt:
    return collection_sort(
        TESTER,
        op_key=uuid4(),
        collection=collection,
        lines=lines or [make_sorted(collection)],
        comment=comment,
    )


class TestPreparing:
    def test_a_collection_has_one_anonymous_donor_of_the_right_source(self):
        collection = make_collection(name="Collecte nationale 2026")
        assert collection.donor.name == "Collecte nationale 2026"
        assert (collection.donor.kind, collection.donor.supply_source) == (
            "PUBLIC",
            SupplySource.NATIONAL_COLLECTION,
        )

    def test_the_same_form_sent_twice_prepares_one(self):
        key, site = uuid4(), make_site()
        made = [make_collection(op_key=key, name="Once", site=site) for _turn in range(2)]
        assert made[0] == made[1]
        assert NationalCollection.objects.get().donor.name == "Once"

    def test_a_volunteer_weighs_and_does_not_prepare(self, phone):
        assert phone.get("/receiving/collections/new/").status_code == 403
        shop = make_shop()
        assert phone.get(f"/receiving/shops/{shop.pk}/weigh/").status_code == 200

    def test_the_page_prepares_one_with_its_shops(self, bank, sign_in):
        keeper, site = sign_in(bank, Role.STOCK), make_site()
        days = {"starts_on": "2026-11-27", "ends_on": "2026-11-29", "tolerance_percent": "3"}
        keeper.post("/receiving/collections/new/", {"name": "Collecte 2026", "site": str(site.pk), **days})
        collection = NationalCollection.objects.get()

        page, typed = f"/receiving/collections/{collection.pk}/shops/new/", {"name": "Épi", "city": "Dijon"}
        answer = keeper.post(page, typed, follow=True)

        assert "Épi, Dijon takes part." in answer.text
        again = keeper.post(page, typed)
        assert again.status_code == 422
        assert "This shop already takes part." in again.text
        assert CollectionShop.objects.count() == 1

    def test_days_in_the_wrong_order_are_said_at_their_field(self, bank, sign_in):
        keeper, site = sign_in(bank, Role.STOCK), make_site()
        days = {"starts_on": "2026-11-29", "ends_on": "2026-11-27", "tolerance_percent": "3"}
        answer = keeper.post("/receiving/collections/new/", {"name": "Late", "site": str(site.pk), **days})
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {"ends_on"}
        assert not NationalCollection.objects.exists()


class TestWeighing:
    def test_the_containers_are_taken_off(self):
        crate = make_container(tare_grams=1_500)
        weighing = make_weighing(grams=20_000, container=crate, container_count=4)
        assert (weighing.tare_grams, weighing.grams) == (6_000, 14_000)

    def test_containers_heavier_than_the_scale_are_refused(self):
        with pytest.raises(errors.TareTooHeavy):
            make_weighing(grams=3_000, container=make_container(tare_grams=1_500), container_count=2)
        assert not Weighing.objects.exists()

    def test_the_same_key_weighs_once(self):
        shop, key = make_shop(), uuid4()
        for _turn in range(2):
            weighing_record(TESTER, op_key=key, shop=shop, scale_grams=5_000)
        assert progress_of(shop.collection).weighed_grams == 5_000

    def test_a_weighing_undone_counts_no_more_and_stays_in_the_history(self):
        kept = make_weighing(grams=5_000)
        slip = make_weighing(kept.shop, grams=50_000)
        for _turn in range(2):
            weighing_undo(TESTER, weighing=slip)
        assert progress_of(kept.shop.collection).weighed_grams == 5_000
        assert weighings_of(kept.shop, most=9) == [kept]
        assert [entry.action for entry in history_of(slip)] == ["undone", "created"]

    def test_a_container_that_changes_leaves_what_was_weighed(self):
        crate = make_container(tare_grams=1_000)
        weighing = make_weighing(grams=10_000, container=crate)
        container_update(TESTER, container=crate, name=crate.name, tare_grams=2_000)
        weighing.refresh_from_db()
        assert weighing.grams == 9_000

    def test_a_collection_put_away_takes_no_more(self):
        shop = make_shop()
        collection_archive(TESTER, collection=shop.collection)
        with pytest.raises(errors.CollectionClosed):
            make_weighing(shop)

    def test_somebody_of_the_office_does_not_weigh(self, bank, sign_in):
        shop = make_shop()
        assert sign_in(bank, Role.ACCOUNTS).get(f"/receiving/shops/{shop.pk}/weigh/").status_code == 403

    def test_the_page_weighs_keeps_the_container_and_undoes_the_last(self, phone):
        shop, crate = make_shop(), make_container(tare_grams=1_500)
        page = f"/receiving/shops/{shop.pk}/weigh/"
        sent = {"op_key": uuid4(), "scale_grams": "21,5", "container": str(crate.pk), "container_count": "1"}

        first = phone.post(page, sent, follow=True)
        phone.post(page, sent)
        assert "20\xa0kg recorded for" in first.text
        assert first.context["form"]["container"].value() == str(crate.pk)
        phone.post(page, {"op_key": uuid4(), "scale_grams": "5", "container_count": "1"})
        assert "25\xa0kg here, 25\xa0kg in all" in phone.get(page).text

        undo = re.search(r'action="(/receiving/weighings/[^"]+/undo/)"', phone.get(page).text)
        assert undo
        answer = phone.post(undo[1], follow=True)
        assert "5\xa0kg taken back" in answer.text
        assert "20\xa0kg here" in answer.text

    @pytest.mark.parametrize("wrong", ["", "0", "beaucoup", "3001", "-4"])
    def test_what_is_no_weight_is_said_at_its_field_and_kept(self, phone, wrong):
        shop = make_shop()
        answer = phone.post(
            f"/receiving/shops/{shop.pk}/weigh/", {"scale_grams": wrong, "container_count": "1"}
        )
        assert answer.status_code == 422
        assert set(answer.context["form"].errors) == {"scale_grams"}
        assert not Weighing.objects.exists()

    def test_the_choice_of_shops_asks_as_many_queries_for_one_as_for_ten(self, phone):
        collection = weighed()
        address = f"/receiving/collections/{collection.pk}/weigh/"
        few = queries_of(phone, address)
        for _turn in range(9):
            make_weighing(make_shop(collection))
        assert queries_of(phone, address) == few


class TestSorting:
    def test_it_becomes_family_lots_of_an_anonymous_source(self, told):
        collection, pasta = weighed(), make_family(name="Pasta")
        receipt = sort(collection, make_sorted(collection, family=pasta, grams=40_000))
        [lot] = Lot.objects.filter(receipt_line__receipt=receipt)
        assert (lot.family, lot.granularity, lot.donor_label) == (pasta, "family_mix", collection.name)
        assert lot.supply_source == SupplySource.NATIONAL_COLLECTION

    def test_two_figures_and_what_is_left_stand_side_by_side(self, told):
        collection = weighed(100_000)
        line = make_sorted(collection, grams=30_000, refused_grams=2_000, refusal_reason="damaged")
        sort(collection, line)
        progress = progress_of(collection)
        assert (progress.weighed_grams, progress.sorted_grams, progress.wasted_grams) == (
            100_000,
            30_000,
            2_000,
        )
        assert progress.remaining_grams == 68_000

    def test_the_same_key_sorts_once(self, told):
        collection, key = weighed(), uuid4()
        lines = [make_sorted(collection)]
        made = [collection_sort(TESTER, op_key=key, collection=collection, lines=lines) for _turn in range(2)]
        assert made[0] == made[1]
        assert progress_of(collection).sorted_grams == 10_000

    @pytest.mark.parametrize(
        ("temperature_class", "is_fresh"),
        [("CHILLED_0_4", True), ("FROZEN_M18", False), ("COOL_8_12", False), ("AMBIENT", True)],
    )
    def test_cold_and_fresh_goods_are_refused_whatever_the_door(self, temperature_class, is_fresh):
        collection = weighed()
        cold = make_family(temperature_class=temperature_class, is_fresh=is_fresh)
        with pytest.raises(errors.CollectedNotDry):
            sort(collection, make_sorted(collection, family=cold))
        with pytest.raises(errors.CollectedNotDry):
            make_receipt(make_receipt_line(family=cold), donor=collection.donor)
        assert not GoodsReceipt.objects.exists()

    def test_sorting_passes_the_scales_within_the_tolerance_only(self, told):
        collection = weighed(100_000)
        sort(collection, make_sorted(collection, grams=103_000))
        with pytest.raises(errors.SortedBeyondWeighed):
            sort(collection, make_sorted(collection, grams=1_000))
        sort(collection, make_sorted(collection, grams=1_000), comment="A shop came late, unweighed")
        assert progress_of(collection).sorted_grams == 104_000

    def test_waste_without_a_reason_and_a_missing_date_are_said_at_their_line(self, phone, told):
        collection, pasta = weighed(), make_family(name="Pasta")
        sent = {"line_count": "1", "line-0-goods": f"family-{pasta.pk}", "line-0-accepted_grams": "40"}
        address = f"/receiving/collections/{collection.pk}/sort/"
        place = str(collection.site.locations.get().pk)
        answer = phone.post(address, {**sent, "line-0-refused_grams": "2", "line-0-location": place})
        assert answer.status_code == 422
        [line] = answer.context["lines"]
        assert set(line.errors) == {"refusal_reason", "expires_on"}
        assert 'value="40"' in answer.text
        assert not GoodsReceipt.objects.exists()

    def test_the_page_sorts_and_leads_to_the_labels(self, phone, told):
        collection, pasta = weighed(), make_family(name="Pasta")
        sent = {
            "line_count": "1",
            "line-0-goods": f"family-{pasta.pk}",
            "line-0-accepted_grams": "40",
            "line-0-expires_on": "2029-12-31",
            "line-0-location": str(collection.site.locations.get().pk),
        }
        answer = phone.post(f"/receiving/collections/{collection.pk}/sort/", sent, follow=True)
        receipt = GoodsReceipt.objects.get()
        assert f"Receipt {receipt.number} is in stock. Print its labels now." in answer.text
        assert f"/stock/receipts/{receipt.pk}/labels/" in answer.text
        assert "60\xa0kg" in phone.get(f"/receiving/collections/{collection.pk}/").text

    def test_places_kept_for_a_programme_are_not_offered(self, phone):
        collection = weighed()
        dry = collection.site.locations.get()
        make_location(collection.site, programme="FSE_PLUS")
        [line] = phone.get(f"/receiving/collections/{collection.pk}/sort/").context["lines"]
        assert [key for key, _label in line.fields["location"].choices] == ["", str(dry.pk)]

    def test_a_line_more_keeps_what_is_typed(self, phone):
        collection, pasta = weighed(), make_family(name="Pasta")
        sent = {"line_count": "1", "line-0-goods": f"family-{pasta.pk}", "line-0-accepted_grams": "41,5"}
        answer = phone.post(f"/receiving/collections/{collection.pk}/sort/", {**sent, "add_line": "1"})
        assert len(list(answer.context["lines"])) == 2
        assert 'value="41,5"' in answer.text

    def test_an_accountant_does_not_sort(self):
        collection = weighed()
        accountant = Actor(id=None, label="Accountant", roles=frozenset({Role.ACCOUNTS}))
        with pytest.raises(Forbidden):
            collection_sort(
                accountant, op_key=uuid4(), collection=collection, lines=[make_sorted(collection)]
            )


class TestTotals:
    def test_the_spreadsheet_names_each_shop_with_its_kilograms(self, phone):
        collection = make_collection()
        make_weighing(make_shop(collection, name="Épi d'or"), grams=12_500)
        make_shop(collection, name="Idle")
        answer = phone.get(f"/receiving/collections/{collection.pk}/totals/")
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        lines = answer.content.decode("utf-8-sig").splitlines()
        assert any(line.startswith("Épi d'or;Dijon;12.5;1;") for line in lines)
        assert any(line.startswith("Idle;Dijon;0;0;") for line in lines)

    def test_the_sheet_asks_as_many_queries_for_one_shop_as_for_ten(self, phone, told):
        collection = weighed()
        sort(collection)
        address = f"/receiving/collections/{collection.pk}/"
        few = queries_of(phone, address)
        for _turn in range(9):
            make_weighing(make_shop(collection))
            sort(collection)
        assert queries_of(phone, address) == few

    def test_containers_are_listed_changed_and_put_away(self, bank, sign_in):
        keeper = sign_in(bank, Role.STOCK)
        keeper.post("/receiving/containers/new/", {"name": "Crate", "tare_grams": "1,5"})
        crate = Container.objects.get()
        assert "1.5\xa0kg" in keeper.get("/receiving/containers/").text
        keeper.post(f"/receiving/containers/{crate.pk}/edit/", {"name": "Crate", "tare_grams": "1,6"})
        keeper.post(f"/receiving/containers/{crate.pk}/archive/", {"reason": "Broken"})
        crate.refresh_from_db()
        assert (crate.tare_grams, crate.is_archived) == (1_600, True)
