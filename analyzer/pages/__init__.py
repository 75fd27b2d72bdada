"""HTML pages: the report of a batch and the view of a call."""
