"""The partners of PEGASE: associations and public agencies, numbered where no name is public."""

import datetime as dt

from .shapes import Org

ZONE = "Asia/Phnom_Penh"

DAMNOK_TOEK = Org(
    "DAMNOK_TOEK",
    ("Damnok Toek", "Damnok Toek"),
    "OWN PARTNER_NGO",
    "KH",
    time_zone=ZONE,
    aliases=("Goutte d’eau",),
    agreement=(dt.date(2004, 1, 1), None),
    domain="damnoktoek",
)
CENTRE = Org(
    "TRANSIT_CENTRE",
    ("Centre de transit de Poipet", "Poipet Transit Centre"),
    "PUBLIC_AGENCY",
    "KH",
    time_zone=ZONE,
)
PARTNERS = tuple(
    Org(
        f"PEGASE_PARTNER_{n}",
        (f"PEGASE, association partenaire {n}", f"PEGASE, civil-society partner {n}"),
        "OWN PARTNER_NGO",
        "KH",
        time_zone=ZONE,
        domain=f"pegase-{n}",
    )
    for n in range(2, 6)
)
AGENCIES = tuple(
    Org(code, name, kind, "KH", time_zone=ZONE)
    for code, name, kind in (
        (
            "KH_SOCIAL_PROVINCE",
            ("Affaires sociales, province", "Social affairs, province"),
            "PUBLIC_AGENCY",
        ),
        ("KH_SOCIAL_TOWN", ("Affaires sociales, ville", "Social affairs, town"), "PUBLIC_AGENCY"),
        (
            "KH_CHILD_COMMITTEE",
            ("Comité de protection de l’enfance", "Child protection committee"),
            "PUBLIC_AGENCY",
        ),
        ("KH_BORDER_POLICE", ("Police des frontières", "Border police"), "POLICE"),
        (
            "KH_MINORS_POLICE",
            ("Police de protection des mineurs", "Juvenile protection police"),
            "POLICE",
        ),
        ("KH_HEALTH_CENTRE", ("Centre de santé", "Health centre"), "HEALTH"),
        ("KH_HOSPITAL", ("Hôpital de référence", "Referral hospital"), "HEALTH"),
        ("KH_SCHOOL_OFFICE", ("Bureau de l’éducation", "Education office"), "SCHOOL"),
        ("KH_COURT", ("Tribunal provincial", "Provincial court"), "COURT_PROSECUTION"),
    )
)
