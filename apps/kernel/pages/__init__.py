"""Pages of a record's file: list, sheet, create, change, act, archive.

A stage declares what is its own (columns, filters, form, service) and inherits the rest: rights,
search and sort in the URL, export of what is shown, history, refusals at their field. URL names
follow from ``urls``: ``donors_donor`` gives ``donors_donor_list``, ``…_detail``, ``…_create``,
``…_edit``, ``…_archive``. Pages never write: they call the declared service.
"""

from apps.kernel.pages.acts import FormPage, RecordAct, RecordCreate, RecordEdit
from apps.kernel.pages.base import Action, RecordPage
from apps.kernel.pages.history import HistoryPanel, More, history_panel
from apps.kernel.pages.lists import Heading, RecordList
from apps.kernel.pages.panels import table_panel
from apps.kernel.pages.sheets import Panel, RecordArchive, RecordDetail
from apps.kernel.tables import Column, Kind

__all__ = [
    "Action",
    "Column",
    "FormPage",
    "Heading",
    "HistoryPanel",
    "Kind",
    "More",
    "Panel",
    "RecordAct",
    "RecordArchive",
    "RecordCreate",
    "RecordDetail",
    "RecordEdit",
    "RecordList",
    "RecordPage",
    "history_panel",
    "table_panel",
]
