"""The errors a user can cause, named by what has to change."""


class SentiloraError(Exception):
    """Root of every error that SentiLoRA raises on purpose.

    The message says what happened (with the value), what was expected, and what to type next.
    """


class ConfigError(SentiloraError):
    """A setting is unknown, out of range, or at odds with another one."""


class DataError(SentiloraError):
    """A data file cannot be read, or its rows cannot be used."""


class ModelError(SentiloraError):
    """A base, an adapter or a model folder is missing, damaged or of the wrong kind."""


class DeviceError(SentiloraError):
    """The requested device or precision does not exist on this machine."""


class RunError(SentiloraError):
    """A run folder cannot be written, resumed or read."""


class MissingExtraError(SentiloraError):
    """An optional dependency is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs packages that are not installed. "
            f"Install them with: pip install 'sentilora[{extra}]'"
        )


def several(title: str, problems: list[str]) -> str:
    """Join problems into one message, so that a user sees all of them at once.

    One problem stands alone; more are listed under ``N problems in <title>``.
    """
    if len(problems) == 1:
        return f"{title}: {problems[0]}"
    return "\n".join([f"{len(problems)} problems in {title}", *(f"  {p}" for p in problems)])
