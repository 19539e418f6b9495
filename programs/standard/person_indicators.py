"""Counts of persons and households: distinct, new, present at the end of the month."""

from .rows import IndicatorRow

EACH = {"person": "Chaque personne", "household": "Chaque ménage"}


def followed(
    code: str,
    *,
    names: tuple[str, str],
    new_names: tuple[str, str],
    definition: tuple[str, str],
    unit: str = "person",
    breakdown: str = "SEX_AGE",
    at_most: str = "",
) -> tuple[IndicatorRow, IndicatorRow]:
    """A distinct monthly count, and the count of the new ones that stands for it over a year."""
    fr, en = definition
    return (
        IndicatorRow(
            code,
            unit,
            "active_in_period",
            breakdown,
            (names[0], f"{fr} {EACH[unit]} compte une fois dans le mois, même en venant souvent."),
            (names[1], f"{en} Counted once in the month, however often they come."),
            summed_by=f"{code}_NEW",
            at_most=at_most,
        ),
        IndicatorRow(
            f"{code}_NEW",
            unit,
            "new_in_year",
            breakdown,
            (
                new_names[0],
                f"{fr} {EACH[unit]} compte au premier contact de l’année civile sur le site.",
            ),
            (new_names[1], f"{en} Counted at the first contact of the civil year at the site."),
            at_most=code,
        ),
    )


PERSON_INDICATORS = (
    *followed(
        "CHILDREN",
        names=("Enfants accompagnés", "Children supported"),
        new_names=("Nouveaux enfants accompagnés", "Children supported, new this year"),
        definition=(
            "Enfants et jeunes avec qui un accompagnement est en cours.",
            "Children and young people with whom support is under way.",
        ),
    ),
    *followed(
        "CHILDREN_SHELTERED",
        names=("Enfants accueillis la nuit", "Children sheltered at night"),
        new_names=("Nouveaux enfants accueillis la nuit", "Children sheltered, new this year"),
        definition=(
            "Enfants ayant passé au moins une nuit au centre.",
            "Children who spent at least one night at the centre.",
        ),
        at_most="NIGHTS",
    ),
    *followed(
        "LEARNERS",
        names=("Enfants en soutien éducatif", "Children in educational support"),
        new_names=(
            "Nouveaux enfants en soutien éducatif",
            "Children in educational support, new this year",
        ),
        definition=(
            "Enfants présents à au moins une séance (classe, activité, compétences de vie).",
            "Children who came to at least one session (class, activity, life skills).",
        ),
        at_most="CLASS_ATTENDANCES",
    ),
    *followed(
        "MOTHERS",
        names=("Mères accompagnées", "Mothers supported"),
        new_names=("Nouvelles mères accompagnées", "Mothers supported, new this year"),
        definition=(
            "Mères d’enfants accueillis qui ont reçu un soutien.",
            "Mothers of the children served who received support.",
        ),
        breakdown="TOTAL",
    ),
    *followed(
        "PEOPLE_MET",
        names=("Personnes rencontrées", "People met"),
        new_names=("Nouvelles personnes rencontrées", "People met for the first time this year"),
        definition=(
            "Personnes reconnues par l’équipe lors des maraudes, nommées ou non.",
            "People the team recognises on its rounds, named or not.",
        ),
        at_most="ENCOUNTERS",
    ),
    *followed(
        "PEOPLE",
        names=("Personnes accompagnées", "People supported"),
        new_names=("Nouvelles personnes accompagnées", "People supported, new this year"),
        definition=(
            "Personnes avec qui un accompagnement individuel est en cours.",
            "People with whom individual support is under way.",
        ),
    ),
    *followed(
        "FAMILIES",
        names=("Familles suivies", "Families followed"),
        new_names=("Nouvelles familles suivies", "Families followed, new this year"),
        definition=(
            "Familles très précaires dont le plan familial est suivi.",
            "Very precarious families whose household plan is followed.",
        ),
        unit="household",
        breakdown="TOTAL",
    ),
    *followed(
        "FAMILIES_AT_RISK",
        names=("Familles à risque suivies", "Families at risk followed"),
        new_names=("Nouvelles familles à risque", "Families at risk, new this year"),
        definition=(
            "Familles dont un membre risque d’être recruté ou de devoir partir.",
            "Families of whom a member risks being recruited or having to leave.",
        ),
        unit="household",
        breakdown="TOTAL",
    ),
    IndicatorRow(
        "CHILDREN_PLACED",
        "person",
        "stock_at_end",
        "SEX_AGE",
        (
            "Enfants placés en fin de mois",
            "Enfants admis dans une institution ou un internat le dernier jour du mois.",
        ),
        (
            "Children placed at the end of the month",
            "Children living in an institution or boarding school on the last day of the month.",
        ),
    ),
    IndicatorRow(
        "ADMISSIONS",
        "person",
        "new_in_period",
        "SEX_AGE",
        ("Admissions", "Enfants admis dans le mois dans une institution ou un internat."),
        ("Admissions", "Children admitted to an institution or boarding school in the month."),
    ),
    IndicatorRow(
        "SPONSORED",
        "person",
        "stock_at_end",
        "SEX",
        (
            "Jeunes parrainés en formation",
            "Jeunes en formation professionnelle parrainée le dernier jour du mois.",
        ),
        (
            "Young people sponsored in training",
            "Young people in sponsored vocational training on the last day of the month.",
        ),
    ),
    IndicatorRow(
        "JOBS_FOUND",
        "person",
        "new_in_period",
        "SEX",
        ("Jeunes ayant trouvé un emploi", "Jeunes parrainés qui ont commencé un emploi."),
        ("Young people who found a job", "Sponsored young people who started a job."),
    ),
    IndicatorRow(
        "GIRLS_IN_SCHOOL",
        "person",
        "stock_at_end",
        "TOTAL",
        (
            "Filles maintenues à l’école",
            "Filles repérées à risque qui sont scolarisées le dernier jour du mois.",
        ),
        (
            "Girls kept in school",
            "Girls known to be at risk who are in school on the last day of the month.",
        ),
    ),
    IndicatorRow(
        "ARRIVALS",
        "person",
        "new_in_period",
        "SEX_AGE",
        (
            "Arrivées à la frontière",
            "Enfants isolés refoulés à la frontière et reçus par le bureau dans le mois.",
        ),
        (
            "Arrivals at the border",
            "Isolated children turned back at the border and received by the office.",
        ),
    ),
    IndicatorRow(
        "REUNIFICATIONS",
        "person",
        "new_in_period",
        "SEX_AGE",
        (
            "Retours en famille",
            "Enfants remis à leur famille après vérification, dans le mois.",
        ),
        ("Reunifications", "Children handed over to their verified family in the month."),
    ),
    IndicatorRow(
        "CHILDREN_IN_SHELTER",
        "person",
        "stock_at_end",
        "SEX_AGE",
        (
            "Enfants hébergés en fin de mois",
            "Enfants en hébergement de longue durée le dernier jour du mois.",
        ),
        (
            "Children in shelter at the end of the month",
            "Children in the long-term shelter on the last day of the month.",
        ),
    ),
    IndicatorRow(
        "PRESUMED_VICTIMS",
        "person",
        "new_in_period",
        "SEX_AGE",
        (
            "Victimes présumées repérées",
            "Personnes pour qui l’association relève un faisceau d’indices de traite.",
        ),
        (
            "Presumed victims detected",
            "People for whom the association finds a body of signs of trafficking.",
        ),
    ),
    IndicatorRow(
        "REINTEGRATED",
        "person",
        "new_in_period",
        "SEX_AGE",
        (
            "Personnes réinsérées",
            "Personnes dont le parcours de réinsertion est achevé dans le mois.",
        ),
        ("People reintegrated", "People whose reintegration was completed in the month."),
    ),
    IndicatorRow(
        "PSP_ACTIVE",
        "person",
        "stock_at_end",
        "TOTAL",
        (
            "Parcours de sortie en cours (PSP)",
            "Personnes engagées dans un parcours de sortie de la prostitution en fin de mois.",
        ),
        (
            "Exit pathways under way (PSP)",
            "People in an exit pathway (PSP) on the last day of the month.",
        ),
    ),
    IndicatorRow(
        "VOLUNTEER_LAWYERS_NEW",
        "person",
        "new_in_period",
        "TOTAL",
        (
            "Avocates et avocats bénévoles, arrivés dans le mois",
            "Avocates et avocats bénévoles à leur première maraude avec l’association.",
        ),
        (
            "Volunteer lawyers who joined",
            "Volunteer lawyers on their first round with the association.",
        ),
    ),
    IndicatorRow(
        "PEER_MEDIATORS_NEW",
        "person",
        "new_in_period",
        "TOTAL",
        (
            "Médiatrices et médiateurs pairs, arrivés dans le mois",
            "Médiatrices paires et médiateurs pairs à leur première maraude.",
        ),
        ("Peer mediators who joined", "Peer mediators on their first round."),
    ),
)
