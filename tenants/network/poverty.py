"""People below the poverty line by department: what a bank's need is reckoned from until it is set.

Thousands of people, rounded: orders of magnitude of population times poverty rate, after INSEE's Filosofi
2021 but not checked against it, department by department. They are only the value to start from, until the
federation sets each bank's weekly need; nothing is to be published from them.
"""

from collections.abc import Iterable
from typing import Final

GRAMS_PER_PERSON: Final = 250
"""Grams a week for each: an order of magnitude (120,000 t a year for 9 million people), not checked either.

It scales every reckoned need alike, and weighs only beside the needs that the federation has set.
"""

POOR_THOUSANDS: Final[dict[str, int]] = {
    "01": 68, "02": 98, "03": 52, "04": 28, "05": 20, "06": 178, "07": 48, "08": 51, "09": 29, "10": 52,
    "11": 80, "12": 40, "13": 382, "14": 92, "15": 21, "16": 53, "17": 86, "18": 47, "19": 33, "2A": 28,
    "2B": 36, "21": 64, "22": 72, "23": 22, "24": 68, "25": 73, "26": 77, "27": 78, "28": 55, "29": 101,
    "30": 153, "31": 195, "32": 28, "33": 213, "34": 238, "35": 120, "36": 33, "37": 82, "38": 150, "39": 31,
    "40": 51, "41": 44, "42": 120, "43": 29, "44": 153, "45": 95, "46": 26, "47": 57, "48": 11, "49": 97,
    "50": 60, "51": 82, "52": 26, "53": 34, "54": 112, "55": 28, "56": 86, "57": 158, "58": 32, "59": 488,
    "60": 116, "61": 43, "62": 271, "63": 90, "64": 87, "65": 36, "66": 102, "67": 161, "68": 107, "69": 280,
    "70": 32, "71": 75, "72": 78, "73": 48, "74": 82, "75": 333, "76": 195, "77": 178, "78": 144, "79": 46,
    "80": 96, "81": 63, "82": 44, "83": 171, "84": 112, "85": 67, "86": 64, "87": 60, "88": 56, "89": 51,
    "90": 21, "91": 179, "92": 199, "93": 474, "94": 241, "95": 221, "971": 132, "972": 97, "973": 152,
    "974": 314, "976": 232,
}  # fmt: skip


def weekly_need(departments: Iterable[str], serving: dict[str, int]) -> int:
    """Return the grams a week that a bank needs for the departments it serves.

    ``serving`` counts the banks that serve each department: they share its people evenly.
    """
    people = sum(POOR_THOUSANDS.get(code, 0) * 1000 / max(serving.get(code, 1), 1) for code in departments)
    return round(people * GRAMS_PER_PERSON)
