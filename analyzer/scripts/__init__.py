"""House scripts: what makes language scripted is that everyone says it.

Discovery finds, in a batch, the sentences that agents of a company say word for word or nearly,
across its calls; a `ScriptBook` keeps them; `judge` tells of each agent turn how surely it is one.
"""

from analyzer.scripts.book import Script, ScriptBook, SentimentMove
from analyzer.scripts.discovery import discover_scripts
from analyzer.scripts.distinction import judge_with_scripts
from analyzer.scripts.judging import judge
from analyzer.scripts.matching import Match, find_scripts
from analyzer.scripts.recurrence import Recurrence
from analyzer.scripts.sentiment import with_sentiment
from analyzer.scripts.words import House

__all__ = [
    "House",
    "Match",
    "Recurrence",
    "Script",
    "ScriptBook",
    "SentimentMove",
    "discover_scripts",
    "find_scripts",
    "judge",
    "judge_with_scripts",
    "with_sentiment",
]
