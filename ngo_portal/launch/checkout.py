"""Where the files of this checkout are."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Checkout:
    """One clone of the repository and what the commands keep in it."""

    root: Path

    @property
    def local(self) -> Path:
        """Git-ignored folder of data, logs, secrets and stamps."""
        return self.root / ".local"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    def log(self, name: str) -> Path:
        return self.local / f"{name}.log"

    def make_local(self) -> None:
        """Create `.local`, closed to others; root lets PostgreSQL's user through to its data."""
        self.local.mkdir(exist_ok=True)
        self.local.chmod(0o700 if os.getuid() else 0o711)

    def runs_in_venv(self) -> bool:
        return Path(sys.prefix).resolve() == self.venv.resolve()

    def base_environment(self) -> dict[str, str]:
        """The person's environment without what would lead Python elsewhere."""
        env = {
            name: value
            for name, value in os.environ.items()
            if name not in {"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
        }
        return env | {"PYTHONUNBUFFERED": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


HERE = Checkout(Path(__file__).resolve().parent.parent.parent)
