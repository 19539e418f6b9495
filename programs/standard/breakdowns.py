from .rows import BreakdownRow, CategoryRow, DimensionRow

DIMENSIONS = (
    DimensionRow(
        "SEX",
        "Sexe",
        "Sex",
        (
            CategoryRow("F", "Filles, femmes", "Girls, women"),
            CategoryRow("M", "Garçons, hommes", "Boys, men"),
            CategoryRow("X", "Autre", "Other"),
            CategoryRow("U", "Inconnu", "Unknown", is_unknown=True),
        ),
    ),
    DimensionRow(
        "AGE",
        "Âge",
        "Age",
        (
            CategoryRow("AGE_0_5", "0–5", "0–5"),
            CategoryRow("AGE_6_11", "6–11", "6–11"),
            CategoryRow("AGE_12_17", "12–17", "12–17"),
            CategoryRow("AGE_18_24", "18–24", "18–24"),
            CategoryRow("AGE_25", "25+", "25+"),
            CategoryRow("AGE_U", "Inconnu", "Unknown", is_unknown=True),
        ),
    ),
    DimensionRow(
        "AUDIENCE",
        "Public",
        "Audience",
        (
            CategoryRow("POLICE", "Police, gendarmerie", "Police"),
            CategoryRow("JUSTICE", "Magistrats, avocats", "Judges, lawyers"),
            CategoryRow("SOCIAL_WORK", "Travail social", "Social work"),
            CategoryRow("EDUCATION", "Enseignement", "Teaching"),
            CategoryRow("HEALTH", "Santé", "Health"),
            CategoryRow("OFFICIALS", "Autorités locales", "Local authorities"),
            CategoryRow("PEERS", "Pairs", "Peers"),
            CategoryRow("COMMUNITY", "Habitants", "Community members"),
            CategoryRow("OTHER", "Autre", "Other"),
            CategoryRow("U", "Inconnu", "Unknown", is_unknown=True),
        ),
    ),
)

BREAKDOWNS = (
    BreakdownRow("TOTAL", "Total seul", "Total only", ()),
    BreakdownRow("SEX", "Par sexe", "By sex", ("SEX",)),
    BreakdownRow("SEX_AGE", "Par sexe et âge", "By sex and age", ("SEX", "AGE")),
    BreakdownRow("AUDIENCE", "Par public", "By audience", ("AUDIENCE",)),
)
