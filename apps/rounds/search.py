"""What of the rounds is found in the search box: by number, day, driver, vehicle; drivers find theirs."""

import datetime as dt
from typing import Final

from django.utils.translation import gettext_lazy as _

from apps.kernel import clock
from apps.kernel.abilities import Actor
from apps.kernel.search import Reach, Searched, every_when, own
from apps.rounds.abilities import abilities
from apps.rounds.models import Round


def _reach(actor: Actor) -> Reach | None:
    allowed = abilities(actor)
    if "drive" in allowed and "view" not in allowed:
        tomorrow = clock.today() + dt.timedelta(days=1)
        begins = dt.datetime.combine(tomorrow, dt.time.min, tzinfo=dt.UTC)
        return own(actor.id, before=begins)
    return every_when(allowed="view" in allowed)


SEARCHED: Final = (
    Searched(
        model=Round,
        title=_("Rounds"),
        icon="route",
        source=(
            "SELECT r.id, 'rounds.round', coalesce(nullif(r.driver_label, ''), vehicle.name, site.name),"
            " r.number, site.name, concat_ws(' ', to_char(r.day, 'YYYY MM DD'), vehicle.name, vehicle.plate),"
            " ARRAY[]::text[], r.driver_id, (r.day + time '12:00') AT TIME ZONE 'UTC', false"
            " FROM %1$I.rounds_round AS r JOIN %1$I.sites_site AS site ON site.id = r.site_id"
            " LEFT JOIN %1$I.sites_vehicle AS vehicle ON vehicle.id = r.vehicle_id"
        ),
        columns=("number", "day", "site_id", "vehicle_id", "driver_id", "driver_label"),
        follows={"sites_site": "site_id", "sites_vehicle": "vehicle_id"},
        reach=_reach,
        page="rounds_round_detail",
        own_page="rounds_drive_round",
        is_paper=True,
    ),
)
