"""French dates and numbers where Django's own differ from typographic use."""

THOUSAND_SEPARATOR = "\u202f"
SHORT_DATE_FORMAT = "d/m/Y"
DATE_FORMAT = "j F Y"
DATE_INPUT_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y"]
