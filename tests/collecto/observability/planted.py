"""Thirty values that must stay in the house, and where each is planted."""

import json
from urllib.parse import quote, quote_plus

PLANTED = {
    "path": "Célestine-Vandamme",
    "query": "octave.brunel@mail-prive.fr",
    "header": "Header Théodule Garrigue",
    "user_agent": "Phone of Hortense Quillevic",
    "referer": "https://maison.fr/dossier/Alphonsine-Tréguier",
    "cookie": "cookie-Barnabé-Lestrange",
    "baggage": "Wilhelmine%20Kerguelen",
    "request_id": "jean-baptiste.oury",
    "form_body": "Isidore Fontanel, 06 71 52 90 33",
    "json_body": "Perpétue Salvignac",
    "password": "Mot-de-passe-7K!zumba",
    "iban": "FR7630006000011234567890189",
    "local_variable": "Gédéon Mirecourt",
    "error_text": "Aldegonde Prévost habite 3 rue des Lilas",
    "cause_text": "Zéphyrin Ducouret",
    "note": "Note sur Eulalie Montbrun",
    "group_text": "Cunégonde Rastignac",
    "form_error": "Philomène Artaud",
    "cell": "Onésime Bellerive",
    "sql_literal": "Ursule Champvallon",
    "sql_parameter": "Casimir Estrelle",
    "log_argument": "Rodolphine Hacquard",
    "log_text": "Télesphore Jolivet",
    "log_extra": "Apolline Nivernais",
    "mail_subject": "Dossier de Sidonie Pommeraye",
    "mail_recipient": "victorin.saulnier@mail-prive.fr",
    "template_value": "Léocadie Thibouville",
    "task_argument": "Népomucène Vauquelin",
    "middleware": "Dorothée Xaintrailles",
    "person": "Gwenaëlle Yvetot",
}

HEADERS = {
    "X-Beneficiary": PLANTED["header"],
    "User-Agent": PLANTED["user_agent"],
    "Referer": PLANTED["referer"],
    "Cookie": f"remember={PLANTED['cookie']}",
    "baggage": f"sentry-trace_id=771a43a4192642f0b136d5159a501700,sentry-user_id={PLANTED['baggage']}",
    "sentry-trace": "771a43a4192642f0b136d5159a501700-1234567890abcdef-1",
    "X-Request-ID": PLANTED["request_id"],
}


def leaked(text: str) -> set[str]:
    """Return where the values come from that a text holds, in any of the forms they could take."""
    low = text.lower()
    return {place for place, value in PLANTED.items() if any(form.lower() in low for form in forms_of(value))}


def forms_of(value: str) -> set[str]:
    """Return a value as it is, as an address, as JSON and as Python write it."""
    ascii_json = json.dumps(value)[1:-1]
    as_header = value.encode().decode("latin-1")
    header_json = json.dumps(as_header)[1:-1]
    return {value, quote(value), quote_plus(value), ascii_json, repr(value)[1:-1], as_header, header_json}
