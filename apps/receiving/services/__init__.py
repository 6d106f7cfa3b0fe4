"""Writes of receiving: receipts and their limits, national collections and what they weigh."""

from apps.receiving.services.collecting import (
    SortedLine,
    collection_archive,
    collection_create,
    collection_sort,
    collection_update,
    container_archive,
    container_create,
    container_update,
    shop_create,
    shop_update,
    weighing_record,
    weighing_undo,
)
from apps.receiving.services.picturing import line_photograph
from apps.receiving.services.receipts import (
    LineCheck,
    NewReceiptLine,
    limit_set,
    receipt_cancel,
    receipt_expect,
    receipt_line_add,
    receipt_post,
    receipt_start,
)

__all__ = [
    "LineCheck",
    "NewReceiptLine",
    "SortedLine",
    "collection_archive",
    "collection_create",
    "collection_sort",
    "collection_update",
    "container_archive",
    "container_create",
    "container_update",
    "limit_set",
    "line_photograph",
    "receipt_cancel",
    "receipt_expect",
    "receipt_line_add",
    "receipt_post",
    "receipt_start",
    "shop_create",
    "shop_update",
    "weighing_record",
    "weighing_undo",
]
