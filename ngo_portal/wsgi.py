"""What gunicorn serves."""

import os
from threading import Thread

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ngo_portal.settings")
portal = get_wsgi_application()
# Applications load before their modules.
from audit.walls.checks import must_stand  # noqa: E402
from reports.charts import warm_up  # noqa: E402

# A page that is not in the access registry does not start (ngo_portal/access.py), nor does the
# portal without the keys that its rows are encrypted with (audit/keys.py), nor as a database role
# that could go round the walls between organisations (audit/walls/checks.py).
call_command(
    "check", tags=["access", "keys"], databases=["default"], fail_level="ERROR", verbosity=0
)
must_stand()
# No request ends in this thread: it would keep one connection of the pool for ever.
connections.close_all()


def application(environ, start_response):
    """Serve; where the database was down at the start, see its walls first."""
    must_stand()
    return portal(environ, start_response)


# The chart library takes a second to load: it does so before the first reader asks.
Thread(target=warm_up, name="charts", daemon=True).start()
