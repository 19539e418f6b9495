class RefusalError(Exception):
    """A backup or a restore stops; the message says why and what to do."""
