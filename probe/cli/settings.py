"""What was typed for a probe: each option's value as click has it, before anything is looked into."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSettings:
    """One field an option of `exps probe`, by click's name for it. None: it was not given."""

    connect: str | None = None
    source: str | None = None
    realm: str | None = None
    kdcs: tuple[str, ...] = ()
    site: str | None = None
    dns: str | None = None
    user: str | None = None
    password_file: str | None = None
    keytab: Path | None = None
    principal: str | None = None
    ccache: Path | None = None
    native: bool = False
    ehlo: str | None = None
    spn: str | None = None
    mechanism: str = "auto"
    tls: str = "auto"
    wrapping: str = "auto"
    initial_response: bool = False
    no_ntlm: bool = False
    directories: tuple[str, ...] = ()
    no_directory: bool = False
    time_servers: tuple[str, ...] = ()
    smb: str | None = None
    no_smb: bool = False
    inject: str | None = None
    quick: bool = False
    thorough: bool = False
    timeout: float = 10.0
    deadline: float = 60.0

    @property
    def named_realm(self) -> str:
        """``--realm`` in Active Directory's capitals, however it was typed; empty: none was."""
        return (self.realm or "").upper()

    @classmethod
    def of(cls, typed: Mapping[str, Any]) -> Self:
        """From the arguments that click calls a command with; an option that a command does not have stays away.

        Click's arguments have no types that a checker sees, so they are looked at here, once. Raises TypeError: that is
        a bug of ours, an option without a field or of another kind than its field.
        """
        due = get_type_hints(cls)
        settings = cls(**typed)
        for field in fields(settings):
            value = getattr(settings, field.name)
            if not _fits(value, due[field.name]):
                raise TypeError(f"{field.name}: {due[field.name]} is due, {type(value).__name__} came")
        return settings


def _fits(value: object, due: Any) -> bool:
    if get_origin(due) is tuple:
        return isinstance(value, tuple) and all(isinstance(item, get_args(due)[0]) for item in value)
    return isinstance(value, due)
