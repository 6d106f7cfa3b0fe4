"""Acts of a recall. Lots are kept back in the very transaction in which they are found."""

from apps.recalls.services.answering import (
    answer_record,
    reach_answer,
    reach_explain,
    reach_read,
    reach_remind,
    reminders_send,
)
from apps.recalls.services.closing import case_close
from apps.recalls.services.deciding import match_confirm, match_dismiss
from apps.recalls.services.keeping_back import rest_keep_back
from apps.recalls.services.opening import NewGroup, Notice, case_open, case_receive, lots_named
from apps.recalls.services.searching import case_search, cases_screen, lots_screen

__all__ = [
    "NewGroup",
    "Notice",
    "answer_record",
    "case_close",
    "case_open",
    "case_receive",
    "case_search",
    "cases_screen",
    "lots_named",
    "lots_screen",
    "match_confirm",
    "match_dismiss",
    "reach_answer",
    "reach_explain",
    "reach_read",
    "reach_remind",
    "reminders_send",
    "rest_keep_back",
]
