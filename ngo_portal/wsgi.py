"""What gunicorn serves."""

import os
from threading import Thread

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ngo_portal.settings")
application = get_wsgi_application()
# A page that is not in the access registry does not start (ngo_portal/access.py), nor does the
# portal without the keys that its rows are encrypted with (audit/keys.py).
call_command(
    "check", tags=["access", "keys"], databases=["default"], fail_level="ERROR", verbosity=0
)
from reports.charts import warm_up  # noqa: E402 - applications load before their modules

# The chart library takes a second to load: it does so before the first reader asks.
Thread(target=warm_up, name="charts", daemon=True).start()
