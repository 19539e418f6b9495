"""Log lines carry the number of the request that an error page shows."""

import logging
from contextvars import ContextVar

request_number: ContextVar[str] = ContextVar("request_number", default="-")


class RequestNumber(logging.Filter):
    """Gives each log record its request's number."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_number.get()
        return True
