"""The tagger: a small transformer that labels every turn of a conversation."""
