"""Fonds Lumière, the fictional funder: it pays wherever no public funder is known."""

from .shapes import Account, Family, Org

FICTIONAL = ("organisation fictive", "fictional organisation")

LUMIERE = Org(
    "LUMIERE",
    ("Fonds Lumière (fictif)", "Lumière Fund (fictional)"),
    "FUNDER",
    "BE",
    "fr",
    "Europe/Brussels",
    aliases=FICTIONAL,
    domain="lumiere",
)

FAMILY = Family(
    "FUNDER",
    ("Fonds Lumière (fictif)", "Lumière Fund (fictional)"),
    True,
    (LUMIERE,),
    (),
    (),
    (),
    (Account("funder", "funder", "LUMIERE", ("Financeur", "Funder"), "fr"),),
)
