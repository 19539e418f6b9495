"""Files made of the same figures as the screen, to be packed into an encrypted archive."""

from .archive import new_passphrase, pack
from .content import Content, Source
from .file import File, Mark

__all__ = ["Content", "File", "Mark", "Source", "new_passphrase", "pack"]
