"""What the sites say has happened."""

from dataclasses import dataclass

from apps.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterheadChanged(Fact):
    """The legal identity on this bank's papers was written; its antennas issue papers in its name."""

    legal_name: str
    siret: str
    rna: str
    address: str
    postcode: str
    city: str
