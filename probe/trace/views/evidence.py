"""What a sentence of ours rests on (PURE)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A sentence and the step that bears it out."""

    step: str
    says: str
