"""What goes awry in the counts of invented organisations, and of no others."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """Something awkward: what happens to a site's report of a month (0 is the current one)."""

    kind: str
    program: str
    site: str
    months_ago: int
    text: str = ""
    indicator: str = ""


CASES = (
    Case("late", "HORIZON_NIGHT", "SOUTH", 1),
    Case("late", "HORIZON_NIGHT", "SOUTH", 2),
    Case("submitted", "HORIZON_NIGHT", "NORTH", 1),
    Case("submitted", "HORIZON_REFUGE", "REFUGE", 1),
    Case("submitted late", "HORIZON_STREET", "PUERTO", 1),
    Case(
        "returned",
        "HORIZON_STREET",
        "STATION",
        1,
        "Plus de contacts que le mois dernier : relisez la deuxième semaine.",
    ),
    Case("not_collected", "HORIZON_NIGHT", "SOUTH", 9, indicator="MEDICAL_CHECKS"),
    Case("not_applicable", "HORIZON_NIGHT", "VALLEY", 14, indicator="MEDICAL_CHECKS"),
    Case("withheld", "HORIZON_REFUGE", "REFUGE", 4, indicator="COMPLAINTS_FILED"),
    Case(
        "corrected",
        "HORIZON_NIGHT",
        "NORTH",
        5,
        "Un registre de la deuxième semaine avait été oublié.",
        "NIGHTS",
    ),
    Case(
        "correction open",
        "HORIZON_REFUGE",
        "REFUGE",
        7,
        "Une personne avait été comptée deux fois.",
        "PEOPLE",
    ),
)
LOCK_REASON = "Comptes de la première année remis au financeur."
EXCEPTION_REASON = "Registre retrouvé : le centre corrige le dernier mois."
