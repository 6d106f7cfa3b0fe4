"""A bank's site with a view that is wrong: it answers from a memory that all banks share."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path

from apps.kernel.doors import reads
from apps.sites.models import Site
from collecto.urls_tenant import urlpatterns as bank_patterns

_remembered: dict[str, str] = {}


@reads
def leak(request: HttpRequest, way: str) -> HttpResponseBase:
    """Answer with the name of a site, remembered without the bank it is of."""
    name = _remembered.setdefault(way, Site.objects.order_by("pk")[0].name)
    if way == "stream":
        return StreamingHttpResponse([name.encode()])
    if way == "error":
        return HttpResponseNotFound(f"There is no {name}")
    response = HttpResponse(name if way == "body" else "")
    if way == "header":
        response["X-Site"] = name
    if way == "cookie":
        response.set_cookie("site", name)
    if way == "redirect":
        response.status_code, response["Location"] = 302, f"/sites/?q={name}"
    if way == "attachment":
        response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


urlpatterns = [path("leak/<slug:way>/", leak, name="leak"), *bank_patterns]
