"""What of the sites is found in the search box: sites, storage locations, vehicles."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel.abilities import Actor
from apps.kernel.search import Reach, Searched, every_when
from apps.sites.abilities import abilities
from apps.sites.models import Location, Site, Vehicle


def _reach(actor: Actor) -> Reach | None:
    return every_when(allowed="view" in abilities(actor))


SEARCHED: Final = (
    Searched(
        model=Site,
        title=_("Sites"),
        icon="warehouse",
        source=(
            "SELECT r.id, 'sites.site', r.name, r.code, r.city, concat_ws(' ', r.address, r.postcode),"
            " ARRAY[r.phone], NULL::uuid, r.created_at, r.archived_at IS NOT NULL FROM %1$I.sites_site AS r"
        ),
        columns=("name", "code", "city", "address", "postcode", "phone", "archived_at"),
        reach=_reach,
        page="sites_site_detail",
    ),
    Searched(
        model=Location,
        title=_("Storage locations"),
        icon="map-pin",
        source=(
            "SELECT r.id, 'sites.location', r.name, r.code, site.name, '', ARRAY[]::text[], NULL::uuid,"
            " r.created_at, r.archived_at IS NOT NULL FROM %1$I.sites_location AS r"
            " JOIN %1$I.sites_site AS site ON site.id = r.site_id"
        ),
        columns=("name", "code", "site_id", "archived_at"),
        follows={"sites_site": "site_id"},
        reach=_reach,
        page="sites_location_detail",
    ),
    Searched(
        model=Vehicle,
        title=_("Vehicles"),
        icon="truck",
        source=(
            "SELECT r.id, 'sites.vehicle', r.name, r.plate, site.name, '', ARRAY[]::text[], NULL::uuid,"
            " r.created_at, r.archived_at IS NOT NULL FROM %1$I.sites_vehicle AS r"
            " JOIN %1$I.sites_site AS site ON site.id = r.site_id"
        ),
        columns=("name", "plate", "site_id", "archived_at"),
        follows={"sites_site": "site_id"},
        reach=_reach,
        page="sites_vehicle_detail",
    ),
)
