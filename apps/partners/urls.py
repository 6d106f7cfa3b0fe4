"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.partners.views import papers, partner, staff

urlpatterns: list[URLPattern] = [
    path("", staff.PartnerList.as_view(), name="partners_partner_list"),
    path("own/", partner.own_file, name="partners_own_file"),
    path("new/", staff.PartnerCreate.as_view(), name="partners_partner_create"),
    path("<uuid:pk>/", staff.PartnerDetail.as_view(), name="partners_partner_detail"),
    path("<uuid:pk>/edit/", staff.PartnerEdit.as_view(), name="partners_partner_edit"),
    path("<uuid:pk>/archive/", staff.PartnerArchive.as_view(), name="partners_partner_archive"),
    path("<uuid:pk>/agreements/new/", staff.AgreementSign.as_view(), name="partners_agreement_sign"),
    path("<uuid:pk>/visits/new/", staff.VisitRecord.as_view(), name="partners_visit_record"),
    path("<uuid:pk>/papers/new/", papers.PaperAttach.as_view(), name="partners_paper_attach"),
    path("papers/<uuid:pk>/remove/", papers.PaperArchive.as_view(), name="partners_paper_archive"),
]
