"""A bank's own page of standing rules: what it takes of the network's offers, and when."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.kernel.pages import RecordCreate
from apps.kernel.quantity import format_kg
from tenants.network import services
from tenants.network.abilities import abilities
from tenants.network.models import BankRouting
from tenants.network.routing_forms import StandingRulesForm, days_typed
from tenants.network.standing import need_here, rules_here

SHOWN = tuple(StandingRulesForm.base_fields)


class StandingRules(RecordCreate[BankRouting]):
    """What this bank takes of the offers of the network, set by its managers."""

    model = BankRouting
    urls = "network_transfer"
    abilities = staticmethod(abilities)
    verb = "keep_rules"
    title = _("Standing rules")
    submit = _("Save")
    form_class = StandingRulesForm
    service = staticmethod(services.bank_rules_set)
    success = _("The standing rules hold for the offers to come.")

    def initial(self) -> dict[str, Any]:
        """Return the rules of now."""
        now = rules_here()
        if now is None:
            return {}
        told = {name: getattr(now, name) for name in SHOWN}
        return {**told, "closed_days": days_typed(now.closed_days)}

    def page(self, *, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Say what the federation reckons that the bank needs."""
        lead = _(
            "What this bank takes of the offers of the network. A weight left empty sets no limit. "
            "The federation counts on a need of %(need)s a week."
        ) % {"need": format_kg(need_here())}
        return super().page(status=status, template=template, **{**context, "lead": lead})

    def success_url(self, record: BankRouting) -> str:
        """Return the page itself."""
        return reverse("network_rules")
