"""What comes in: a call as a list of turns (the neutral format)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Speaker = Literal["agent", "customer", "other"]


class Turn(BaseModel):
    """What one speaker says until somebody else speaks.

    Fields that the neutral format does not know are ignored.
    """

    model_config = ConfigDict(extra="ignore")

    speaker: Speaker = Field(
        description="`agent`, `customer`, or `other` (a bot, an IVR, a system event)."
    )
    text: str = Field(description="The words, as transcribed.")
    start_ms: int | None = Field(
        default=None, ge=0, description="Milliseconds from the start of the call."
    )
    end_ms: int | None = Field(
        default=None, ge=0, description="Milliseconds from the start of the call."
    )

    @model_validator(mode="after")
    def _end_not_before_start(self) -> Turn:
        if self.start_ms is not None and self.end_ms is not None and self.end_ms < self.start_ms:
            raise ValueError(f"end_ms {self.end_ms} is before start_ms {self.start_ms}")
        return self


class Call(BaseModel):
    """One conversation between a customer and an agent.

    Turns are numbered from 1, as people count them: turn ``n`` is ``call.turns[n - 1]``.
    """

    model_config = ConfigDict(extra="ignore")

    id: str = Field(min_length=1, description="Unique in its export.")
    turns: list[Turn] = Field(min_length=1)
    metadata: dict[str, Any] = Field(
        default_factory=dict,
        description="What the export tells of the call: agent, team, company, channel, "
        "started_at (ISO 8601), duration_ms, language, ...",
    )

    @field_validator("id", mode="before")
    @classmethod
    def _number_as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @property
    def agent(self) -> str | None:
        """The agent's name or number, where the export has one."""
        value = self.metadata.get("agent")
        return None if value is None else str(value)

    def turns_of(self, speaker: Speaker) -> list[tuple[int, Turn]]:
        """Numbered turns of one speaker, in order."""
        return [(n, turn) for n, turn in enumerate(self.turns, 1) if turn.speaker == speaker]

    def _repr_html_(self) -> str:
        """The talk, in notebooks."""
        from analyzer.pages import transcript_html

        return transcript_html(self)
