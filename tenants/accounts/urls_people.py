"""Pages about the people of a place, on every site: bank, federation, public site; and about oneself."""

from django.urls import URLPattern, path

from tenants.accounts.views import hosts, invitations, joining, myself, people, resets

urlpatterns: list[URLPattern] = [
    path("people/", people.PersonList.as_view(), name="accounts_person_list"),
    path("people/<uuid:pk>/", people.PersonDetail.as_view(), name="accounts_person_detail"),
    path("people/<uuid:pk>/reset/", resets.FactorReset.as_view(), name="accounts_person_reset"),
    path("people/<uuid:pk>/roles/new/", people.HatGrant.as_view(), name="accounts_person_grant"),
    path(
        "people/<uuid:pk>/roles/<uuid:hat_id>/charity/",
        people.HatNarrow.as_view(),
        name="accounts_person_narrow",
    ),
    path("people/<uuid:pk>/roles/<uuid:hat_id>/end/", people.HatEnd.as_view(), name="accounts_person_end"),
    path(
        "people/<uuid:pk>/roles/<uuid:hat_id>/restore/",
        people.HatRestore.as_view(),
        name="accounts_person_restore",
    ),
    path("invitations/", invitations.InvitationList.as_view(), name="accounts_invitation_list"),
    path("invitations/new/", invitations.InvitationCreate.as_view(), name="accounts_invitation_create"),
    path(
        "invitations/<uuid:pk>/resend/",
        invitations.InvitationResend.as_view(),
        name="accounts_invitation_resend",
    ),
    path(
        "invitations/<uuid:pk>/revoke/",
        invitations.InvitationRevoke.as_view(),
        name="accounts_invitation_revoke",
    ),
    path("join/<str:word>/", joining.join, name="account_join"),
    path("me/", myself.identity, name="account_identity"),
    path("me/address/", myself.address, name="account_address"),
    path("me/address/code/", myself.address_code, name="account_address_code"),
    path("me/roles/<uuid:hat_id>/leave/", myself.leave, name="account_leave"),
    path("switch/", hosts.switch, name="account_switch"),
    path("arrive/", hosts.arrive, name="account_arrive"),
]
