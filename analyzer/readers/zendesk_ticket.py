"""Zendesk tickets: the comments of a ticket.

https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analyzer.call import Speaker
from analyzer.errors import ReadError
from analyzer.readers.base import JsonReader
from analyzer.readers.fields import dig, first_text, record, records
from analyzer.readers.html_text import plain
from analyzer.readers.metadata import common_metadata
from analyzer.readers.speakers import role_of
from analyzer.readers.times import elapsed_ms, iso
from analyzer.readers.transcript import Piece, Transcript


class ZendeskTicketReader(JsonReader):
    """``{"ticket": {...}, "comments": [{"author_id": 7, "body": ...}], "users": [...]}``.

    Also a ticket with its comments inside, as the account's JSON export writes it, and the bare
    answer of the comments' address. Internal notes are no part of the conversation.
    """

    name = "zendesk-ticket"
    title = "Zendesk tickets (comments)"

    def recognises_document(self, document: Any) -> bool:
        """Comments with an author and a body."""
        return any({"author_id", "body"} <= one.keys() for one in _comments(record(document)))

    def calls(self, document: Any, name: str) -> Iterator[Transcript | ReadError]:
        """The one ticket of a document."""
        ticket = record(document.get("ticket")) or document
        people = [*records(document.get("users")), record(ticket.get("requester"))]
        people += [record(ticket.get(who)) for who in ("assignee", "submitter")]
        users = {first_text(one, "id"): one for one in people if first_text(one, "id")}
        groups = {first_text(one, "id"): one for one in records(document.get("groups"))}
        comments = [one for one in _comments(document) if one.get("public") is not False]
        comments.sort(key=lambda one: iso(one.get("created_at")) or "")
        requester = first_text(ticket, "requester_id") or first_text(ticket.get("requester"), "id")
        requester = requester or first_text(comments[0], "author_id") if comments else ""
        began = dig(comments, 0, "created_at")
        yield Transcript(
            [_comment(one, users, requester, began) for one in comments],
            id=first_text(ticket, "id") or None,
            metadata={
                **common_metadata({"channel": dig(ticket, "via", "channel")}),
                "started_at": iso(ticket.get("created_at")) or iso(began),
                "agent": first_text(users.get(first_text(ticket, "assignee_id")), "name") or None,
                "agent_id": first_text(ticket, "assignee_id") or None,
                "team": first_text(groups.get(first_text(ticket, "group_id")), "name") or None,
                "customer": first_text(users.get(requester), "name") or None,
            },
            join=False,
        )


def _comments(document: dict[str, Any]) -> list[dict[str, Any]]:
    return records(document.get("comments")) or records(dig(document, "ticket", "comments"))


def _comment(
    comment: dict[str, Any], users: dict[str, dict[str, Any]], requester: str, began: Any
) -> Piece:
    author = first_text(comment, "author_id")
    stated = role_of(first_text(users.get(author), "role"))
    role: Speaker = stated or ("customer" if author == requester else "agent")
    if author.startswith("-") or dig(comment, "via", "channel") in ("rule", "system"):
        role = "other"
    return Piece(
        speaker=first_text(users.get(author), "name") or f"author {author}",
        text=first_text(comment, "plain_body") or plain(first_text(comment, "body", "html_body")),
        start_ms=elapsed_ms(comment.get("created_at"), began),
        role=role,
    )
