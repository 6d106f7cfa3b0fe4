"""Pages of the network on a bank's own site."""

from django.urls import path

from tenants.network.views import agreements, links, resources, staff, standing, surplus, traces

urlpatterns = [
    path("transfers/", staff.TransferList.as_view(), name="network_transfer_list"),
    path("transfers/<uuid:pk>/", staff.TransferDetail.as_view(), name="network_transfer_detail"),
    path("transfers/<uuid:pk>/accept/", staff.TransferAccept.as_view(), name="network_transfer_accept"),
    path("transfers/<uuid:pk>/decline/", staff.TransferDecline.as_view(), name="network_transfer_decline"),
    path("transfers/<uuid:pk>/cancel/", staff.TransferCancel.as_view(), name="network_transfer_cancel"),
    path("transfers/<uuid:pk>/ship/", staff.TransferShip.as_view(), name="network_transfer_ship"),
    path("transfers/<uuid:pk>/receive/", staff.TransferReceive.as_view(), name="network_transfer_receive"),
    path(
        "transfers/<uuid:pk>/arrange/", agreements.TransferArrange.as_view(), name="network_transfer_arrange"
    ),
    path("transfers/<uuid:pk>/claim/", agreements.TransferClaim.as_view(), name="network_transfer_claim"),
    path(
        "transfers/<uuid:pk>/claim/answer/", agreements.ClaimAnswer.as_view(), name="network_transfer_answer"
    ),
    path("surplus/", surplus.SurplusList.as_view(), name="network_surplus_list"),
    path("surplus/new/", surplus.SurplusCreate.as_view(), name="network_surplus_create"),
    path("surplus/<uuid:pk>/", surplus.SurplusDetail.as_view(), name="network_surplus_detail"),
    path("surplus/<uuid:pk>/ask/", surplus.SurplusAsk.as_view(), name="network_surplus_ask"),
    path("surplus/<uuid:pk>/withdraw/", surplus.SurplusWithdraw.as_view(), name="network_surplus_withdraw"),
    path(
        "surplus/requests/<uuid:pk>/allocate/",
        surplus.RequestAllocate.as_view(),
        name="network_surplus_request_allocate",
    ),
    path(
        "surplus/requests/<uuid:pk>/decline/",
        surplus.RequestDecline.as_view(),
        name="network_surplus_request_decline",
    ),
    path(
        "surplus/requests/<uuid:pk>/withdraw/",
        surplus.RequestWithdraw.as_view(),
        name="network_surplus_request_withdraw",
    ),
    path("agreements/", agreements.AgreementList.as_view(), name="network_agreement_list"),
    path("agreements/new/", agreements.AgreementCreate.as_view(), name="network_agreement_create"),
    path("agreements/<uuid:pk>/", agreements.AgreementDetail.as_view(), name="network_agreement_detail"),
    path(
        "agreements/<uuid:pk>/accept/", agreements.AgreementAccept.as_view(), name="network_agreement_accept"
    ),
    path("agreements/<uuid:pk>/end/", agreements.AgreementEnd.as_view(), name="network_agreement_end"),
    path("flows/", resources.flow_board, name="network_flow_list"),
    path("resources/", resources.ResourceList.as_view(), name="network_resource_list"),
    path("resources/share/", resources.resource_share, name="network_resource_share"),
    path("rules/", standing.StandingRules.as_view(), name="network_rules"),
    path("needs/", staff.NeedList.as_view(), name="network_need_list"),
    path("lots/<uuid:lot_id>/propose/", staff.transfer_propose, name="network_transfer_propose"),
    path("lots/<uuid:lot_id>/trace/", traces.lot_trace, name="network_lot_trace"),
    path("donors/<uuid:pk>/link/", links.DonorLink.as_view(), name="network_donor_link"),
    path("donors/<uuid:pk>/link/make/", links.LinkMake.as_view(), name="network_donor_link_make"),
    path("donors/<uuid:pk>/link/send/", links.LinkSend.as_view(), name="network_donor_link_send"),
    path("donors/<uuid:pk>/link/sheet/", links.LinkSheet.as_view(), name="network_donor_link_sheet"),
    path("donors/<uuid:pk>/link/renew/", links.LinkRenew.as_view(), name="network_donor_link_renew"),
    path("donors/<uuid:pk>/link/revoke/", links.LinkRevoke.as_view(), name="network_donor_link_revoke"),
    path("donors/<uuid:pk>/link/restore/", links.LinkRestore.as_view(), name="network_donor_link_restore"),
    path("offers/<uuid:step_id>/", staff.offer_trail, name="network_offer_trail"),
]
