"""Pages of the campaigns of public programmes: European food, State credit, purchases of the State."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.donors import services
from apps.donors.abilities import abilities
from apps.donors.forms import CampaignForm, NewCampaignForm
from apps.donors.models import Campaign
from apps.kernel import clock
from apps.kernel.abilities import Abilities
from apps.kernel.display import Chip, Tone
from apps.kernel.pages import (
    Action,
    Column,
    Kind,
    RecordArchive,
    RecordCreate,
    RecordDetail,
    RecordEdit,
    RecordList,
)


def campaign_chip(campaign: Campaign) -> Chip:
    """Return whether goods may be received for a campaign today."""
    today = clock.today()
    if campaign.is_archived or (campaign.ends_on is not None and campaign.ends_on < today):
        return Chip(_("Closed"))
    return Chip(_("Open"), Tone.OK) if campaign.starts_on <= today else Chip(_("To come"))


class CampaignPage:
    """What the pages of a campaign share."""

    model = Campaign
    urls = "donors_campaign"
    abilities = staticmethod(abilities)


PROGRAMME = Column(label=_("Programme"), value="get_programme_display", sort="programme")
STARTS = Column(label=_("From"), value="starts_on", kind=Kind.DAY, sort="starts_on")
ENDS = Column(label=_("Until"), value="ends_on", kind=Kind.DAY, sort="ends_on")


class CampaignList(CampaignPage, RecordList[Campaign]):
    """The campaigns of the bank."""

    columns = (
        Column(label=_("Campaign"), value="name", sort="name", note=PROGRAMME),
        STARTS,
        ENDS,
        Column(label=_("State"), value=campaign_chip),
    )
    search_fields = ("name",)
    ordering = ("programme", "-starts_on")
    create_label = _("Open a campaign")
    lead = _("Goods of a public programme are kept, handed over and counted apart, campaign by campaign.")
    empty_text = _("No campaign yet. Open one before its goods arrive.")


class CampaignDetail(CampaignPage, RecordDetail[Campaign]):
    """A campaign."""

    fields = (PROGRAMME, STARTS, ENDS)

    def state(self, record: Campaign) -> Chip:
        """Return whether goods may be received for it."""
        return campaign_chip(record)

    def actions(self, record: Campaign, allowed: Abilities) -> list[Action]:
        """Add the way to its inventory."""
        query = urlencode({"programme": record.programme, "campaign": record.name})
        url = f"{reverse('stock_programme_list')}?{query}"
        return [Action(label=_("Inventory"), url=url, icon="layers"), *super().actions(record, allowed)]


class CampaignCreate(CampaignPage, RecordCreate[Campaign]):
    """Opens a campaign."""

    form_class = NewCampaignForm
    service = staticmethod(services.campaign_create)
    title = _("Open a campaign")


class CampaignEdit(CampaignPage, RecordEdit[Campaign]):
    """Changes the days of a campaign."""

    form_class = CampaignForm
    service = staticmethod(services.campaign_update)
    title = _("Change the campaign")


class CampaignClose(CampaignPage, RecordArchive[Campaign]):
    """Closes a campaign to further goods, or opens it again."""

    service = staticmethod(services.campaign_close)
    consequence = _("Nothing more is received for it. What is in stock may still leave.")
