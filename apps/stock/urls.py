"""Pages of the stage."""

from django.urls import URLPattern, path

from apps.stock.views import acts, staff

urlpatterns: list[URLPattern] = [
    path("", staff.LotList.as_view(), name="stock_lot_list"),
    path("products/", staff.HoldingList.as_view(), name="stock_holding_list"),
    path("movements/", staff.MovementList.as_view(), name="stock_movement_list"),
    path("movements/<int:pk>/reverse/", acts.MovementReverse.as_view(), name="stock_movement_reverse"),
    path("<uuid:pk>/", staff.LotDetail.as_view(), name="stock_lot_detail"),
    path("<uuid:pk>/move/", acts.LotMove.as_view(), name="stock_lot_move"),
    path("<uuid:pk>/lose/", acts.LotLose.as_view(), name="stock_lot_lose"),
    path("<uuid:pk>/count/", acts.LotCount.as_view(), name="stock_lot_count"),
    path("<uuid:pk>/block/", acts.LotBlock.as_view(), name="stock_lot_block"),
    path("<uuid:pk>/unblock/", acts.LotUnblock.as_view(), name="stock_lot_unblock"),
]
