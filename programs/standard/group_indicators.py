"""Counts of events: contacts with people, and items (nights, meals, visits, sessions)."""

from .rows import IndicatorRow


def contacts(
    code: str, fr: tuple[str, str], en: tuple[str, str], breakdown: str = "SEX_AGE"
) -> IndicatorRow:
    """Events with someone: the same person may be behind several."""
    return IndicatorRow(code, "contact", "events", breakdown, fr, en)


def items(
    code: str,
    fr: tuple[str, str],
    en: tuple[str, str],
    breakdown: str = "TOTAL",
    *,
    counted_in: tuple[str, str],
) -> IndicatorRow:
    """Things done or given, that name nobody; `counted_in` says what they are, fr and en."""
    return IndicatorRow(code, "item", "events", breakdown, fr, en, counted_in=counted_in)


GROUP_INDICATORS = (
    items(
        "NIGHTS",
        ("Nuitées", "Nuits passées au centre par les enfants : trois enfants, trois nuitées."),
        ("Nights of shelter", "Nights the children spent at the centre: three children, three."),
        "SEX_AGE",
        counted_in=("nuits", "nights"),
    ),
    items(
        "MEALS",
        ("Repas servis", "Repas servis aux enfants et aux adultes qui les accompagnent."),
        ("Meals served", "Meals served to children and to the adults with them."),
        counted_in=("repas", "meals"),
    ),
    contacts(
        "MEDICAL_CHECKS",
        ("Visites médicales", "Examens, soins et visites de santé, sur le site ou à l’extérieur."),
        ("Medical checks", "Examinations, care and health visits, at the site or outside."),
    ),
    contacts(
        "CLASS_ATTENDANCES",
        ("Présences en classe", "Présences relevées à l’appel, séance par séance."),
        ("Class attendances", "Attendances noted at roll call, session by session."),
    ),
    items(
        "MONITORING_VISITS",
        ("Visites de suivi", "Visites des institutions où vivent les enfants placés."),
        ("Monitoring visits", "Visits to the institutions where the placed children live."),
        counted_in=("visites", "visits"),
    ),
    contacts(
        "MOTHER_CHILD_CONTACTS",
        ("Contacts mère–enfant", "Visites, appels et séjours entre un enfant placé et sa mère."),
        ("Mother–child contacts", "Visits, calls and leave between a placed child and the mother."),
        "TOTAL",
    ),
    contacts(
        "PSYCHOSOCIAL_SESSIONS",
        (
            "Séances de soutien psychologique",
            "Entretiens et ateliers (art, musique) de soutien psychologique.",
        ),
        (
            "Psychological support sessions",
            "Talks and workshops (art, music) of psychological support.",
        ),
    ),
    contacts(
        "ENCOUNTERS",
        ("Contacts en maraude", "Rencontres lors des maraudes : un échange compte pour un."),
        ("Encounters in maraudes", "Encounters on street outreach rounds: one exchange, one."),
    ),
    items(
        "ROUNDS",
        ("Maraudes", "Maraudes faites par l’équipe, seule ou avec des partenaires."),
        ("Maraudes (street rounds)", "Rounds made by the team, alone or with partners."),
        counted_in=("maraudes", "rounds"),
    ),
    items(
        "KITS",
        ("Kits remis", "Kits d’hygiène, de prévention ou de première nécessité remis."),
        ("Kits given", "Hygiene, prevention or first-need kits given."),
        counted_in=("kits", "kits"),
    ),
    contacts(
        "ORIENTATIONS",
        ("Orientations", "Orientations faites vers un service, interne ou d’un partenaire."),
        ("Referrals", "Referrals made to a service, our own or a partner’s."),
    ),
    contacts(
        "LEGAL_CONSULTATIONS",
        ("Consultations juridiques", "Consultations gratuites données par une ou un avocat."),
        ("Legal consultations", "Free consultations given by a lawyer."),
        "SEX",
    ),
    contacts(
        "LEGAL_INFORMATION",
        (
            "Entretiens d’information juridique",
            "Entretiens d’écoute, d’information et d’orientation au point d’accès au droit.",
        ),
        (
            "Legal information interviews",
            "Interviews to listen, inform and refer at the legal access point.",
        ),
        "SEX",
    ),
    items(
        "COMPLAINTS_FILED",
        ("Plaintes déposées", "Plaintes déposées avec le soutien de l’association."),
        ("Complaints filed", "Complaints to the police filed with the association’s support."),
        counted_in=("plaintes", "complaints"),
    ),
    items(
        "RELOCATIONS",
        ("Mises à distance (Ac.Sé)", "Demandes de mobilité géographique faites au dispositif."),
        ("Relocations (Ac.Sé)", "Requests of geographic relocation made to the national scheme."),
        counted_in=("mobilités", "relocations"),
    ),
    items(
        "DISCUSSION_GROUPS",
        ("Groupes de parole", "Séances de groupes de parole tenues."),
        ("Discussion groups", "Discussion group sessions held."),
        counted_in=("séances", "sessions"),
    ),
    contacts(
        "DISCUSSION_PARTICIPANTS",
        (
            "Participations aux groupes de parole",
            "Présences aux groupes de parole, sans noter de nom.",
        ),
        ("Discussion group attendances", "Attendances at discussion groups, no name noted."),
        "TOTAL",
    ),
    items(
        "AWARENESS_SESSIONS",
        ("Séances de sensibilisation", "Séances tenues dans les écoles, villages et quartiers."),
        ("Awareness sessions", "Sessions held in schools, villages and neighbourhoods."),
        counted_in=("séances", "sessions"),
    ),
    contacts(
        "AWARENESS_PARTICIPANTS",
        (
            "Participations aux sensibilisations",
            "Présences aux séances de sensibilisation : une personne peut venir deux fois.",
        ),
        (
            "Awareness participants",
            "Attendances at awareness sessions: a person may come twice.",
        ),
    ),
    items(
        "TRAINING_SESSIONS",
        ("Formations et ateliers", "Journées de formation ou d’atelier tenues."),
        ("Trainings and workshops", "Days of training or workshop held."),
        counted_in=("séances", "sessions"),
    ),
    contacts(
        "TRAINING_PARTICIPANTS",
        (
            "Participations aux formations",
            "Présences aux formations, par métier : une personne peut venir deux fois.",
        ),
        ("Training participants", "Attendances at trainings, by profession."),
        "AUDIENCE",
    ),
    items(
        "ADVOCACY_ACTIONS",
        (
            "Actions de plaidoyer",
            "Rencontres, contributions et interventions auprès d’une institution.",
        ),
        ("Advocacy actions", "Meetings, contributions and interventions towards an institution."),
        counted_in=("actions", "actions"),
    ),
)
