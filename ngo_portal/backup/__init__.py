"""Backups that the server can make and not read, and their restoring elsewhere."""
