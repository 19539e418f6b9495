"""PostgreSQL addresses: read any that libpq accepts, write URIs."""

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from ngo_portal.launch.console import RefusalError

PLACE = ("user", "password", "host", "port", "dbname")


def parse(address: str, variable: str) -> dict[str, str]:
    """The parts of an address: a URI or libpq's `key=value` form."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        return {key: str(value) for key, value in conninfo_to_dict(address).items()}
    except ProgrammingError:
        raise RefusalError(
            f"{variable} is not a PostgreSQL address.\n"
            f"Expected: {variable}=postgresql://user:password@host:5432/database"
        ) from None


def build(parts: Mapping[str, str]) -> str:
    """A URI from the parts; a socket's folder is percent-encoded as the host."""
    user, password, host, port, name = (quote(parts.get(key, ""), safe="") for key in PLACE)
    if "," in parts.get("host", "") or ":" in parts.get("host", ""):
        return "postgresql:///?" + urlencode(dict(parts), quote_via=quote)
    sign_in = f"{user}:{password}@" if password else f"{user}@" if user else ""
    rest = {key: value for key, value in parts.items() if key not in PLACE}
    query = "?" + urlencode(rest, quote_via=quote) if rest else ""
    return f"postgresql://{sign_in}{host}{':' + port if port else ''}/{name}{query}"


def shown(parts: Mapping[str, str]) -> str:
    """The address without its password, for messages."""
    return build({key: value for key, value in parts.items() if key != "password"})
