"""Mumbai Smiles and who works with it: its funder, and its partners in three countries."""

from .shapes import Org

INDIA, NEPAL, DHAKA = "Asia/Kolkata", "Asia/Kathmandu", "Asia/Dhaka"

ORGANISATIONS = (
    Org(
        "MUMBAI_SMILES",
        ("Mumbai Smiles", "Mumbai Smiles"),
        "OWN",
        "IN",
        time_zone=INDIA,
        aliases=("Sonrisas de Bombay",),
        domain="mumbaismiles",
    ),
    Org(
        "MONDE_MAIN",
        ("Monde par la Main", "Monde par la Main"),
        "FUNDER PARTNER_NGO",
        "FR",
        language="fr",
        time_zone="Europe/Paris",
        domain="mondeparlamain",
    ),
    Org(
        "GBGBK",
        ("Goran Bose Gram Bikash Kendra", "Goran Bose Gram Bikash Kendra"),
        "OWN PARTNER_NGO",
        "IN",
        time_zone=INDIA,
        aliases=("GBGBK", "Goranbose Gram Bikash Kendra"),
        domain="gbgbk",
    ),
    Org(
        "CHHORI",
        ("CHHORI", "CHHORI"),
        "OWN PARTNER_NGO",
        "NP",
        time_zone=NEPAL,
        aliases=("Chhori",),
        domain="chhori",
    ),
    Org(
        "AGROGOTI",
        ("Agrogoti Sangstha", "Agrogoti Sangstha"),
        "OWN PARTNER_NGO",
        "BD",
        time_zone=DHAKA,
        aliases=("Agrogothi", "Agrogothi Sangstha"),
        domain="agrogoti",
    ),
)
