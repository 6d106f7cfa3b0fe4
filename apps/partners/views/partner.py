"""Page of a partner's own people: their file."""

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from apps.kernel.abilities import require
from apps.kernel.doors import StaffRequest, reads
from apps.partners.abilities import abilities


@reads
def own_file(request: StaffRequest) -> HttpResponse:
    """Lead a partner's person to the file of their charity.

    Raises:
        Forbidden: this person works for no partner.
    """
    require(abilities(request.actor), "view_own")
    return HttpResponseRedirect(reverse("partners_partner_detail", args=[request.actor.partner_id]))
