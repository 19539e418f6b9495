"""Who pays for La Mist's work, for which project and how long: public, but for the references."""

import datetime as dt

from .shapes import Cover, Money, Org, Project

ZONE = "Europe/Paris"
SINCE = dt.date(2021, 1, 1)


def year(number: int) -> dt.date:
    return dt.date(number, 1, 1)


FUNDERS = (
    Org("PARIS", ("Mairie de Paris", "City of Paris"), "FUNDER PUBLIC_AGENCY", "FR", "fr", ZONE),
    Org(
        "LEF",
        ("Legal Empowerment Fund", "Legal Empowerment Fund"),
        "FUNDER",
        "US",
        aliases=("LEF",),
        domain="lef",
    ),
    Org(
        "DGCS",
        ("Direction générale de la cohésion sociale", "Directorate General for Social Cohesion"),
        "FUNDER PUBLIC_AGENCY",
        "FR",
        "fr",
        ZONE,
        aliases=("DGCS",),
    ),
    Org(
        "AGRASC",
        ("AGRASC", "AGRASC"),
        "FUNDER PUBLIC_AGENCY",
        "FR",
        "fr",
        ZONE,
        aliases=("Agence de gestion et de recouvrement des avoirs saisis et confisqués",),
    ),
    Org(
        "DRDFE",
        ("DRDFE d’Île-de-France", "DRDFE Île-de-France"),
        "FUNDER PUBLIC_AGENCY",
        "FR",
        "fr",
        ZONE,
        aliases=("Direction régionale aux droits des femmes et à l’égalité",),
    ),
    Org(
        "SDFE",
        ("Service des droits des femmes et de l’égalité", "Women’s Rights and Equality Service"),
        "FUNDER PUBLIC_AGENCY",
        "FR",
        "fr",
        ZONE,
        aliases=("SDFE",),
    ),
    Org(
        "GAATW",
        ("Global Alliance Against Traffic in Women", "Global Alliance Against Traffic in Women"),
        "FUNDER PARTNER_NGO",
        "TH",
        time_zone="Asia/Bangkok",
        aliases=("GAATW",),
    ),
)


def money(funder: str, code: str, language: str, *covers: Cover) -> Money:
    return Money(funder, f"DEMO-MIST-{code}", language, covers)


PROJECTS = (
    Project(
        "LA_MIST",
        "ALL_IN_FAVOR",
        ("All in favor !", "All in favor!"),
        (
            "Maraudes et permanence communes de paires et d’avocats bénévoles.",
            "Joint rounds and desk of peers and pro bono lawyers.",
        ),
        (SINCE, None),
        (
            money("PARIS", "01", "fr", Cover("MARAUDES"), Cover("LEGAL_DESK")),
            money("LEF", "02", "en", Cover("MARAUDES"), Cover("LEGAL_DESK")),
        ),
    ),
    Project(
        "LA_MIST",
        "AUTONOMISATION",
        ("Autonomisation juridique", "Legal empowerment"),
        ("Autonomie juridique par les paires.", "Legal empowerment by peers."),
        (year(2022), year(2025)),
        (money("LEF", "03", "en", Cover("EMPOWERMENT")),),
    ),
    Project(
        "LA_MIST",
        "ENTRE_PAIRS",
        ("Entre Pairs", "Entre Pairs (among peers)"),
        (
            "Accueil et co-accompagnement de mineures et mineurs par des paires.",
            "Welcome and joint support of minors by peers.",
        ),
        (year(2022), year(2024)),
        (money("DGCS", "04", "fr", Cover("PEERS")),),
    ),
    Project(
        "LA_MIST",
        "MPEIO",
        (
            "Mécanisme parisien expérimental d’identification et d’orientation",
            "Experimental Paris mechanism for identification and orientation",
        ),
        (
            "Protection, mobilité et insertion des victimes ; appui aux déléguées aux droits des "
            "femmes et à leurs commissions.",
            "Protection, mobility and integration of victims; support of the women’s-rights "
            "delegates and their commissions.",
        ),
        (year(2022), year(2024)),
        (
            money("AGRASC", "05", "fr", Cover("MPEIO")),
            money("DRDFE", "06", "fr", Cover("MPEIO")),
            money("SDFE", "07", "fr", Cover("MPEIO")),
        ),
    ),
    Project(
        "LA_MIST",
        "VOICE",
        ("Voice and participation", "Voice and participation"),
        (
            "Apprendre entre huit organisations de huit pays.",
            "Learning across eight partner organisations in eight countries.",
        ),
        (year(2022), year(2025)),
        (money("GAATW", "08", "en"),),
    ),
)
