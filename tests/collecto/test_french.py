"""The French catalogue says what the trade says: glossary, typography, the words that are banned, and why.

Whoever adds a text that this refuses corrects the text; an exception names its source text and its reason.
"""

import re
from collections.abc import Iterator

import pytest
from babel.messages.pofile import read_po

from collecto.commands.messages import CATALOGUE

Text = tuple[str, str]
"""A source text and one of its French forms."""

BANNED = {
    r"prix|tarifs?": "nothing is sold: a kilogram has a « participation » or a « valorisation »",
    r"ventes?|vend(?:re|u|ue|us|ues|ez|eurs?)": "a food bank sells nothing",
    r"factur\w+": "the solidarity contribution is called for, never invoiced",
    r"clients?|clientes?|consommateurs?": "who receives is a partner, or people served",
    r"stagiaires? gratuits?|pauvres?|indigents?|assistés?": "people are served, not labelled",
    r"péremption|périmé\w*|DLUO": "DLC and DDM have opposite consequences: say which one",
    r"poubelles?|déchets? alimentaires?": "what is lost has a named destination",
}
ONLY_HERE = {
    r"achet\w+|achats?": {
        "reason": "a bank buys from its own funds: the source of supply is called so, nothing else is",
        "sources": r"purchas|own funds|on what terms|terms\b|donor.s file",
    },
    r"gratuit\w*": {
        "reason": "« gratuit » says that goods carry no contribution, never that the service has no price",
        "sources": r"free|contribut",
    },
    r"pa(?:ye|ie)\w*|paiements?": {
        "reason": "only said to say that nobody pays",
        "sources": r"nobody pays",
    },
}
GLOSSARY = {
    r"\bpartners?\b|\bcharit(?:y|ies)\b": r"partenaires?|associations?",
    r"\bbest[- ]before\b": r"DDM",
    r"\buse[- ]by\b": r"DLC",
    r"\brounds?\b": r"tournées?|arrondi|revenus?",
    r"\blots?\b": r"lots?",
    r"\bdelivery notes?\b": r"bons? de livraison",
    r"\bhygiene visits?\b": r"visites? d’hygiène",
    r"\bsolidarity contributions?\b": r"participations? de solidarité",
    r"\bdonors?\b": r"donateurs?",
    r"\bwarehouses?\b": r"entrepôts?",
    r"\bantennas?\b": r"antennes?",
    r"\bfood banks?\b": r"[Bb]anques? [Aa]limentaires?|banques?",
    r"\bpallets?\b": r"palettes?",
    r"\bstock counts?\b": r"inventaires?",
    r"\baccreditations?\b": r"habilitations?",
    r"\bagreements?\b": r"conventions?",
    r"\bvolunteers?\b": r"bénévoles?",
    r"\bquarantine\b": r"quarantaine",
    r"\bpicking\b": r"prépar\w+",
    r"\bfederation\b": r"fédération",
    r"\bsurplus\b": r"surplus|excédents?",
    r"\bdrivers?\b": r"chauffeurs?|conduc\w+",
}
"""Terms of the trade: wherever the source says the first, the French says the second."""
ENGLISH = re.compile(
    r"\b(?:the|and|with|this|that|which|from|your|you|of|is|are|was|not|will|must|food|bank|lot number)\b",
    re.I,
)
ANGLICISMS = {
    "(?<!e-)mail": "e-mail or message", "login": "identifiant", "checker": "vérifier", "digital": "numérique",
    "process": "processus", "feedback": "retour", "online": "en ligne", "token": "jeton",
    "password": "mot de passe",
    "template": "modèle", "update": "mise à jour", "dashboard": "tableau de bord",
    "upload": "envoi",
    "download": "téléchargement", "reset": "réinitialiser", "manager": "responsable", "staff": "équipe",
    "deadline": "échéance", "slot": "créneau",
    "supporter": "prendre en charge", "implémenter": "mettre en œuvre",
    "initier": "commencer", "éditer": "modifier",
}  # fmt: skip
SPACES = {
    r"[^\u202f][;!?](?=\s|$|<)": "a narrow no-break space stands before ; ! ?",
    r"[^\u00a0:]:(?=\s|$)": "a no-break space stands before :",
    r"«(?!\u00a0)|(?<!\u00a0)»": "no-break spaces stand inside « »",
    r"\.\.\.": "… is one character",
    r"'": "the apostrophe is ’",
    r"(?<!=)\"(?![\s>])": "quotation marks are « »",
    r"(?<=\S)  +(?=\S)": "two spaces",
}


def texts() -> Iterator[Text]:
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="fr"):
            if message.id:
                source = " / ".join(message.id) if isinstance(message.id, tuple) else message.id
                forms = message.string if isinstance(message.string, tuple) else (message.string,)
                yield from ((bare(str(source)), bare(str(form))) for form in forms if form)


def bare(text: str) -> str:
    """Return a text without placeholders, tags and what is typed as it stands."""
    return re.sub(r"%\(\w+\)[sd]|\{\w+\}", "X", re.sub(r"<[^>]*>", "", text))


def said(pattern: str, *, source: str = "") -> list[Text]:
    """Return the texts whose French says a word, but for those whose source allows it."""
    word = re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
    return [
        (english, french)
        for english, french in texts()
        if word.search(french) and not (source and re.search(source, english, re.IGNORECASE))
    ]


@pytest.mark.parametrize("pattern", BANNED)
def test_a_word_that_the_trade_does_not_use_is_nowhere(pattern: str):
    assert said(pattern) == [], BANNED[pattern]


@pytest.mark.parametrize("pattern", ONLY_HERE)
def test_a_word_of_shops_stands_only_where_it_is_true(pattern: str):
    rule = ONLY_HERE[pattern]
    assert said(pattern, source=rule["sources"]) == [], rule["reason"]


@pytest.mark.parametrize("term", GLOSSARY)
def test_a_term_of_the_trade_is_always_called_the_same(term: str):
    english, french = re.compile(term, re.IGNORECASE), re.compile(GLOSSARY[term], re.IGNORECASE)
    other = [pair for pair in texts() if english.search(pair[0]) and not french.search(pair[1])]
    assert other == []


@pytest.mark.parametrize("pattern", SPACES)
def test_typography_is_french(pattern: str):
    assert [pair for pair in texts() if re.search(pattern, pair[1])] == [], SPACES[pattern]


def test_people_are_addressed_as_vous():
    assert said(r"tu|ton|ta|tes|toi|te|t’\w+") == []


def test_no_anglicism_where_french_has_a_word():
    assert [pair for word in ANGLICISMS for pair in said(word)] == []


def test_no_english_is_left():
    assert [pair for pair in texts() if ENGLISH.search(pair[1])] == []
