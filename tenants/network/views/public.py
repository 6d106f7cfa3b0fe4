"""Pages for anybody: what COLLECTO is, who we are, which bank serves a department."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from apps.kernel.doors import reads
from tenants.network.forms import DepartmentForm
from tenants.network.needs import needs_for_donors
from tenants.network.selectors import asking_order
from tenants.network.words import tier_sentence
from tenants.registry import territory
from tenants.registry.selectors import operating_banks


@login_not_required
@reads
def home(request: HttpRequest) -> HttpResponse:
    """Say what COLLECTO is and open the ways in."""
    return render(request, "network/home.html", {"bank_count": operating_banks().count()})


@login_not_required
@reads
def bank_list(request: HttpRequest) -> HttpResponse:
    """List the banks and antennas of the network with the departments they serve."""
    names = {d.code: d.name for d in territory.departments()}
    banks = [
        {
            "bank": bank,
            "departments": sorted(
                f"{served.department} {names.get(served.department, '')}" for served in bank.territories.all()
            ),
        }
        for bank in operating_banks()
    ]
    return render(request, "network/bank_list.html", {"banks": banks, "needs": needs_for_donors()})


@login_not_required
@reads
def bank_find(request: HttpRequest) -> HttpResponse:
    """Say which bank serves a department, and who is asked if it cannot."""
    form = DepartmentForm(request.GET or None, label_suffix="")
    found = None
    if form.is_valid():
        code = form.cleaned_data["department"]
        found = [{"bank": bank, "why": tier_sentence(why.tier, why.km)} for bank, why in asking_order(code)]
    return render(request, "network/bank_find.html", {"form": form, "found": found})
