"""The formats that can be read, and the choice between them by content."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

from analyzer.errors import UnknownFormatError, UsageError
from analyzer.readers.base import MALFORMED, Reader
from analyzer.readers.export import Export

BUILT_IN: tuple[str, ...] = (
    # One line a format, "module:class". The first that recognises an export reads it: a format
    # stands before those that are less particular about what they accept.
    # -- vendor formats --
    "analyzer.readers.vcon:VconReader",
    "analyzer.readers.amazon_connect:AmazonConnectReader",
    "analyzer.readers.amazon_call_analytics:AmazonCallAnalyticsReader",
    "analyzer.readers.amazon_transcribe:AmazonTranscribeReader",
    "analyzer.readers.google_insights:GoogleInsightsReader",
    "analyzer.readers.google_insights_import:GoogleInsightsImportReader",
    "analyzer.readers.google_insights_bigquery:GoogleInsightsBigQueryReader",
    "analyzer.readers.azure_speech:AzureSpeechReader",
    "analyzer.readers.genesys_cloud:GenesysCloudReader",
    "analyzer.readers.twilio_intelligence:TwilioIntelligenceReader",
    "analyzer.readers.deepgram:DeepgramReader",
    "analyzer.readers.assemblyai:AssemblyAIReader",
    "analyzer.readers.whisper:WhisperReader",
    "analyzer.readers.subtitles:SubtitlesReader",
    "analyzer.readers.zendesk_chat:ZendeskChatReader",
    "analyzer.readers.zendesk_ticket:ZendeskTicketReader",
    "analyzer.readers.intercom:IntercomReader",
    "analyzer.readers.convokit:ConvokitReader",
    "analyzer.readers.abcd:AbcdReader",
    "analyzer.readers.harper_valley:HarperValleyReader",
    "analyzer.readers.json_rows:JsonRowsReader",
    "analyzer.readers.whisper:WhisperSegmentsReader",
    # -- general formats --
    "analyzer.readers.neutral:NeutralReader",
    "analyzer.readers.chat_messages:ChatMessagesReader",
    "analyzer.readers.chat_messages:MessageListReader",
    "analyzer.readers.excel_table:ExcelReader",
    "analyzer.readers.parquet_table:ParquetReader",
    "analyzer.readers.csv_table:CsvReader",
    "analyzer.readers.plain_text:PlainTextReader",
)

ENTRY_POINTS = "empathy_analyzer.readers"
"""The group of entry points by which other packages bring formats of their own."""

_added: list[Reader] = []


def register(reader: Reader | type[Reader]) -> None:
    """Add a format. It is asked before the built-in ones, and replaces one of the same name."""
    added = reader() if isinstance(reader, type) else reader
    _added[:] = [added, *(other for other in _added if other.name != added.name)]


def readers() -> Iterator[Reader]:
    """Every known format, in the order in which they are asked."""
    yield from _added
    names = {reader.name for reader in _added}
    yield from (reader for reader in _installed() if reader.name not in names)


def reader_named(name: str) -> Reader:
    """The format of this name.

    Raises:
        UsageError: If there is none.
    """
    for reader in readers():
        if reader.name == name:
            return reader
    known = ", ".join(reader.name for reader in readers())
    raise UsageError(f"there is no format {name!r}.", remedy=f"Use one of: {known}.")


def formats() -> list[Reader]:
    """Every format that can be read, by `name`, `title` and `extensions`; sorted by title."""
    return sorted(readers(), key=lambda reader: reader.title.lower())


def recognise(export: Export) -> Reader:
    """The format of an export, by its content.

    Raises:
        ReadError: If the content is broken JSON or no text at all.
        UnknownFormatError: If no format fits.
    """
    for reader in readers():
        if _recognises(reader, export):
            return reader
    if export.binary_kind:
        raise UnknownFormatError(
            f"is {export.binary_kind}, not a transcript.",
            source=export.name,
            remedy="Give the transcript, as text or in a format of `analyzer formats`.",
        )
    if trouble := export.documents.trouble():
        raise trouble
    raise UnknownFormatError(
        "is in no format that is known.",
        source=export.name,
        remedy="`analyzer formats` lists what can be read; say which with --input-format, or "
        "name the columns of a table with --map.",
    )


def _recognises(reader: Reader, export: Export) -> bool:
    try:
        return reader.recognises(export)
    except MALFORMED:
        return False


@cache
def _installed() -> tuple[Reader, ...]:
    """The formats of other packages, and then the built-in ones."""
    others = (f"{entry.module}:{entry.attr}" for entry in entry_points(group=ENTRY_POINTS))
    return tuple(_load(line) for line in (*others, *BUILT_IN))


def _load(line: str) -> Reader:
    module, _, name = line.partition(":")
    reader = getattr(import_module(module), name)()
    if not isinstance(reader, Reader):
        raise TypeError(f"{line} is not a Reader")
    return reader
