"""The report of a period: on paper, as the letter of the month, and who gets that letter."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from apps.impact.abilities import abilities as bank_abilities
from apps.impact.charts.bank import bank_report
from apps.impact.charts.papers import report_pdf
from apps.impact.forms import PeriodChoice
from apps.kernel import clock
from apps.kernel.abilities import Abilities, Actor, require
from apps.kernel.doors import StaffRequest, reads, writes
from apps.kernel.pages.pdf import pdf_response
from apps.kernel.scope import ScopeKind, current_scope
from tenants.accounts.addresses import entry_of
from tenants.federation.abilities import abilities as network_abilities
from tenants.federation.boards import network_report
from tenants.federation.letters import letter_context, report_here, subject_of
from tenants.federation.reporting import is_stop_word, month_before, subscription_set, subscription_stop
from tenants.federation.selectors import regions_served


@reads
def report_paper(request: StaffRequest) -> HttpResponse:
    """Send the report of the period, and of the region, that the address names, as a PDF.

    Raises:
        Forbidden: this person may not read the figures here.
    """
    require(_abilities(request.actor), "view")
    period = PeriodChoice(request.GET, clock.today()).period
    if _is_network():
        asked = request.GET.get("region", "")
        report = network_report(period, region=asked if asked in regions_served() else "")
    else:
        report = bank_report(period)
    place = current_scope().bank_name
    name = slugify(f"{report.title} {report.period_name}")
    return pdf_response(
        report_pdf(report, place=place, at=clock.now()), name=f"{name}.pdf", as_attachment=True
    )


@reads
def report_letter(request: StaffRequest) -> HttpResponse:
    """Show the letter of the last month as it is sent.

    Raises:
        Forbidden: this person may not have it sent.
    """
    require(bank_abilities(request.actor), "subscribe")
    context = letter_context(report_here(month_before(clock.today())), with_pictures=False)
    context |= {"subject": subject_of(context), "figures_url": reverse(_figures())}
    return render(request, "federation/letter.html", context)


@writes
def report_subscription(request: StaffRequest) -> HttpResponse:
    """Have the letter of each month sent, or no more; go back to the figures.

    Raises:
        Forbidden: this person may not have it sent.
    """
    require(bank_abilities(request.actor), "subscribe")
    if request.method == "POST":
        wanted = request.POST.get("wanted") == "yes"
        subscription_set(request.actor, wanted=wanted, entry=entry_of(request))
        said = (
            _("The report of each month will come by e-mail.") if wanted else _("No more reports by e-mail.")
        )
        messages.success(request, said)
    return redirect(_figures())


@csrf_exempt
@login_not_required
@writes
def report_stop(request: StaffRequest, word: str) -> HttpResponse:
    """End a subscription from the link of a letter; a mail program may ask in one click, without cookies.

    Opening the link changes nothing: programs that check mails open every link in them.

    Raises:
        Http404: the link is none of this place's.
    """
    if not is_stop_word(word):
        raise Http404
    if request.method == "POST":
        subscription_stop(word)
    return render(request, "federation/stop.html", {"is_done": request.method == "POST"})


def _is_network() -> bool:
    return current_scope().kind is ScopeKind.FEDERATION


def _abilities(actor: Actor) -> Abilities:
    return network_abilities(actor) if _is_network() else bank_abilities(actor)


def _figures() -> str:
    return "home" if _is_network() else "impact_indicator_list"
