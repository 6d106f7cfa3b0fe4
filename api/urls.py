"""Addresses of the API, version 1."""

from django.urls import path, re_path

from api.resources import Unknown
from api.schema import SchemaView
from api.v1.indicators import Indicators
from api.v1.offers import Offers
from api.v1.orders import Orders
from api.v1.stock import Stock

urlpatterns = [
    path("offers/", Offers.at(get="list"), name="api_offer_list"),
    path("offers/<uuid:pk>/", Offers.at(get="retrieve"), name="api_offer_detail"),
    path("offers/<uuid:pk>/accept/", Offers.at(post="accept"), name="api_offer_accept"),
    path("offers/<uuid:pk>/decline/", Offers.at(post="decline"), name="api_offer_decline"),
    path("stock/lots/", Stock.at(get="lots"), name="api_stock_lots"),
    path("stock/products/", Stock.at(get="products"), name="api_stock_products"),
    path("orders/", Orders.at(get="list", post="create"), name="api_order_list"),
    path("orders/<uuid:pk>/", Orders.at(get="retrieve"), name="api_order_detail"),
    path("orders/<uuid:pk>/cancel/", Orders.at(post="cancel"), name="api_order_cancel"),
    path("indicators/", Indicators.at(get="read"), name="api_indicators"),
    path("schema/", SchemaView.as_view(), name="api_schema"),
    re_path("", Unknown.as_view(), name="api_unknown"),
]
