"""Pages of a record's file, on donors: rights, search, sort, export, forms, history, archive."""

from typing import Any

import pytest
from django import forms
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import include, path
from django_htmx.middleware import HtmxDetails

from apps.donors.models import Donor
from apps.donors.states import DonorKind
from apps.kernel import clock
from apps.kernel.abilities import Abilities, Actor, Role, verbs
from apps.kernel.display import Chip, Tone
from apps.kernel.doors import door_of
from apps.kernel.errors import DomainError, Forbidden
from apps.kernel.forms import FilterForm, OpKeyForm
from apps.kernel.history import record_archive, record_update
from apps.kernel.models import AuditEntry
from apps.kernel.pages import Column, Kind, RecordArchive, RecordCreate, RecordDetail, RecordEdit, RecordList
from tests.making.donors import make_donor

pytestmark = [pytest.mark.urls(__name__), pytest.mark.usefixtures("bank")]


def abilities(actor: Actor, donor: Donor | None = None) -> Abilities:
    return verbs("view", when=bool(actor.roles)) | verbs(
        "create", "edit", "archive", "history", when=actor.is_any(Role.MANAGER)
    )


def donor_create(actor: Actor, *, name: str, op_key: object) -> Donor:
    if name == "Twice":
        raise DomainError("This donor has a file already.", code="donor_twice", field="name")
    return make_donor(name=name)


def donor_update(actor: Actor, *, donor: Donor, **fields: Any) -> Donor:
    record_update(actor, donor, fields)
    return donor


def donor_archive(actor: Actor, *, donor: Donor, archived: bool, reason: str) -> None:
    record_archive(actor, donor, archived=archived, reason=reason)


class KindFilter(FilterForm):
    """Donors of one kind."""

    kind = forms.ChoiceField(choices=[("", "All"), *DonorKind.choices])


class NewDonor(OpKeyForm):
    """A name is enough."""

    name = forms.CharField(max_length=120)


class DonorForm(forms.ModelForm):  # type: ignore[type-arg]
    """The fields that change."""

    class Meta:
        model = Donor
        fields = ["name", "phone"]


class DonorList(RecordList[Donor]):
    """Donors."""

    model, urls, abilities = Donor, "donors_donor", staticmethod(abilities)
    search_fields = ("name", "city")
    filters = KindFilter
    per_page = 2
    columns = (
        Column(label="Name", value="name", sort="name"),
        Column(label="Kind", value="get_kind_display"),
        Column(label="Surface", value="sales_area_m2", kind=Kind.NUMBER, sort="sales_area_m2"),
        Column(label="State", value=lambda donor: Chip("Gives", Tone.OK)),
    )


class DonorDetail(RecordDetail[Donor]):
    """One donor."""

    model, urls, abilities = Donor, "donors_donor", staticmethod(abilities)
    fields = (Column(label="Telephone", value="phone"),)


class DonorCreate(RecordCreate[Donor]):
    """A new donor."""

    model, urls, abilities = Donor, "donors_donor", staticmethod(abilities)
    form_class, service = NewDonor, staticmethod(donor_create)


class DonorEdit(RecordEdit[Donor]):
    """A donor's fields."""

    model, urls, abilities = Donor, "donors_donor", staticmethod(abilities)
    form_class, service = DonorForm, staticmethod(donor_update)


class DonorArchive(RecordArchive[Donor]):
    """Put a donor away."""

    model, urls, abilities = Donor, "donors_donor", staticmethod(abilities)
    service = staticmethod(donor_archive)


urlpatterns = [
    path("d/", DonorList.as_view(), name="donors_donor_list"),
    path("d/new/", DonorCreate.as_view(), name="donors_donor_create"),
    path("d/<uuid:pk>/", DonorDetail.as_view(), name="donors_donor_detail"),
    path("d/<uuid:pk>/edit/", DonorEdit.as_view(), name="donors_donor_edit"),
    path("d/<uuid:pk>/archive/", DonorArchive.as_view(), name="donors_donor_archive"),
    path("accounts/", include("tenants.accounts.urls")),
]


def ask(
    page: Any,
    method: str = "get",
    *,
    role: Role = Role.MANAGER,
    pk: Any = None,
    headers: Any = None,
    **data: str,
) -> Any:
    query = {"query_params": data} if method == "get" else {"data": data}
    request = getattr(RequestFactory(), method)("/d/", headers=headers or {}, **query)
    request.actor = Actor(id=None, label="Inès", roles=frozenset({role}))
    request.bank, request.hats = None, []
    request.htmx, request._messages = HtmxDetails(request), CookieStorage(request)
    response = page.as_view()(request, **({"pk": pk} if pk else {}))
    response.said = list(get_messages(request))
    return response


def text(response: HttpResponse) -> str:
    return response.content.decode()


def test_a_list_shows_one_page_and_counts_all():
    for name in ("Alba", "Brio", "Cora"):
        make_donor(name=name)
    html = text(ask(DonorList))
    assert "3 donors" in html
    assert "Brio" in html
    assert "Cora" not in html
    assert 'data-tone="ok">Gives</span>' in html


def test_every_word_searched_must_occur_somewhere():
    make_donor(name="Halles", city="Dijon")
    make_donor(name="Halles", city="Dole")
    assert ">1 donor<" in text(ask(DonorList, q="halles dole"))


def test_filters_and_order_come_from_the_address():
    make_donor(name="Alba", sales_area_m2=10)
    make_donor(name="Brio", sales_area_m2=900)
    html = text(ask(DonorList, sort="-sales_area_m2"))
    assert html.index("Brio") < html.index("Alba")
    assert 'aria-sort="descending"' in html


def test_an_order_by_a_field_that_is_no_column_is_ignored():
    make_donor()
    assert ask(DonorList, sort="account_id").status_code == 200


def test_archived_records_are_in_a_list_of_their_own(manager):
    record_archive(manager, make_donor(name="Gone"))
    assert "Gone" not in text(ask(DonorList))
    assert "Gone" in text(ask(DonorList, archived="1"))


def test_an_empty_list_says_what_to_do():
    assert "Nothing matches" in text(ask(DonorList, q="zzz"))
    assert "Nothing here yet" in text(ask(DonorList))


def test_htmx_gets_the_same_table_as_the_whole_page():
    make_donor(name="Alba")
    headers = {"HX-Request": "true", "HX-Target": "records"}
    part = text(ask(DonorList, headers=headers, q="alba"))
    assert part.strip().startswith('<div id="records"')
    assert "".join(part.split()) in "".join(text(ask(DonorList, q="alba")).split())


def test_the_export_holds_what_the_list_shows_and_no_formula():
    make_donor(name="=HYPERLINK(1)", sales_area_m2=1200)
    make_donor(name="Brio", sales_area_m2=10)
    make_donor(name="Cora", sales_area_m2=20)
    response = ask(DonorList, format="csv", sort="-sales_area_m2")
    lines = text(response).removeprefix("\ufeff").splitlines()
    assert response["Content-Type"].startswith("text/csv")
    assert f"donors-{clock.today():%Y-%m-%d}.csv" in response["Content-Disposition"]
    assert lines[0] == "Name;Kind;Surface;State"
    assert lines[1].startswith("'=HYPERLINK(1);")
    assert lines[1].endswith(";1200;Gives")
    assert len(lines) == 4


def test_a_list_costs_the_same_queries_however_long(django_assert_num_queries):
    make_donor()
    with django_assert_num_queries(2):
        ask(DonorList)
    make_donor()
    with django_assert_num_queries(2):
        ask(DonorList)


def test_only_whoever_may_create_gets_the_button():
    assert "/d/new/" in text(ask(DonorList))
    assert "/d/new/" not in text(ask(DonorList, role=Role.VOLUNTEER))


def test_whoever_lacks_the_verb_is_refused_before_anything_else():
    with pytest.raises(Forbidden):
        ask(DonorCreate, role=Role.VOLUNTEER)
    with pytest.raises(Forbidden):
        ask(DonorEdit, "post", role=Role.VOLUNTEER, pk=make_donor().pk)


def test_a_record_that_is_not_here_is_not_found(manager):
    with pytest.raises(Http404):
        ask(DonorDetail, pk="00000000-0000-0000-0000-000000000001")


def test_a_record_is_created_and_shown():
    response = ask(DonorCreate, "post", name="Alba")
    donor = Donor.objects.get(name="Alba")
    assert response.url == f"/d/{donor.pk}/"
    assert [str(m) for m in response.said] == ["Alba: saved."]


def test_a_refusal_of_the_service_comes_back_at_its_field():
    response = ask(DonorCreate, "post", name="Twice")
    assert response.status_code == 422
    assert 'id="id_name_error"' in text(response)
    assert "This donor has a file already." in text(response)


def test_a_change_is_written_with_what_it_changed():
    donor = make_donor(name="Alba", phone="")
    ask(DonorEdit, "post", pk=donor.pk, name="Alba", phone="0380000000")
    assert AuditEntry.objects.get(record_id=str(donor.pk)).changes == {"phone": ["", "0380000000"]}


def test_the_sheet_shows_fields_and_history_in_words(manager):
    donor = make_donor(phone="")
    record_update(manager, donor, {"phone": "0380000000"}, reason="New number.")
    html = text(ask(DonorDetail, pk=donor.pk))
    assert "0380000000" in html
    assert "New number." in html
    assert "Telephone" in html


def test_the_history_is_for_those_who_may_read_it():
    assert "history-title" not in text(ask(DonorDetail, role=Role.VOLUNTEER, pk=make_donor().pk))


def test_a_record_is_archived_and_the_act_can_be_undone():
    donor = make_donor(name="Alba")
    assert "Archive Alba?" in text(ask(DonorArchive, pk=donor.pk))
    response = ask(DonorArchive, "post", pk=donor.pk, reason="Closed.")
    donor.refresh_from_db()
    assert donor.is_archived
    assert response.said[0].extra_tags == f"undo:/d/{donor.pk}/archive/?archived=0&undo=1"


def test_the_pages_carry_their_doors():
    pages = (DonorList, DonorDetail, DonorCreate, DonorEdit, DonorArchive)
    assert [door_of(page.as_view()) for page in pages] == ["reads", "reads", "writes", "writes", "writes"]
