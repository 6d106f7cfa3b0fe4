"""Pages of the stage: the order desk; ``basket/`` and ``mine/`` are those of a charity."""

from django.urls import URLPattern, path

from apps.orders.views import partner, staff

urlpatterns: list[URLPattern] = [
    path("", staff.OrderList.as_view(), name="orders_order_list"),
    path("new/", staff.OrderCreate.as_view(), name="orders_order_create"),
    path("<uuid:pk>/", staff.OrderDetail.as_view(), name="orders_order_detail"),
    path("<uuid:pk>/cancel/", staff.OrderCancel.as_view(), name="orders_order_cancel"),
    path("<uuid:pk>/revise/", staff.OrderRevise.as_view(), name="orders_order_revise"),
    path("mine/", partner.OwnList.as_view(), name="orders_mine_list"),
    path("basket/", partner.OwnCreate.as_view(), name="orders_mine_create"),
    path("mine/<uuid:pk>/", partner.OwnDetail.as_view(), name="orders_mine_detail"),
    path("mine/<uuid:pk>/placed/", partner.OwnPlaced.as_view(), name="orders_mine_placed"),
    path("mine/<uuid:pk>/cancel/", partner.OwnCancel.as_view(), name="orders_mine_cancel"),
]
