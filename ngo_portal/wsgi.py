"""What gunicorn serves."""

import os

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ngo_portal.settings")
application = get_wsgi_application()
# A page that is not in the access registry does not start (ngo_portal/access.py).
call_command("check", tags=["access"], fail_level="ERROR", verbosity=0)
