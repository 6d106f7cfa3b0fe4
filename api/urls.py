"""Addresses of the API, version 1."""

from django.urls import path, re_path

from api.resources import Unknown
from api.schema import SchemaView
from api.v1.collections import Collections
from api.v1.counts import Counts
from api.v1.deliveries import Deliveries
from api.v1.indicators import Indicators
from api.v1.jobs import Jobs
from api.v1.offers import Offers
from api.v1.orders import Orders
from api.v1.recalls import Recalls
from api.v1.stock import Stock
from api.v1.traces import Traces
from api.v1.workshop import Batches

urlpatterns = [
    path("offers/", Offers.at(get="list"), name="api_offer_list"),
    path("offers/<uuid:pk>/", Offers.at(get="retrieve"), name="api_offer_detail"),
    path("offers/<uuid:pk>/history/", Offers.at(get="history"), name="api_offer_history"),
    path("offers/<uuid:pk>/accept/", Offers.at(post="accept"), name="api_offer_accept"),
    path("offers/<uuid:pk>/decline/", Offers.at(post="decline"), name="api_offer_decline"),
    path("jobs/<uuid:pk>/", Jobs.at(get="retrieve"), name="api_job_detail"),
    path("stock/lots/", Stock.at(get="lots"), name="api_stock_lots"),
    path("stock/lots/<uuid:pk>/pallets/", Stock.at(get="pallets"), name="api_stock_lot_pallets"),
    path(
        "stock/lots/<uuid:pk>/inspections/",
        Stock.at(get="inspections", post="inspect"),
        name="api_stock_lot_inspections",
    ),
    path("stock/lots/<uuid:pk>/trace/", Traces.at(get="retrieve"), name="api_stock_lot_trace"),
    path("stock/lots/<uuid:pk>/epcis/", Traces.at(get="epcis"), name="api_stock_lot_epcis"),
    path("workshop/batches/", Batches.at(get="list"), name="api_batch_list"),
    path("workshop/batches/<uuid:pk>/", Batches.at(get="retrieve"), name="api_batch_detail"),
    path("workshop/batches/<uuid:pk>/lines/", Batches.at(get="lines"), name="api_batch_lines"),
    path("workshop/batches/<uuid:pk>/history/", Batches.at(get="history"), name="api_batch_history"),
    path("stock/products/", Stock.at(get="products"), name="api_stock_products"),
    path("stock/counts/", Counts.at(get="list"), name="api_stock_count_list"),
    path("stock/counts/<uuid:pk>/", Counts.at(get="retrieve"), name="api_stock_count_detail"),
    path("stock/counts/<uuid:pk>/lines/", Counts.at(get="lines"), name="api_stock_count_lines"),
    path("orders/", Orders.at(get="list", post="create"), name="api_order_list"),
    path("orders/<uuid:pk>/", Orders.at(get="retrieve"), name="api_order_detail"),
    path("orders/<uuid:pk>/history/", Orders.at(get="history"), name="api_order_history"),
    path("orders/<uuid:pk>/cancel/", Orders.at(post="cancel"), name="api_order_cancel"),
    path("collections/<uuid:pk>/shops/", Collections.at(get="shops"), name="api_collection_shops"),
    path("shops/<uuid:pk>/weighings/", Collections.at(post="weigh"), name="api_shop_weigh"),
    path("deliveries/<uuid:pk>/returns/", Deliveries.at(post="take_back"), name="api_delivery_return"),
    path("recalls/", Recalls.at(get="list"), name="api_recall_list"),
    path("recalls/<uuid:pk>/", Recalls.at(get="retrieve"), name="api_recall_detail"),
    path("recalls/<uuid:pk>/history/", Recalls.at(get="history"), name="api_recall_history"),
    path("indicators/", Indicators.at(get="read"), name="api_indicators"),
    path("schema/", SchemaView.as_view(), name="api_schema"),
    re_path("", Unknown.as_view(), name="api_unknown"),
]
