"""Code lists of trafficking, with the codes of HTCDS 2.0 and CTDC; never rename a code."""

from .rows import CodeListRow, CodeRow

TRAFFICKING_LISTS = (
    CodeListRow(
        "EXPLOITATION",
        "Formes d’exploitation",
        "Forms of exploitation",
        (
            CodeRow(
                "SEXUAL",
                "Exploitation sexuelle",
                "Sexual exploitation",
                "SexualExploitation",
                "isSexualExploit",
            ),
            CodeRow("PROCURING", "Proxénétisme", "Procuring", "SexualExploitation"),
            CodeRow(
                "FORCED_LABOUR", "Travail forcé", "Forced labour", "ForcedLabour", "isForcedLabour"
            ),
            CodeRow(
                "DOMESTIC",
                "Servitude domestique",
                "Domestic servitude",
                "Servitude",
                "typeOfLabourDomesticWork",
            ),
            CodeRow("CHILD_LABOUR", "Travail des enfants", "Child labour", "ChildLabour"),
            CodeRow(
                "BEGGING",
                "Mendicité forcée",
                "Forced begging",
                "ForcedBegging",
                "typeOfLabourBegging",
            ),
            CodeRow(
                "CRIMINALITY",
                "Contrainte à commettre des délits",
                "Forced criminality",
                "Other",
                "typeOfLabourIllicitActivities",
            ),
            CodeRow(
                "MARRIAGE", "Mariage forcé", "Forced marriage", "ForcedMarriage", "isForcedMarriage"
            ),
            CodeRow(
                "SLAVERY",
                "Esclavage et pratiques analogues",
                "Slavery and similar practices",
                "Servitude",
                "isSlaveryAndPractices",
            ),
            CodeRow(
                "MILITARY",
                "Enrôlement forcé",
                "Forced military service",
                "ForcedMilitaryByNonStateActors",
                "isForcedMilitary",
            ),
            CodeRow(
                "ORGANS", "Prélèvement d’organes", "Organ removal", "OrganRemoval", "isOrganRemoval"
            ),
            CodeRow("ADOPTION", "Adoption forcée", "Forced adoption", "ForcedAdoption"),
            CodeRow("SURROGACY", "Gestation pour autrui forcée", "Forced surrogacy", "Surrogacy"),
            CodeRow("OTHER", "Autre exploitation", "Other exploitation", "Other", "isOtherExploit"),
        ),
    ),
    CodeListRow(
        "MEANS_OF_CONTROL",
        "Moyens de contrôle",
        "Means of control",
        (
            CodeRow(
                "DEBT_BONDAGE",
                "Servitude pour dettes",
                "Debt bondage",
                "DebtBondage",
                "meansOfControlDebtBondage",
            ),
            CodeRow(
                "TAKES_EARNINGS",
                "Confiscation des gains",
                "Takes the earnings",
                "TakesEarnings",
                "meansOfControlTakesEarnings",
            ),
            CodeRow(
                "RESTRICTS_FINANCES",
                "Privation d’accès à l’argent",
                "Restricts access to money",
                "RestrictsFinancialAccess",
                "meansOfControlRestrictsFinancialAccess",
            ),
            CodeRow("THREATS", "Menaces", "Threats", "PhysicalThreats", "meansOfControlThreats"),
            CodeRow(
                "THREAT_AUTHORITIES",
                "Menaces de dénonciation aux autorités",
                "Threats of denunciation to the authorities",
                "ThreatsLawEnforcement",
                "meansOfControlThreatOfLawEnforcement",
            ),
            CodeRow(
                "USES_CHILDREN_FAMILY",
                "Menaces sur les enfants ou la famille",
                "Threatens children or family",
                "ThreatensChildrenFamily",
                "meansOfControlUsesChildren",
            ),
            CodeRow(
                "PSYCHOLOGICAL_ABUSE",
                "Violences psychologiques",
                "Psychological abuse",
                "PsychologicalAbuse",
                "meansOfControlPsychologicalAbuse",
            ),
            CodeRow(
                "PHYSICAL_ABUSE",
                "Violences physiques",
                "Physical abuse",
                "PhysicalAbuse",
                "meansOfControlPhysicalAbuse",
            ),
            CodeRow(
                "SEXUAL_ABUSE",
                "Violences sexuelles",
                "Sexual abuse",
                "SexualAbuse",
                "meansOfControlSexualAbuse",
            ),
            CodeRow(
                "FALSE_PROMISES",
                "Fausses promesses",
                "False promises",
                "FalsePromises",
                "meansOfControlFalsePromises",
            ),
            CodeRow(
                "SUBSTANCES",
                "Alcool, drogues ou médicaments",
                "Alcohol, drugs or medicines",
                "PsychoactiveSubstance",
                "meansOfControlPsychoactiveSubstances",
            ),
            CodeRow(
                "RESTRICTS_MOVEMENT",
                "Restriction des déplacements",
                "Restricts movement",
                "",
                "meansOfControlRestrictsMovement",
            ),
            CodeRow(
                "RESTRICTS_MEDICAL",
                "Privation de soins",
                "Restricts medical care",
                "RestrictsMedicalCare",
                "meansOfControlRestrictsMedicalCare",
            ),
            CodeRow(
                "WITHHOLDS_NECESSITIES",
                "Privation du nécessaire",
                "Withholds necessities",
                "WithholdsNecessities",
                "meansOfControlWithholdsNecessities",
            ),
            CodeRow(
                "EXCESSIVE_HOURS",
                "Horaires excessifs",
                "Excessive working hours",
                "ExcessiveWorkingHours",
                "meansOfControlExcessiveWorkingHours",
            ),
            CodeRow(
                "WITHHOLDS_DOCUMENTS",
                "Confiscation des papiers",
                "Withholds documents",
                "WithholdsDocuments",
                "meansOfControlWithholdsDocuments",
            ),
            CodeRow(
                "OATH_RITUAL", "Serment ou rituel", "Oath or ritual", "Other", "meansOfControlOther"
            ),
            CodeRow("OTHER", "Autre moyen", "Other means", "Other", "meansOfControlOther"),
            CodeRow(
                "NOT_SPECIFIED",
                "Non précisé",
                "Not specified",
                "Other",
                "meansOfControlNotSpecified",
            ),
        ),
    ),
    CodeListRow(
        "RECRUITMENT",
        "Modes de recrutement",
        "Methods of recruitment",
        (
            CodeRow("BUSINESS", "Dans un commerce", "At a place of business", "AtAPlaceOfBusiness"),
            CodeRow(
                "SCHOOL",
                "Dans un établissement scolaire",
                "At an educational institution",
                "AtAnEducationalInstitution",
            ),
            CodeRow("WORK", "Au travail", "At work", "AtWork"),
            CodeRow(
                "SOCIAL_NETWORKS",
                "Par les réseaux sociaux",
                "Through social networks",
                "ThroughOnlineSocialNetworks",
            ),
            CodeRow(
                "ONLINE_ADVERT",
                "Par une annonce en ligne",
                "Through an online advertisement",
                "ThroughAnOnlineAdvertisement",
            ),
            CodeRow(
                "TELEVISION",
                "Par la télévision",
                "Through a television advertisement",
                "ThroughATelevisionAdvert",
            ),
            CodeRow(
                "NEWSPAPER",
                "Par un journal",
                "Through a newspaper advertisement",
                "ThroughANewspaperAdvert",
            ),
            CodeRow(
                "FAMILY",
                "Par la famille",
                "Through family or family events",
                "ThroughFamilyOrFamilyEvents",
                "recruiterRelationFamily",
            ),
            CodeRow(
                "FRIENDS",
                "Par des amis",
                "Through friends or social events",
                "ThroughFriendsOrSocialEvents",
                "recruiterRelationFriend",
            ),
            CodeRow("OTHER", "Autre mode", "Other method", "Other", "recruiterRelationOther"),
        ),
    ),
    CodeListRow(
        "ROLE_IN_PROCESS",
        "Rôles des auteurs",
        "Roles of perpetrators",
        (
            CodeRow(
                "TRAVELLING_PARTNER",
                "A voyagé avec la personne",
                "Travelling partner",
                "TravellingPartner",
            ),
            CodeRow("TRANSPORTER", "A assuré le transport", "Transporter", "Transporter"),
            CodeRow(
                "RECRUITER",
                "A recruté ou servi d’intermédiaire",
                "Recruiter or intermediary",
                "RecruiterOrIntermediary",
            ),
            CodeRow(
                "BROKER", "A organisé le voyage", "Broker or travel agent", "BrokerTravelAgent"
            ),
            CodeRow(
                "TRANSFERRED",
                "A transféré la personne",
                "Transferred the person",
                "TransferredIndividual",
            ),
            CodeRow(
                "HARBOURED", "A hébergé la personne", "Harboured the person", "HarbouredIndividual"
            ),
            CodeRow("SOLD", "A vendu la personne", "Sold the person", "SoldIndividual"),
            CodeRow("BOUGHT", "A acheté la personne", "Bought the person", "BoughtIndividual"),
            CodeRow(
                "RECEIVED",
                "A accueilli la personne à l’arrivée",
                "Received the person",
                "ReceivedIndividual",
            ),
            CodeRow(
                "CONTROLLED",
                "A contrôlé la personne",
                "Controlled the person",
                "ControlledIndividual",
            ),
            CodeRow("SMUGGLER", "A fait passer la frontière", "Smuggler", "Smuggler"),
            CodeRow("ABUSER", "A commis des violences", "Abuser", "Abuser"),
            CodeRow("KIDNAPPER", "A enlevé la personne", "Kidnapper", "Kidnapper"),
            CodeRow("EXPLOITER", "A exploité la personne", "Exploiter", "Exploiter"),
            CodeRow("OTHER", "Autre rôle", "Other role", "Other"),
        ),
    ),
)
