"""The portal without its word for a database that is away: a control of tests/proof/outages.py."""

import sys

from ngo_portal.wsgi import application  # noqa: F401 - gunicorn asks for it by its name

# Loaded by now, and not before the portal's applications are.
sys.modules["ngo_portal.errors"].AWAY = ()
